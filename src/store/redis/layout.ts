// Where a record lies in Redis. The part of its key before the first slash names a collection, and each collection is two keys:
//   {<prefix>}:<collection>          a hash: the rest of the record's key to its text
//   {<prefix>}:<collection>:order    a sorted set of the same rests, all with score 0, which Redis keeps in the order of their bytes
// The braces put all of them into one slot of a Cluster, for one step may change several.

import type { Range } from '../ordered/engine.ts';

/** A record's place. */
export interface Place {
  readonly hash: string;
  readonly order: string;
  /** The field of the hash, and the member of the set. */
  readonly field: string;
}

/** Bounds of a range as ZRANGEBYLEX takes them. */
export interface Bounds {
  readonly collection: string;
  readonly hash: string;
  readonly order: string;
  readonly from: string;
  readonly to: string;
}

export interface Layout {
  place(key: string): Place;
  bounds(range: Pick<Range, 'prefix' | 'above' | 'below'>): Bounds;
  /** Both Redis keys of a collection. */
  collection(name: string): { readonly hash: string; readonly order: string };
}

export function createLayout(prefix: string): Layout {
  const collection = (name: string) => ({
    hash: `{${prefix}}:${name}`,
    order: `{${prefix}}:${name}:order`,
  });
  return {
    collection,
    place(key) {
      const slash = key.indexOf('/');
      return { ...collection(key.slice(0, slash)), field: key.slice(slash + 1) };
    },
    bounds({ prefix: start, above = start, below }) {
      const slash = start.indexOf('/');
      const name = start.slice(0, slash);
      const rest = (key: string): string => key.slice(slash + 1);
      return {
        ...collection(name),
        collection: name,
        // Exclusive; the empty text is before every other.
        from: `(${rest(above)}`,
        to: below === undefined ? endOfFields(rest(start)) : `(${rest(below)}`,
      };
    },
  };
}

/** Behind every field that begins so; of the empty beginning: behind all. */
function endOfFields(start: string): string {
  return start === '' ? '+' : `(${start}\u{10FFFF}`;
}
