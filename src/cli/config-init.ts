// `gearbridge config init`: a first configuration, or with --stanza what goes into the master's master.cfg.

import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import { stanzaText } from './stanza.ts';
import type { Call } from './terminal.ts';

/** Prints the file on stdout, and on stderr what to do with it. */
export async function configInit(
  { terminal }: Call,
  options: { readonly buildbot: string | null; readonly stanza: boolean },
): Promise<ExitCode> {
  if (options.stanza) {
    terminal.out(await stanzaText());
    terminal.err('Put this beside master.cfg as gearbridge_stanza.py; how it is used stands at its top.\n');
    terminal.err('Then: gearbridge config check --online\n');
    return exitCodes.yes;
  }
  if (options.buildbot === null) {
    throw new CommandError(exitCodes.usage, '--buildbot URL: the address of the Buildbot master is missing');
  }
  const { initial, InitialError } = await import('../config/initial.ts');
  try {
    terminal.out(initial({ buildbot: options.buildbot }));
  } catch (error) {
    if (error instanceof InitialError)
      throw new CommandError(exitCodes.usage, error.message, { cause: error });
    throw error;
  }
  terminal.err('Save this as /etc/gearbridge/gearbridge.yaml and adapt it.\n');
  terminal.err('The part for the master: gearbridge config init --stanza > gearbridge_stanza.py\n');
  return exitCodes.yes;
}
