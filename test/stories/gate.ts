// A whole gate for a story: a daemon of its own process over real servers, started, killed and started again at the same place.

import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Buildbot } from '../../src/servers/buildbot.ts';
import { freePort } from '../../src/servers/free-port.ts';
import { launch, type Child } from '../../src/servers/process.ts';
import type { JobView, StatusView } from '../../src/views/document.ts';
import { until } from '../until.ts';
import { compiledFile } from './compiled.ts';

export interface GateOptions {
  readonly buildbot: Pick<Buildbot, 'url' | 'users'>;
  /** `host:port` of each Gearman server. */
  readonly gearman: readonly string[];
  readonly maxJobs?: number;
  /** YAML of the policy `gate`, in one line. */
  readonly policy?: string;
  /** YAML list of more jobs. */
  readonly jobs?: string;
  /** Another force scheduler than `gate`. */
  readonly scheduler?: string;
  /** URL of a Redis that keeps the store; default: embedded. */
  readonly redis?: string;
  /** YAML of further keys of `store` with it. */
  readonly redisKeys?: string;
  /** Another password than the right one. */
  readonly password?: string;
  /** A file to whose end goes what each life of the daemon prints. */
  readonly record?: string;
  /** More for the environment of the daemon. */
  readonly env?: (folder: string) => Readonly<Record<string, string>>;
}

export interface Gate {
  readonly config: string;
  readonly folder: string;
  /** `http://127.0.0.1:PORT/`. */
  readonly web: string;
  /** Starts the daemon and waits until it answers. */
  start(): Promise<void>;
  /** From now on the daemon kills itself at that moment (daemon-entry.ts), also one that is started later; '' : never. */
  killAt(moment: string): Promise<void>;
  /** Whether that moment is still to come. */
  isArmed(): boolean;
  /** Resolves when `/readyz` says 200. */
  ready(within?: number): Promise<void>;
  kill(): Promise<void>;
  /** SIGSTOP, and SIGCONT. */
  freeze(): void;
  thaw(): void;
  /** SIGHUP: the configuration is read anew. */
  hangUp(): void;
  /** SIGTERM; gives how it ended. */
  stop(): Promise<string>;
  /** Resolves when the process is gone by itself. */
  gone(within: number): Promise<void>;
  running(): boolean;
  /** Of the present or last life. */
  pid(): number;
  get(path: string): Promise<{ readonly status: number; readonly body: string }>;
  /** POSTs to the control socket. */
  post(path: string, body?: object): Promise<{ readonly status: number; readonly body: string }>;
  status(): Promise<StatusView>;
  job(number: string): Promise<JobView>;
  /** The last 64 KiB of its log, and of its stderr. */
  log(): string;
  words(): string;
  /** Ends the daemon and removes the folder. */
  close(): Promise<void>;
}

/** Arguments as Zuul sends them for a change of project `cpython`; equal names give equal commits. */
export function change(name: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const commit = Buffer.from(name.padEnd(20, '.').slice(0, 20)).toString('hex');
  return {
    ZUUL_UUID: '0123456789abcdef0123456789abcdef',
    ZUUL_PROJECT: 'cpython',
    ZUUL_PIPELINE: 'gate',
    ZUUL_URL: 'https://git.example.org',
    ZUUL_BRANCH: 'main',
    ZUUL_REF: `refs/zuul/main/Z${commit.slice(0, 32)}`,
    ZUUL_COMMIT: commit,
    ZUUL_CHANGE: '1',
    ...more,
  };
}

/** The commit that `change(name)` asks for. */
export function commitOf(name: string): string {
  return change(name)['ZUUL_COMMIT'] ?? '';
}

