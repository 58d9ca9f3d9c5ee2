// Makes sure that Debian's servers are there, before the demo and the tests. Run as a program or called as a function.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tried } from './command.ts';
import { withoutServices } from './no-services.ts';
import { decide, dpkgFormat, missingPackages, neededPackages, type AptRun } from './packages.ts';

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

const stopping = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

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
        return 0;
      case 'ask':
        around.say(decision.line);
        return 1;
      case 'install':
        around.say(`installing Debian's ${decision.missing.join(', ')} (no service of theirs is started)`);
        await install(around, decision.runs);
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

async function install(around: Surroundings, runs: readonly AptRun[]): Promise<void> {
  const stopped = new AbortController();
  const stop = (signal: NodeJS.Signals): void =>
    stopped.abort(new Error(`stopped by ${signal}: nothing more is installed`));
  // Without these a Ctrl-C would leave the policy file behind.
  for (const signal of stopping) process.on(signal, stop);
  try {
    await withoutServices(around.policy, async () => {
      for (const run of runs) await apt(around, run, stopped.signal);
    });
  } finally {
    for (const signal of stopping) process.off(signal, stop);
  }
}

async function apt(around: Surroundings, run: AptRun, stopped: AbortSignal): Promise<void> {
  stopped.throwIfAborted();
  const shown = `apt-get ${run.args.join(' ')}`;
  const child = spawn('apt-get', run.args, {
    env: { ...around.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' },
    // stdout is the caller's: apt's report goes where messages go.
    stdio: ['ignore', 2, 2],
  });
  const end = (): void => void child.kill('SIGTERM');
  const timer = setTimeout(end, run.within);
  stopped.addEventListener('abort', end);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    stopped.throwIfAborted();
    if (code === null)
      throw new Error(`${shown} did not end within ${run.within / 60_000} minutes and was stopped`);
    if (code !== 0) throw new Error(`${shown} ended with exit code ${code}: see its messages above`);
  } finally {
    clearTimeout(timer);
    stopped.removeEventListener('abort', end);
  }
}

/** Whether this file is the program, and not imported. */
function isProgram(): boolean {
  const program = process.argv[1];
  return (
    program !== undefined && existsSync(program) && realpathSync(program) === fileURLToPath(import.meta.url)
  );
}

if (isProgram()) process.exitCode = await prepare();
