// The outside of the probe (probe.ts): what a daemon must be started with to have it, and how it is asked.

import { pathToFileURL } from 'node:url';
import { freePort } from '../../src/servers/free-port.ts';
import { compiledFile } from '../stories/compiled.ts';

/** Milliseconds and bytes. */
export interface ProbeFigures {
  /** By how much timers of the main thread came late since the last look. */
  readonly loop: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly rss: number;
}

export interface Probe {
  readonly env: NodeJS.ProcessEnv;
  readonly flags: readonly string[];
  /** `collect`: the heap is collected before it is looked at. */
  ask(collect: boolean): Promise<ProbeFigures>;
}

export async function openProbe(): Promise<Probe> {
  const port = await freePort();
  const file = pathToFileURL(await compiledFile('test/bench/probe.ts')).href;
  return {
    env: { NODE_OPTIONS: `--import=${file}`, PROBE_PORT: String(port) },
    // BENCH_FLAGS='--cpu-prof --cpu-prof-dir=DIR' has the daemon write a profile at its end.
    flags: (process.env['BENCH_FLAGS'] ?? '').split(' ').filter((flag) => flag !== ''),
    async ask(collect) {
      const url = `http://127.0.0.1:${port}/${collect ? 'collect' : ''}`;
      const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
      return (await answer.json()) as ProbeFigures;
    },
  };
}
