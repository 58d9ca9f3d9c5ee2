// One real server as a child process: started, its last words kept, stopped by its pid, dead when we are.

import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { optionalProgram } from './program.ts';

/** Bytes of stderr (and of stdout before it is taken) that are kept for an error's text. */
const keptBytes = 64 * 1024;

/** Milliseconds that one question may take while a server starts. */
const probesWithin = 2000;

export interface Server {
  readonly pid: number;
  /** Ends the process, waits until it is gone and removes its directory. May be called again. */
  stop(): Promise<void>;
}

export interface Launch {
  /** How messages call it. */
  readonly name: string;
  /** Full path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** A file to whose end everything goes that it prints; default: the last of it is kept in memory alone. */
  readonly record?: string;
  /** `stdin`: the program ends by itself when we do, because its stdin ends; `signal`: the kernel kills it. */
  readonly diesBy: 'stdin' | 'signal';
}

/** How a process ended, in words. */
export type Ending = string;

export interface Child {
  readonly pid: number;
  /** Resolves once the process is gone and its output is read; never rejects. */
  readonly ended: Promise<Ending>;
  running(): boolean;
  /** The last 64 KiB of its stdout. */
  output(): string;
  /** The last 64 KiB of its stderr. */
  words(): string;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; rejects when that does not end it within 5 s. */
  kill(): Promise<void>;
  /** SIGTERM, after `grace` milliseconds SIGKILL; rejects when not even that ends it within 5 s. */
  stop(grace: number): Promise<void>;
}

/** Starts a process; resolves when the system has it, rejects when it cannot be started. */
export async function launch(wanted: Launch): Promise<Child> {
  const [program, args] = command(wanted);
  const child = spawn(program, args, {
    stdio: [wanted.diesBy === 'stdin' ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    ...(wanted.env === undefined ? {} : { env: wanted.env }),
    ...(wanted.cwd === undefined ? {} : { cwd: wanted.cwd }),
  });
  const output = tail(child.stdout);
  const words = tail(child.stderr);
  if (wanted.record !== undefined) record([child.stdout, child.stderr], wanted.record);
  const ended = new Promise<Ending>((resolve) => {
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${code ?? -1}` : signal));
  });
  const pid = await started(child, wanted.name);
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const kill = async (): Promise<void> => {
    if (running()) child.kill('SIGKILL');
    if (await endsWithin(ended, 5000)) return;
    throw new Error(`${wanted.name} (pid ${pid}) outlived SIGKILL for 5 s: look at it with ps`);
  };
  return {
    pid,
    ended,
    running,
    output,
    words,
    signal: (signal) => {
      if (running()) child.kill(signal);
    },
    kill,
    stop: async (grace) => {
      if (running()) child.kill('SIGTERM');
      if (!(await endsWithin(ended, grace))) await kill();
    },
  };
}

// PR_SET_PDEATHSIG, which survives the exec: a server must not outlive a test that was killed with -9.
function command(wanted: Launch): [string, string[]] {
  const setpriv = wanted.diesBy === 'signal' ? optionalProgram('setpriv') : null;
  if (setpriv === null) return [wanted.program, [...wanted.args]];
  return [setpriv, ['--pdeathsig', 'KILL', wanted.program, ...wanted.args]];
}

function started(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => {
      if (child.pid === undefined) reject(new Error(`${name} could not be started: the system gave no pid`));
      else resolve(child.pid);
    });
    child.once('error', (error) => {
      reject(new Error(`${name} could not be started: ${error.message}`, { cause: error }));
    });
  });
}

function tail(stream: NodeJS.ReadableStream | null): () => string {
  let kept = Buffer.alloc(0);
  stream?.on('data', (bytes: Buffer) => {
    kept = Buffer.concat([kept, bytes]).subarray(-keptBytes);
  });
  return () => kept.toString('utf8');
}

function record(streams: readonly (NodeJS.ReadableStream | null)[], path: string): void {
  for (const stream of streams) stream?.pipe(createWriteStream(path, { flags: 'a' }));
}

/** Whether the process ends within so many milliseconds. */
export function endsWithin(ended: Promise<Ending>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    void ended.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

export interface Readiness<Value> {
  /** The thing waited for, or null while it is not there yet; it may also reject: not yet. */
  readonly probe: (signal: AbortSignal) => Promise<Value | null>;
  readonly name: string;
  /** Milliseconds. */
  readonly within: number;
}

/**
 * Asks `probe` until it answers, raced against the end of the process and the deadline. On either the process is ended
 * and the error carries its last words.
 */
export async function ready<Value>(child: Child, wanted: Readiness<Value>): Promise<Value> {
  const limit = AbortSignal.timeout(wanted.within);
  let last: unknown = null;
  while (child.running() && !limit.aborted) {
    try {
      const value = await wanted.probe(AbortSignal.any([limit, AbortSignal.timeout(probesWithin)]));
      if (value !== null) return value;
    } catch (error) {
      last = error;
    }
    // Shorter than a server needs to start, longer than asking costs.
    await endsWithin(child.ended, 20);
  }
  const early = !child.running();
  const how = early ? await child.ended : `not ready after ${wanted.within} ms`;
  if (!early) await child.stop(1000);
  const said = child.words().trim();
  throw new Error(
    `${wanted.name} did not start: ${how}${said === '' ? '' : `; it said:\n${said}`}`,
    last === null ? {} : { cause: last },
  );
}
