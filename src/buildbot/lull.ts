// A lull in a burst: those who wait for it go on together once nobody has joined them for a while, or the first has waited long enough.

import type { Clock } from './clock.ts';

export interface Lull {
  /** Resolves at the next lull; whoever asks makes the others wait on. */
  comes(): Promise<void>;
}

export interface LullTimes {
  /** Milliseconds without a newcomer. */
  readonly quiet: number;
  /** Milliseconds after which the first of those who wait is not made to wait on. */
  readonly atMost: number;
}

/** One timer for all who wait. */
export function createLull(clock: Pick<Clock, 'now' | 'after'>, { quiet, atMost }: LullTimes): Lull {
  let waiting: (() => void)[] = [];
  let [first, last] = [0, 0];

  const look = (): void => {
    const now = clock.now();
    const left = Math.min(last + quiet, first + atMost) - now;
    if (left > 0) {
      clock.after(left, look);
      return;
    }
    const all = waiting;
    waiting = [];
    for (const resolve of all) resolve();
  };
  return {
    comes: () =>
      new Promise((resolve) => {
        last = clock.now();
        waiting.push(resolve);
        if (waiting.length > 1) return;
        first = last;
        clock.after(quiet, look);
      }),
  };
}
