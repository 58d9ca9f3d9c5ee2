// `gearbridge demo`: the place of the command that shows it all on one machine.

import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';

/** Runs the demo; with `keep` it leaves everything running and prints the addresses. */
export async function demo(_call: Call, _options: { readonly keep: boolean }): Promise<ExitCode> {
  throw new CommandError(exitCodes.unknown, 'the demo is not part of this version yet');
}
