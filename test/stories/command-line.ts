// `gearbridge COMMAND` as a process beside the daemon, as an operator runs it.

import { fileURLToPath } from 'node:url';
import { tried, type Result } from '../../src/servers/command.ts';
import type { Gate } from './gate.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs a command to its end with the gate's configuration; gives exit code, stdout and stderr. */
export function gearbridge(gate: Pick<Gate, 'config'>, ...words: readonly string[]): Promise<Result> {
  const env = { ...process.env, GEARBRIDGE_CONFIG: gate.config, GEARBRIDGE_URL: '', NO_COLOR: '1' };
  return tried({ program: process.execPath, args: ['--import=tsx', main, ...words], env });
}
