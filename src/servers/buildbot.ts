// Starts a real Buildbot master with a fleet of workers (buildbot/README.md) and steers it.

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from './program.ts';
import { launch, ready, type Child, type Server } from './process.ts';

// Debian's own: another python3 that is first on PATH has neither Buildbot nor the tests' library.
const python = '/usr/bin/python3';
const runMaster = fileURLToPath(new URL('../../src/servers/buildbot/run-master', import.meta.url));
/** Milliseconds: 3 to 6 s where the machine is idle, and it seldom is. */
const startsWithin = 120_000;
const portTaken = /Address already in use|another master answers/;

export interface BuildbotOptions {
  readonly wwwPort?: number;
  readonly auth?: 'password' | 'open';
  /** A process for each worker (may be killed), one for all, or inside the master (150 MB, not killable). */
  readonly workers?: 'process' | 'shared' | 'local';
  readonly collapse?: 'default' | 'on' | 'off';
  /** Seconds that a test step may be silent. */
  readonly stepTimeout?: number;
  /** Seconds that a test step may take. */
  readonly maxTime?: number;
  /** Seconds until a dead worker comes back; -1: never. */
  readonly respawn?: number;
  /** Seconds between the WebSocket pings of the master. */
  readonly wsPing?: number;
  /** Instead of the fleet so many cheap builders, `Bench 01 3.x` and on, with a worker each, all in one process. */
  readonly builders?: number;
  /** Instead of the fleet cheap builders with the names and texts of buildbot/hostile.json, all workers in one process. */
  readonly hostile?: boolean;
  /** The gate's stanza as it is, with another version, or a scheduler and rules that know nothing of it. */
  readonly stanza?: 'full' | 'old' | 'none';
  /** Another Buildbot than Debian's, as PYTHONPATH has it. */
  readonly pythonPath?: string;
  /** Gives the start up: nothing is left, and the promise rejects. Once it is ready, `stop` alone ends it. */
  readonly signal?: AbortSignal;
}

/** What a builder does: buildbot/README.md has the table. */
export type Scenario =
  | 'pass'
  | 'fail-new'
  | 'fail-flaky'
  | 'fail-once'
  | 'flaky-rerun'
  | 'hang'
  | 'slow'
  | 'big-log'
  | 'infra-exception'
  | 'retry-once'
  | 'worker-lost'
  | 'fetch-fail'
  | 'compile-fail'
  | 'crash'
  | 'test-timeout'
  | 'disk-full'
  | 'env-changed'
  | 'warnings'
  /** Cheap builders only: prints what regrtest would (suite/says.py), such as `says test_ssl=1 rerun`. */
  | `says ${string}`;

/** A scenario for all builders, or by builder name, slug or `*`. */
export type Steering = Scenario | Readonly<Record<string, Scenario>>;

export interface Scenarios {
  readonly by_revision?: Readonly<Record<string, Steering>>;
  readonly by_builder?: Readonly<Record<string, Scenario>>;
  readonly default?: Scenario;
  /** Seconds that `slow` takes where the force call does not say; default: 10. */
  readonly duration?: number;
}

export interface Buildbot extends Server {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  /** `http://127.0.0.1:PORT/api/v2`. */
  readonly api: string;
  /** `ws://127.0.0.1:PORT/ws`. */
  readonly ws: string;
  /** Passwords by user: `gate` may force, stop, cancel; `admin` all; `dev` nothing. With `auth: open` nobody asks. */
  readonly users: { readonly gate: string; readonly dev: string; readonly admin: string };
  /** Its directory; gone after stop. */
  readonly basedir: string;
  /** The master's own log, a file. */
  readonly masterLog: string;
  /** Says what builds do from now on (each build reads it anew). */
  scenarios(table: Scenarios): Promise<void>;
  /** Process ids by name: `master` and the workers that live now. */
  pids(): Promise<Readonly<Record<string, number>>>;
  /** A signal to the master or a worker. */
  signal(name: string, signal: NodeJS.Signals): Promise<void>;
  /** Kills a worker and keeps it down until released (`workers: process`). */
  hold(worker: string): Promise<void>;
  /** Lets a held worker come back (after `respawn` seconds). */
  release(worker: string): Promise<void>;
  /** SIGHUP: the master reads its configuration anew; builds go on. */
  reconfigure(): void;
  /** The master ends politely and starts again: running builds end RETRY or CANCELLED. Resolves when it answers again. */
  restart(): Promise<void>;
  /** The master is killed and starts again: running builds end RETRY. Resolves when it answers again. */
  crash(): Promise<void>;
}

interface State {
  readonly url: string;
  readonly api: string;
  readonly ws: string;
  readonly users: { readonly gate: string; readonly dev: string; readonly admin: string };
  readonly basedir: string;
  readonly scenarios: string;
  readonly master_log: string;
  readonly pids: Readonly<Record<string, number>>;
}

