// `gearbridge COMMAND` as a process beside the daemon, as an operator runs it.

import { tried, type Result } from '../../src/servers/command.ts';
import { compiledFile } from './compiled.ts';
import type { Gate } from './gate.ts';

/** Runs a command to its end with the gate's configuration; gives exit code, stdout and stderr. */
export async function gearbridge(gate: Pick<Gate, 'config'>, ...words: readonly string[]): Promise<Result> {
  const env = { ...process.env, GEARBRIDGE_CONFIG: gate.config, GEARBRIDGE_URL: '', NO_COLOR: '1' };
  return tried({ program: process.execPath, args: [await compiledFile('src/main.ts'), ...words], env });
}
