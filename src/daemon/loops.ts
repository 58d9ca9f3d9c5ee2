// The daemon's rhythms: each task runs again some time after its last end, never twice at once, and a task that fails is told and
// goes on. Ending the loops waits for nothing.

import type { Log } from '../observe/log.ts';

export interface Task {
  readonly name: string;
  /** Milliseconds between the end of one round and the next. */
  readonly every: () => number;
  readonly run: () => Promise<void> | void;
}

export interface Loops {
  /** Monotonic milliseconds at which some task last came to its end: a sign of life for systemd's watchdog. */
  lastRound(): number;
  stop(): void;
}

/** Starts every task at once. */
export function startLoops(tasks: readonly Task[], log: Log): Loops {
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;
  let last = performance.now();

  const round = async (task: Task): Promise<void> => {
    try {
      await task.run();
    } catch (error) {
      log.warn({ component: task.name, err: error }, 'a round failed; the next one tries again');
    }
    last = performance.now();
    if (stopped) return;
    const timer = setTimeout(() => void round(task), task.every());
    timers.set(task.name, timer);
  };
  for (const task of tasks) void round(task);
  return {
    lastRound: () => last,
    stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
