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
  /** The tasks whose round has gone on for so many milliseconds: each wait in it has a deadline, so it hangs. */
  stuck(milliseconds: number): readonly string[];
  stop(): void;
}

/** Starts every task at once. */
export function startLoops(tasks: readonly Task[], log: Log): Loops {
  const timers = new Map<string, NodeJS.Timeout>();
  let stopped = false;
  const begun = new Map<string, number>();

  const round = async (task: Task): Promise<void> => {
    begun.set(task.name, performance.now());
    try {
      await task.run();
    } catch (error) {
      log.warn({ component: task.name, err: error }, 'a round failed; the next one tries again');
    }
    begun.delete(task.name);
    if (stopped) return;
    const timer = setTimeout(() => void round(task), task.every());
    timers.set(task.name, timer);
  };
  for (const task of tasks) void round(task);
  return {
    stuck: (milliseconds) =>
      [...begun].filter(([, at]) => performance.now() - at >= milliseconds).map(([name]) => name),
    stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
