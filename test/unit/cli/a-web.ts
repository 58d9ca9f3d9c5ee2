// A web that listens in this process, with one running job, and commands that ask it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gearbridge } from '../../../src/cli/program.ts';
import type { JobView } from '../../../src/views/document.ts';
import { jobView } from '../../../src/views/job-view.ts';
import { createWeb, type Web } from '../../../src/web/web.ts';
import { attempt, build, context, debian, startedRun } from '../views/sample.ts';
import { createPort, type Port } from '../web/port.ts';
import { createTerminal } from './terminal.ts';

export const silent = { info: () => undefined, warn: () => undefined };
export const number = '0a1b2c3d';

export function running(why = ''): JobView {
  const run = startedRun([attempt(debian, { state: 'running', builds: [build(null)] })]);
  const view = jobView(run, run.jobs[0]!, context());
  return { ...view, builders: view.builders.map((one) => ({ ...one, why })) };
}

/** It still runs, and a build of it has failed. */
export function broken(): JobView {
  const run = startedRun([attempt(debian, { state: 'running', builds: [build(2)] })]);
  return jobView(run, run.jobs[0]!, context());
}

export function ended(result: 'SUCCESS' | 'FAILURE'): JobView {
  return { ...running(), state: 'finished', result, summary: 'as it came out', waits_for: null };
}

export interface Place {
  readonly folder: string;
  readonly port: Port;
  /** May be closed and replaced. */
  web: Web;
  readonly env: Record<string, string>;
  /** Runs a command, its words parted by blanks. */
  run(
    words: string,
    given?: { readonly env?: Record<string, string>; readonly columns?: number },
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  close(): Promise<void>;
}

export async function openPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-cli-'));
  const port = createPort([running()]);
  const env = { RUNTIME_DIRECTORY: folder };
  const place: Place = {
    folder,
    port,
    env,
    web: await createWeb({
      ...port,
      listen: { host: '127.0.0.1', port: 0 },
      socketPath: join(folder, 'control.sock'),
      publicUrl: 'https://gate.example.org/',
      log: silent,
    }),
    async run(words, given = {}) {
      const terminal = createTerminal({ env, ...given });
      const code = await gearbridge(words.split(' '), terminal);
      return { code, ...terminal.written };
    },
    async close() {
      await place.web.close();
      await rm(folder, { recursive: true });
    },
  };
  return place;
}
