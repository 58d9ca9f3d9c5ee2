// One fault while it lasts: on whom, and how it ends.

import { setTimeout as pause } from 'node:timers/promises';
import type { PlannedFault } from './plan.ts';
import type { Seat, Stage } from './stage.ts';

/** What came of a fault: how many requests it has hit (a fault that needs none counts as one); null: there was nothing to hit. */
export type Struck = number | null;

/** A fault that is under way. */
export interface Strike {
  readonly stage: Stage;
  readonly fault: PlannedFault;
  /** The daemon that it hits, where it hits one. */
  readonly seat: Seat;
  /** Resolves after so many milliseconds, or when the faults of the act are over. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

export type Do = (strike: Strike) => Promise<Struck>;

/** The waits of an act: all of them end with the signal. */
export function waiter(signal: AbortSignal): Strike['wait'] {
  return async (milliseconds) => {
    try {
      await pause(milliseconds, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
}
