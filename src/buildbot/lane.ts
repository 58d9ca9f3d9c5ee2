// A lane lets a bounded number of calls go at once and a bounded number wait, each only so long.

import type { Clock } from './clock.ts';

export interface Lane {
  /** Resolves with the function that frees the place; `full` when too many wait already, `late` when the wait took too long. */
  enter(patience: number): Promise<(() => void) | 'full' | 'late'>;
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

/** A first come, first served lane. */
export function createLane(
  limits: { readonly atOnce: number; readonly waiting: number },
  clock: Clock,
): Lane {
  let free = limits.atOnce;
  const line = new Set<() => void>();
  const leave = (): void => {
    const [next] = line;
    if (next === undefined) {
      free += 1;
      return;
    }
    line.delete(next);
    next();
  };
  const wait = (patience: number): Promise<(() => void) | 'late'> =>
    new Promise((resolve) => {
      const callOff = clock.after(patience, () => {
        line.delete(turn);
        resolve('late');
      });
      const turn = (): void => {
        callOff();
        resolve(placeWith(leave));
      };
      line.add(turn);
    });
  return {
    async enter(patience) {
      if (free > 0) {
        free -= 1;
        return placeWith(leave);
      }
      return line.size >= limits.waiting ? 'full' : wait(patience);
    },
  };
}
