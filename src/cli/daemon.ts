// `gearbridge daemon`: the place of the command that starts src/daemon/.

import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';

/** Runs the daemon until it is told to stop. */
export async function daemon(_call: Call): Promise<ExitCode> {
  throw new CommandError(exitCodes.unknown, 'the daemon is not part of this version yet');
}
