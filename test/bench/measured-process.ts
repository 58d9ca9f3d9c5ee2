// A compiled program of the benchmark's in a process of its own, which sends figures back.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { compiledFile } from '../stories/compiled.ts';

const program = new URL('../../src/main.ts', import.meta.url);

export interface MeasuredProcess {
  /** Tells it to begin; gives the figures that it sends. Rejects with what it said where it ends before. */
  begin(): Promise<unknown>;
  /** Resident memory in MiB (VmRSS). */
  resident(): Promise<number>;
  readonly end: () => Promise<void>;
}

/** The options of node that stand in the program's first line: whoever calls `gearbridge` starts it with them. */
export async function usualOptions(): Promise<readonly string[]> {
  const [first = ''] = (await readFile(program, 'utf8')).split('\n');
  return first.split(' ').filter((word) => word.startsWith('--'));
}

/** Starts it with node, as the program is started. */
export async function startMeasured(
  source: Parameters<typeof compiledFile>[0],
  env: NodeJS.ProcessEnv,
): Promise<MeasuredProcess> {
  const child = fork(await compiledFile(source), {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
    execArgv: [...(await usualOptions())],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => (said = (said + bytes.toString()).slice(-4_000)));
  const ended = once(child, 'exit');
  return {
    async begin() {
      const figures = once(child, 'message') as Promise<[unknown]>;
      child.send('begin');
      const over = ended.then(() => {
        throw new Error(`${source} ended before it was done: ${said}`);
      });
      const [first] = await Promise.race([figures, over]);
      return first;
    },
    async resident() {
      const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
