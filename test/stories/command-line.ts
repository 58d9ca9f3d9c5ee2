// `gearbridge COMMAND` as a process beside the daemon, as an operator runs it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tried, type Result } from '../../src/servers/command.ts';
import { until } from '../until.ts';
import { compiledFile } from './compiled.ts';
import type { Gate } from './gate.ts';

async function line(words: readonly string[]): Promise<string[]> {
  return [await compiledFile('src/main.ts'), ...words];
}

function environment(gate: Pick<Gate, 'config'>): NodeJS.ProcessEnv {
  return { ...process.env, GEARBRIDGE_CONFIG: gate.config, GEARBRIDGE_URL: '', NO_COLOR: '1' };
}

/** Runs a command to its end with the gate's configuration; gives exit code, stdout and stderr. */
export async function gearbridge(gate: Pick<Gate, 'config'>, ...words: readonly string[]): Promise<Result> {
  return tried({ program: process.execPath, args: await line(words), env: environment(gate) });
}

/** The same by a user whom the modes of files bind; root, as whom tests may run, loses that privilege. */
export async function powerless(gate: Pick<Gate, 'config'>, ...words: readonly string[]): Promise<Result> {
  if (process.getuid?.() !== 0) return gearbridge(gate, ...words);
  const args = ['--bounding-set=-dac_override,-dac_read_search', process.execPath, ...(await line(words))];
  return tried({ program: 'setpriv', args, env: environment(gate) });
}

/** The same, and Ctrl-C as soon as it has printed a line that matches. */
export async function interrupted(
  gate: Pick<Gate, 'config'>,
  printed: RegExp,
  ...words: readonly string[]
): Promise<Result> {
  const child = spawn(process.execPath, await line(words), {
    env: environment(gate),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => (stdout += piece.toString()));
  child.stderr.on('data', (piece: Buffer) => (stderr += piece.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;
  try {
    await until(() => printed.test(stdout), { within: 30_000, what: `${words.join(' ')} to print` });
    child.kill('SIGINT');
    const [code] = await closed;
    return { code, stdout, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}
