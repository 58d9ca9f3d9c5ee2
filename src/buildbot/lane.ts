// A lane lets a bounded number of calls go at once and a bounded number wait, each only so long.

import type { Clock } from './clock.ts';

export interface Lane {
  /**
   * Resolves with the function that frees the place; `full` when too many wait already, `late` when the wait took too long.
   * First come, first served, those who go `ahead` before all others.
   */
  enter(patience: number, ahead?: boolean): Promise<(() => void) | 'full' | 'late'>;
}

// A place is freed once, however often its owner says so.
function placeWith(leave: () => void): () => void {
  let held = true;
  return () => {
    if (held) {
      held = false;
      leave();
    }
  };
}

/** A lane with so many places. */
export function createLane(
  limits: { readonly atOnce: number; readonly waiting: number },
  clock: Clock,
): Lane {
  let free = limits.atOnce;
  const line = new Set<() => void>();
  const before = new Set<() => void>();
  const leave = (): void => {
    const [next] = before.size > 0 ? before : line;
    if (next === undefined) {
      free += 1;
      return;
    }
    line.delete(next);
    before.delete(next);
    next();
  };
  const wait = (patience: number, waiting: Set<() => void>): Promise<(() => void) | 'late'> =>
    new Promise((resolve) => {
      const callOff = clock.after(patience, () => {
        waiting.delete(turn);
        resolve('late');
      });
      const turn = (): void => {
        callOff();
        resolve(placeWith(leave));
      };
      waiting.add(turn);
    });
  return {
    async enter(patience, ahead = false) {
      if (free > 0) {
        free -= 1;
        return placeWith(leave);
      }
      const waiting = line.size + before.size;
      return waiting >= limits.waiting ? 'full' : wait(patience, ahead ? before : line);
    },
  };
}
