// What a command writes to and is told by: the two streams, the environment, the width, Ctrl-C. A test gives its own.

import type { CommonOptions } from './common-options.ts';

export interface Terminal {
  /** Data. The text is written as it is: what came from outside went through `visible` before. */
  out(text: string): void;
  /** Errors and hints. */
  err(text: string): void;
  /** Whether stdout is a terminal, and its columns. */
  readonly interactive: boolean;
  columns(): number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is aborted at the first Ctrl-C; the first call makes it so that Ctrl-C no longer ends the process by itself. */
  interruption(): AbortSignal;
  /**
   * For a command that has to clean up after itself: is aborted at Ctrl-C, SIGTERM, when the terminal is closed or when the
   * reader of stdout goes away. From the first call on none of these ends the process by itself.
   */
  ending(): AbortSignal;
}

/** Everything that a command is given. */
export interface Call {
  readonly terminal: Terminal;
  readonly common: CommonOptions;
}

/** The process's own terminal. A reader of stdout that went away (`| head`) ends the process quietly. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  let ending: AbortController | null = null;
  const quiet = (error: NodeJS.ErrnoException): void => {
    if (ending !== null) {
      // EPIPE, or EIO of a terminal that was closed: nobody reads any more, and there is still something to clean up.
      ending.abort();
      return;
    }
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  };
  stdout.on('error', quiet);
  stderr.on('error', quiet);
  let interrupted: AbortController | null = null;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    interactive: stdout.isTTY,
    columns: () => (stdout.isTTY ? stdout.columns : 200),
    env: process.env,
    interruption() {
      if (interrupted === null) {
        const controller = new AbortController();
        interrupted = controller;
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
      }
      return interrupted.signal;
    },
    ending() {
      if (ending === null) {
        const controller = new AbortController();
        ending = controller;
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
          process.on(signal, () => controller.abort());
      }
      return ending.signal;
    },
  };
}
