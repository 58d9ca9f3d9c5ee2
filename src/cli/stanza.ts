// The stanza for master.cfg, as it lies in config/: what is printed is what is tested.

import { readFile } from 'node:fs/promises';
import { CommandError, exitCodes } from './exit.ts';

const file = new URL('../../config/gearbridge_stanza.py', import.meta.url);

/** The text of the stanza. */
export async function stanzaText(): Promise<string> {
  return readFile(file, 'utf8');
}

/** The version by which `config check --online` knows the stanza. */
export async function stanzaVersion(): Promise<string> {
  const version = /^GATE_STANZA = "([^"]+)"$/m.exec(await stanzaText())?.[1];
  if (version === undefined) {
    throw new CommandError(
      exitCodes.unknown,
      `${file.pathname} names no GATE_STANZA; install gearbridge again`,
    );
  }
  return version;
}
