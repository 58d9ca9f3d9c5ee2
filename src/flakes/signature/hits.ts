// The lines of one log on which each pattern occurs, in bounded memory: a log can show one text a billion times.

import type { LineHit } from './line-pattern.ts';
import type { Lines } from './sequence.ts';

export interface LogHits {
  /** Ascending. */
  lines(pattern: number): Lines;
  /** Whether the pattern occurred more often than is kept: then it may stand on other lines as well. */
  cut(pattern: number): boolean;
}

export interface HitCollector extends LogHits {
  readonly hit: LineHit;
}

/** Hits kept of one pattern, the first ones, and of all together. */
const limits = { pattern: 5_000, all: 1_000_000 } as const;

interface Shelf {
  lines: Uint32Array;
  count: number;
  cut: boolean;
}

/** Collects the hits of one log. `unbounded`: for a command that puts every hit out. */
export function createHitCollector(options: { readonly unbounded?: boolean } = {}): HitCollector {
  const shelves: (Shelf | undefined)[] = [];
  const most = options.unbounded === true ? { pattern: Infinity, all: Infinity } : limits;
  let all = 0;
  return {
    hit(pattern, line) {
      const shelf = (shelves[pattern] ??= { lines: new Uint32Array(4), count: 0, cut: false });
      if (shelf.count >= most.pattern || all >= most.all) {
        shelf.cut = true;
        return;
      }
      if (shelf.count === shelf.lines.length) {
        const grown = new Uint32Array(shelf.count * 2);
        grown.set(shelf.lines);
        shelf.lines = grown;
      }
      shelf.lines[shelf.count++] = line;
      all += 1;
    },
    lines(pattern) {
      const shelf = shelves[pattern];
      return shelf === undefined ? [] : shelf.lines.subarray(0, shelf.count);
    },
    cut: (pattern) => shelves[pattern]?.cut === true,
  };
}