/** Starts master and workers, and waits until all of them are connected; rejects with the master's last words. */
export async function startBuildbot(options: BuildbotOptions = {}): Promise<Buildbot> {
  program('buildbot', 'buildbot');
  program('buildbot-worker', 'buildbot-worker');
  try {
    return await start(options);
  } catch (error) {
    // run-master chose the ports some seconds before the master listened on them.
    const port = options.wwwPort === undefined && error instanceof Error && portTaken.test(error.message);
    if (!port || options.signal?.aborted === true) throw error;
    return start(options);
  }
}

async function start(options: BuildbotOptions): Promise<Buildbot> {
  options.signal?.throwIfAborted();
  const child = await launch({
    name: 'Buildbot',
    program: python,
    args: [runMaster, '--until-eof', ...flags(options)],
    env: environment(options.pythonPath),
    diesBy: 'stdin',
  });
  const giveUp = (): void => child.signal('SIGTERM');
  options.signal?.addEventListener('abort', giveUp);
  try {
    const state = await ready(child, {
      name: 'Buildbot',
      within: startsWithin,
      probe: async () => firstLine(child.output()),
    });
    return buildbot(child, state);
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

function flags(options: BuildbotOptions): string[] {
  const named: Readonly<Record<string, string | number | undefined>> = {
    'www-port': options.wwwPort,
    auth: options.auth,
    workers: options.workers,
    collapse: options.collapse,
    'step-timeout': options.stepTimeout,
    'max-time': options.maxTime,
    respawn: options.respawn,
    'ws-ping': options.wsPing,
    builders: options.builders,
    stanza: options.stanza,
  };
  const given = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  return options.hostile === true ? [...given, '--hostile'] : given;
}

// A PYTHONHOME or PYTHONPATH that belongs to another Python would lame this one.
function environment(pythonPath: string | undefined): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PYTHON'));
  return { ...Object.fromEntries(kept), ...(pythonPath === undefined ? {} : { PYTHONPATH: pythonPath }) };
}

function firstLine(output: string): State | null {
  const end = output.indexOf('\n');
  return end < 0 ? null : (JSON.parse(output.slice(0, end)) as State);
}

function buildbot(child: Child, state: State): Buildbot {
  const pids = async (): Promise<State['pids']> => {
    const now = JSON.parse(await readFile(join(state.basedir, 'state.json'), 'utf8')) as State;
    return now.pids;
  };
  const signal = async (name: string, what: NodeJS.Signals): Promise<void> => {
    const pid = (await pids())[name];
    if (pid === undefined) throw new Error(`Buildbot has no running process ${name}: pids() lists them`);
    process.kill(pid, what);
  };
  const hold = (worker: string): string => join(state.basedir, 'workers', `${worker}.hold`);
  return {
    ...served(state),
    pid: child.pid,
    pids,
    signal,
    hold: async (worker) => {
      await writeFile(hold(worker), '');
      await signal(worker, 'SIGKILL');
    },
    release: (worker) => rm(hold(worker)),
    reconfigure: () => child.signal('SIGHUP'),
    restart: () => again(child, state, { signal: 'SIGUSR1', pids }),
    crash: () => again(child, state, { signal: 'SIGUSR2', pids }),
    stop: () => end(child, state),
  };
}

function served(
  state: State,
): Pick<Buildbot, 'url' | 'api' | 'ws' | 'users' | 'basedir' | 'masterLog' | 'scenarios'> {
  return {
    url: state.url,
    api: state.api,
    ws: state.ws,
    users: state.users,
    basedir: state.basedir,
    masterLog: state.master_log,
    scenarios: async (table) => {
      // Builds read it at any time: never half a file.
      await writeFile(`${state.scenarios}.new`, JSON.stringify(table));
      await rename(`${state.scenarios}.new`, state.scenarios);
    },
  };
}

interface Again {
  readonly signal: NodeJS.Signals;
  readonly pids: Buildbot['pids'];
}

async function again(child: Child, state: State, wanted: Again): Promise<void> {
  const before = (await wanted.pids())['master'];
  child.signal(wanted.signal);
  await ready(child, {
    name: 'Buildbot after its restart',
    within: startsWithin,
    probe: async (limit) => {
      const now = (await wanted.pids())['master'];
      if (now === undefined || now === before) return null;
      const answer = await fetch(`${state.api}/masters`, { signal: limit });
      await answer.arrayBuffer();
      return answer.ok ? true : null;
    },
  });
}

// run-master stops its children and removes its directory, also when only its stdin ends. After a SIGKILL of it the
// kernel ends the children; the directory is then ours to remove.
async function end(child: Child, state: State): Promise<void> {
  await child.stop(20_000);
  await rm(state.basedir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