function yaml(options: GateOptions, port: number): string {
  return `
manager: gate.test
gearman: { servers: ${JSON.stringify(options.gearman)} }
buildbot: { url: "${options.buildbot.url}", username: gate, password_file: password, force_scheduler: ${options.scheduler ?? 'gate'} }
store: ${options.redis === undefined ? '{ driver: embedded, path: store }' : `{ driver: redis, path: store, url: "${options.redis}"${options.redisKeys === undefined ? '' : `, ${options.redisKeys}`} }`}
web: { listen: "127.0.0.1:${port}", public_url: "http://127.0.0.1:${port}/" }
fleet:
  stable: ["debian-amd64", "windows-amd64", "macos-arm64", "fedora-ppc64le", "freebsd-x86", "debian-checkout", "bench-*"]
  unstable: ["rawhide-*"]
  platforms: { linux: ["*Debian*", "*Fedora*"], windows: ["*Windows*"], macos: ["*macOS*"], freebsd: ["*FreeBSD*"] }
max_jobs: ${options.maxJobs ?? 4}
jobs:
  - { name: cpython-gate, project: cpython, builders: { tags: ["3.x"] }, policy: gate }
  - { name: two, project: cpython, builders: { names: ["AMD64 Windows 3.x", "PPC64LE Fedora Stable 3.x"] }, policy: gate }
${options.jobs ?? ''}
policies:
  gate: ${options.policy ?? '{ retries: 2 }'}
`;
}

function post(socketPath: string, path: string, body: string): ReturnType<Gate['post']> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const asked = request({ socketPath, path, method: 'POST', headers, timeout: 10_000 }, (answer) => {
      text(answer).then((said) => resolve({ status: answer.statusCode ?? 0, body: said }), reject);
    });
    asked.once('timeout', () => asked.destroy(new Error(`${path} was not answered within 10 s`)));
    asked.once('error', reject);
    asked.end(body);
  });
}

/** Makes the place; the daemon is not started yet. */
export async function makeGate(options: GateOptions): Promise<Gate> {
  const folder = await mkdtemp(join(tmpdir(), 'gate-story-'));
  const port = await freePort();
  const config = join(folder, 'gearbridge.yaml');
  await writeFile(join(folder, 'password'), options.password ?? options.buildbot.users.gate);
  await writeFile(config, yaml(options, port));
  const killFile = join(folder, 'kill-at');
  const web = `http://127.0.0.1:${port}/`;
  let child: Child | null = null;

  const get = async (path: string) => {
    const answer = await fetch(new URL(path, web), { signal: AbortSignal.timeout(10_000) });
    return { status: answer.status, body: await answer.text() };
  };
  const document = async <Value>(path: string): Promise<Value> => {
    const { status, body } = await get(path);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${body.slice(0, 300)}`);
    return JSON.parse(body) as Value;
  };
  const daemon = (): Child => {
    if (child === null) throw new Error('the daemon was not started');
    return child;
  };

  return {
    config,
    folder,
    web,
    async start() {
      const env = {
        ...process.env,
        GEARBRIDGE_CONFIG: config,
        TEST_KILL_FILE: killFile,
        ...options.env?.(folder),
      };
      child = await launch({
        name: 'gearbridge',
        program: process.execPath,
        args: [await compiledFile('test/stories/daemon-entry.ts')],
        env,
        diesBy: 'signal',
        ...(options.record === undefined ? {} : { record: options.record }),
      });
      await until(async () => !daemon().running() || (await get('livez')).status === 200, {
        within: 30_000,
        what: 'the daemon to answer',
      });
    },
    async killAt(moment) {
      // The daemon reads it at any time: never half a line.
      await writeFile(`${killFile}.new`, moment);
      await rename(`${killFile}.new`, killFile);
    },
    // The daemon removes the file when it dies of it.
    isArmed: () => existsSync(killFile),
    async ready(within = 30_000) {
      await until(
        async () => {
          const { status, body } = await get('readyz');
          if (status !== 200) throw new Error(body);
          return true;
        },
        { within, what: 'the daemon to be ready' },
      );
    },
    kill: () => daemon().kill(),
    freeze: () => daemon().signal('SIGSTOP'),
    thaw: () => daemon().signal('SIGCONT'),
    hangUp: () => process.kill(daemon().pid, 'SIGHUP'),
    async stop() {
      await daemon().stop(10_000);
      return daemon().ended;
    },
    async gone(within) {
      await until(() => !daemon().running(), { within, what: 'the daemon to end by itself' });
    },
    post: (path, body = {}) => post(join(folder, 'store', 'control.sock'), path, JSON.stringify(body)),
    running: () => child?.running() === true,
    pid: () => daemon().pid,
    get,
    status: () => document<StatusView>('api/v1/status'),
    job: async (number) => {
      const answer = await document<{ job: JobView } | JobView>(`api/v1/jobs/${number}`);
      return 'job' in answer ? answer.job : answer;
    },
    log: () => daemon().output(),
    words: () => daemon().words(),
    async close() {
      if (child?.running() === true) await child.stop(10_000);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
