// A lane lets a bounded number of calls go at once and a bounded number wait, each only so long. Several lines may share its places.

import type { Clock } from './clock.ts';

export interface Seat {
  /** The number of the line in which it waits; default: the first. */
  readonly line?: number;
  /** Before all others of its line. */
  readonly ahead?: boolean;
}

export interface Lane {
  /**
   * Resolves with the function that frees the place; `full` when too many of its line wait already, `late` when the wait took too
   * long. Within a line first come, first served, those who go `ahead` before all others; the lines take turns.
   */
  enter(patience: number, seat?: Seat): Promise<(() => void) | 'full' | 'late'>;
}

export interface LineLimits {
  /** Places that the line may hold at most. */
  readonly atOnce: number;
  readonly waiting: number;
}

interface Line extends LineLimits {
  held: number;
  readonly before: Set<() => void>;
  readonly behind: Set<() => void>;
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

function firstOf({ before, behind }: Line): (() => void) | undefined {
  const [first] = before.size > 0 ? before : behind;
  return first;
}

/** A lane with so many places, shared by its lines. */
export function createLane(
  limits: { readonly atOnce: number; readonly lines: readonly LineLimits[] },
  clock: Pick<Clock, 'after'>,
): Lane {
  let free = limits.atOnce;
  /** Those served last are last. */
  const turns: Line[] = limits.lines.map((line) => ({
    ...line,
    held: 0,
    before: new Set(),
    behind: new Set(),
  }));
  const lines: readonly Line[] = [...turns];

  const take = (line: Line): (() => void) => {
    free -= 1;
    line.held += 1;
    turns.push(...turns.splice(turns.indexOf(line), 1));
    return placeWith(() => {
      free += 1;
      line.held -= 1;
      next();
    });
  };
  const next = (): void => {
    const line = turns.find((each) => each.held < each.atOnce && firstOf(each) !== undefined);
    if (line !== undefined && free > 0) firstOf(line)?.();
  };
  const wait = (line: Line, patience: number, ahead: boolean): Promise<(() => void) | 'late'> =>
    new Promise((resolve) => {
      const waiting = ahead ? line.before : line.behind;
      const callOff = clock.after(patience, () => {
        waiting.delete(turn);
        resolve('late');
      });
      const turn = (): void => {
        callOff();
        waiting.delete(turn);
        resolve(take(line));
      };
      waiting.add(turn);
    });
  return {
    async enter(patience, { line: number = 0, ahead = false } = {}) {
      const line = lines[number];
      if (line === undefined) throw new RangeError(`the lane has no line ${number}`);
      if (free > 0 && line.held < line.atOnce) return take(line);
      const waiting = line.before.size + line.behind.size;
      return waiting >= line.waiting ? 'full' : wait(line, patience, ahead);
    },
  };
}
