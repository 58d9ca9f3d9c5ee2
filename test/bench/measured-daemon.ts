// The daemon as it is installed: compiled, plain node without flags, a process of its own.

import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { get as httpGet } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/servers/free-port.ts';
import { launch, type Child } from '../../src/servers/process.ts';
import { usualOptions } from './measured-process.ts';
import { openProbe, type ProbeFigures } from './probe-door.ts';

/** `dist/main.js`. */
export const compiled = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface MeasuredDaemonOptions {
  /** `host:port`. */
  readonly gearman: string;
  readonly buildbot: string;
  readonly password: string;
  readonly maxJobs: number;
  /** YAML lines of `jobs:`. */
  readonly jobs: string;
  /** The folder of signatures; default: none. */
  readonly signatures?: string;
  /** As installed, with the options of the program's first line, and a probe inside. Default: plain node without flags. */
  readonly probed?: boolean;
}

/** The signatures that are shipped. */
export const shippedSignatures = fileURLToPath(new URL('../../config/signatures', import.meta.url));

export interface MeasuredDaemon {
  /** `http://127.0.0.1:PORT/`. */
  readonly web: string;
  readonly pid: () => number;
  /** Starts it; gives the milliseconds from spawn to `/readyz` 200. */
  start(): Promise<number>;
  kill(): Promise<void>;
  /** SIGTERM; resolves when it is gone. */
  terminate(): Promise<void>;
  /** What the probe has seen since the last look; `collect`: after a forced collection. */
  probe(collect?: boolean): Promise<ProbeFigures>;
  /** Seconds of processor time since its start. */
  cpu(): Promise<number>;
  /** Resident memory in MiB (VmRSS). */
  resident(): Promise<number>;
  /** The last of its log. */
  log(): string;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** The manager's name, as in `stop:MANAGER`. */
export const manager = 'gate.bench';

function yaml(options: MeasuredDaemonOptions, port: number): string {
  return `
manager: ${manager}
gearman: { servers: ["${options.gearman}"] }
buildbot: { url: "${options.buildbot}", username: gate, password_file: password, force_scheduler: gate }
store: { driver: embedded, path: store }
web: { listen: "127.0.0.1:${port}", public_url: "http://127.0.0.1:${port}/" }
signatures: ${JSON.stringify(options.signatures ?? 'signatures')}
fleet:
  stable: ["*"]
  platforms: { bench: ["Bench *"] }
max_jobs: ${options.maxJobs}
jobs:
${options.jobs}
policies:
  gate: { retries: 2 }
`;
}

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** What `/readyz` says. */
function readiness(port: number): Promise<Answer> {
  return new Promise((resolve) => {
    const asked = httpGet({ host: '127.0.0.1', port, path: '/readyz', timeout: 2_000 }, (answer) => {
      let body = '';
      answer.on('data', (bytes: Buffer) => (body += bytes.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode, body }));
    });
    asked.on('timeout', () => asked.destroy());
    // Nobody listens yet: the caller asks again until its own deadline.
    asked.on('error', (error) => resolve({ status: undefined, body: error.message }));
  });
}

async function untilReady(child: Child, port: number): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    const { status, body } = await readiness(port);
    if (status === 200) return;
    if (!child.running() || performance.now() > end) {
      const said = `${child.words()} ${child.output().slice(-2_000)}`;
      throw new Error(`the daemon was not ready in time: ${body}\n${said}`);
    }
    await pause(10);
  }
}

/** Makes its folder and configuration; nothing is started yet. */
export async function makeMeasuredDaemon(options: MeasuredDaemonOptions): Promise<MeasuredDaemon> {
  if (!existsSync(compiled)) throw new Error('there is no dist/main.js: npm run build makes it');
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-bench-'));
  const port = await freePort();
  await writeFile(join(folder, 'password'), options.password);
  await writeFile(join(folder, 'gearbridge.yaml'), yaml(options, port));
  const probe = options.probed === true ? await openProbe() : null;
  const flags = probe === null ? [] : [...(await usualOptions()), ...probe.flags];
  let child: Child | null = null;
  const running = (): Child => {
    if (child === null) throw new Error('the daemon was not started');
    return child;
  };
  return {
    web: `http://127.0.0.1:${port}/`,
    pid: () => running().pid,
    async start() {
      const begun = performance.now();
      child = await launch({
        name: 'gearbridge',
        program: process.execPath,
        args: [...flags, compiled, 'daemon', '--config', join(folder, 'gearbridge.yaml')],
        diesBy: 'signal',
        ...(probe === null ? {} : { env: { ...process.env, ...probe.env } }),
      });
      await untilReady(child, port);
      return performance.now() - begun;
    },
    kill: () => running().kill(),
    terminate: () => running().stop(10_000),
    async probe(collect = false) {
      if (probe === null) throw new Error('the daemon was made without a probe');
      return probe.ask(collect);
    },
    async cpu() {
      const fields = (await readFile(`/proc/${running().pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
      // utime and stime, the 14th and 15th of all, in hundredths of a second.
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    async resident() {
      const status = await readFile(`/proc/${running().pid}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
    },
    log: () => running().output(),
    async close() {
      if (child?.running() === true) await child.stop(10_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
