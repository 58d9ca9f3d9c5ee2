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

/** So many go on in one turn of the event loop: there may be thousands, and each has a call to make ready. */
const inOneTurn = 50;

function goOn(all: readonly (() => void)[]): void {
  for (const resolve of all.slice(0, inOneTurn)) resolve();
  if (all.length > inOneTurn)
    setImmediate(() => {
      goOn(all.slice(inOneTurn));
    });
}

/** Two timers for all who wait. */
export function createLull(clock: Pick<Clock, 'after'>, { quiet, atMost }: LullTimes): Lull {
  let waiting: (() => void)[] = [];
  const timers = { quiet: (): void => undefined, atMost: (): void => undefined };

  const release = (): void => {
    timers.quiet();
    timers.atMost();
    const all = waiting;
    waiting = [];
    goOn(all);
  };
  return {
    comes: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        timers.quiet();
        timers.quiet = clock.after(quiet, release);
        if (waiting.length === 1) timers.atMost = clock.after(atMost, release);
      }),
  };
}
