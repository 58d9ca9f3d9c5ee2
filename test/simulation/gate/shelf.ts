// What lies on the simulated disk: texts under keys, and the keys in their order, so that a range of a few is not looked for among all.

import { endOf, type Changes, type Range } from '../../../src/store/ordered/engine.ts';

export interface Shelf {
  get(key: string): string | undefined;
  isEmpty(): boolean;
  apply(changes: Changes): void;
  scan(range: Range): readonly (readonly [key: string, value: string])[];
}

export function createShelf(): Shelf {
  const kept = new Map<string, string>();
  const keys: string[] = [];

  /** The place of the first key that is not before this one. */
  const placeOf = (key: string): number => {
    let [from, to] = [0, keys.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((keys[middle] ?? '') < key) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  const put = (key: string, value: string): void => {
    if (!kept.has(key)) keys.splice(placeOf(key), 0, key);
    kept.set(key, value);
  };
  const remove = (key: string): void => {
    if (kept.delete(key)) keys.splice(placeOf(key), 1);
  };

  return {
    get: (key) => kept.get(key),
    isEmpty: () => kept.size === 0,
    apply(changes) {
      for (const [key, value] of changes)
        if (value === null) remove(key);
        else put(key, value);
    },
    scan({ prefix, above = prefix, below = endOf(prefix), reverse, limit }) {
      const first = placeOf(above);
      const from = keys[first] === above ? first + 1 : first;
      const to = placeOf(below);
      const found =
        reverse === true
          ? keys.slice(Math.max(from, to - limit), Math.max(from, to)).reverse()
          : keys.slice(from, Math.min(to, from + limit));
      return found.map((key) => [key, kept.get(key) ?? ''] as const);
    },
  };
}
