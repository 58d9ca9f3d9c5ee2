// Makes sure that Debian's servers are there, before the demo and the tests. Called as a function, or run as a program with
// more packages as its arguments.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tried } from './command.ts';
import { mendPolicy, withoutServices } from './no-services.ts';
import {
  decide,
  dpkgFormat,
  missingPackages,
  neededPackages,
  type AptRun,
  type Decision,
} from './packages.ts';

export interface Surroundings {
  /** Whether we may install. */
  readonly root: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Debian's policy-rc.d. */
  readonly policy: string;
  /** Takes lines for people. */
  readonly say: (line: string) => void;
  /** Packages beside those of the servers: what only the tests need. */
  readonly also?: readonly string[];
}

type Installing = Extract<Decision, { kind: 'install' }>;

const stopping = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Milliseconds that apt gets to end after it was asked to. */
const grace = 120_000;

/** Where the process really runs. */
export function here(): Surroundings {
  return {
    root: process.getuid?.() === 0,
    env: process.env,
    policy: '/usr/sbin/policy-rc.d',
    say: (line) => void process.stderr.write(`${line}\n`),
  };
}

/**
 * Installs what is missing of Debian's packages; as an ordinary user it says the one line that does. Gives the exit
 * code: 0 when all of it is there, else 1, and then why has been said. A SIGINT, SIGTERM or SIGHUP meanwhile ends apt
 * and gives 1.
 */
export async function prepare(around: Surroundings = here()): Promise<number> {
  try {
    const decision = decide(await missing(around), around.root);
    switch (decision.kind) {
      case 'nothing':
        if (around.root) await mendPolicy(around.policy);
        return 0;
      case 'ask':
        around.say(decision.line);
        return 1;
      case 'install':
        around.say(`installing Debian's ${decision.missing.join(', ')} (no service of theirs is started)`);
        await install(around, decision);
    }
    const still = await missing(around);
    if (still.length === 0) return 0;
    around.say(
      `apt-get did not fail, but ${still.join(', ')} is still not installed: look at its output above`,
    );
  } catch (error) {
    around.say(error instanceof Error ? error.message : String(error));
  }
  return 1;
}

async function missing(around: Surroundings): Promise<readonly string[]> {
  const wanted = [...neededPackages, ...(around.also ?? [])];
  const program = 'dpkg-query';
  const args = ['--show', `--showformat=${dpkgFormat}`, '--', ...wanted];
  try {
    // Its exit code is 1 when it knows one of them not at all.
    return missingPackages((await tried({ program, args, env: around.env })).stdout, wanted);
  } catch (error) {
    const hint = `this is no Debian? Install what these packages hold: ${wanted.join(' ')}`;
    throw new Error(`${error instanceof Error ? error.message : String(error)}; ${hint}`, { cause: error });
  }
}

async function install(around: Surroundings, runs: Pick<Installing, 'update' | 'install'>): Promise<void> {
  const stopped = new AbortController();
  const stop = (signal: NodeJS.Signals): void => {
    around.say(`${signal}: apt-get ends what it has begun ...`);
    stopped.abort(new Error(`stopped by ${signal}: nothing more is installed`));
  };
  // Without these a Ctrl-C would leave the policy file behind.
  for (const signal of stopping) process.on(signal, stop);
  try {
    await withoutServices(around.policy, async () => {
      const updated = await apt(around, runs.update, stopped.signal);
      // A source that does not answer may be none of ours: the packages may be known all the same.
      if (updated !== null) around.say(`${updated}; going on with what is known of packages`);
      const installed = await apt(around, runs.install, stopped.signal);
      if (installed !== null)
        throw new Error(
          updated === null ? installed : `${installed} (and before it ${updated}: is there a network?)`,
        );
    });
  } finally {
    for (const signal of stopping) process.off(signal, stop);
  }
}

/** Null when it did what it had to, else what went wrong; rejects when it was stopped. */
async function apt(around: Surroundings, run: AptRun, stopped: AbortSignal): Promise<string | null> {
  stopped.throwIfAborted();
  const shown = `apt-get ${run.args.filter((arg) => !arg.startsWith('--option=')).join(' ')}`;
  const child = spawn('apt-get', run.args, {
    env: { ...around.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' },
    // stdout is the caller's: apt's report goes where messages go.
    stdio: ['ignore', 2, 2],
    // Out of reach of a Ctrl-C, which would end a package's script half-way.
    detached: true,
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const end = gently(child);
  const late = setTimeout(end, run.within);
  stopped.addEventListener('abort', end);
  try {
    const [code] = await ended;
    stopped.throwIfAborted();
    if (child.killed) return `${shown} did not end within ${run.within / 60_000} minutes and was stopped`;
    return code === 0 ? null : `${shown} ended with exit code ${code ?? 'none'}: see its messages above`;
  } finally {
    clearTimeout(late);
    stopped.removeEventListener('abort', end);
  }
}

/**
 * Ends apt. At SIGINT it lets the dpkg that runs come to its end and starts no other; at SIGTERM it is gone at once, and dpkg
 * goes on by itself, starting services as soon as our policy is away.
 */
function gently(child: ChildProcess): () => void {
  return () => {
    child.kill('SIGINT');
    const force = setTimeout(() => {
      // The whole group: nothing of it may go on. dpkg says to the next who comes how it is mended.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, grace);
    child.once('close', () => clearTimeout(force));
  };
}

/** Whether this file is the program, and not imported. */
function isProgram(): boolean {
  const program = process.argv[1];
  return (
    program !== undefined && existsSync(program) && realpathSync(program) === fileURLToPath(import.meta.url)
  );
}

if (isProgram()) process.exitCode = await prepare({ ...here(), also: process.argv.slice(2) });
