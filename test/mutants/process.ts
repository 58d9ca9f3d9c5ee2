// One process of `runner.ts`, from the side of the one who asks: each question has an answer or a deadline, after which the process is gone.

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromRunner, ToRunner } from './messages.ts';

const runner = fileURLToPath(new URL('runner.ts', import.meta.url));
/** Milliseconds for loading code and tests, which takes two seconds on an idle machine. */
const loadingMost = 60_000;

/** What is loaded: paths of tests below the folder, in the order in which they are to run. */
export interface Load {
  readonly folder: string;
  readonly tests: readonly string[];
  /** Switched on before anything is loaded; '' for none. */
  readonly mutant: string;
}

/** An answer, or that there was none: the deadline passed, or the process ended. */
export type Answer = FromRunner | { readonly kind: 'gone'; readonly why: string };

export interface RunnerProcess {
  /** What came of the loading. */
  readonly loaded: Answer;
  /** Milliseconds as the deadline. */
  ask(message: ToRunner, within: number): Promise<Answer>;
  end(): Promise<void>;
}

async function answerOf(child: ChildProcess, within: number): Promise<Answer> {
  const listening = new AbortController();
  try {
    return await new Promise<Answer>((resolve) => {
      const late = setTimeout(() => {
        child.kill('SIGKILL');
        resolve({ kind: 'gone', why: `no end after ${within} ms` });
      }, within);
      listening.signal.addEventListener('abort', () => {
        clearTimeout(late);
        child.removeAllListeners('message').removeAllListeners('exit');
      });
      child.once('message', (message) => resolve(message as FromRunner));
      child.once('exit', (code, signal) =>
        resolve({ kind: 'gone', why: `it ended: ${code ?? signal ?? ''}` }),
      );
    });
  } finally {
    listening.abort();
  }
}

/** Starts a process and waits until it has loaded, or has failed to. */
export async function startRunner({ folder, tests, mutant }: Load): Promise<RunnerProcess> {
  const child = fork(runner, tests, {
    cwd: folder,
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, __STRYKER_ACTIVE_MUTANT__: mutant },
    // What a mutant makes the tests print is of no use to anybody.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  return {
    loaded: await answerOf(child, loadingMost),
    async ask(message, within) {
      if (!child.connected) return { kind: 'gone', why: 'it had ended before' };
      child.send(message);
      return answerOf(child, within);
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
