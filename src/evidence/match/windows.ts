// Which part of a run the scanner looks for: the rarest window, by the lane that it goes to.

import { members, size, type ByteSet } from './byte-set.ts';
import type { Run } from './demands.ts';
import { expected, expectedOfPlaces, gramOf } from './rarity.ts';
import { nibblePlaces } from './scan/scanner.ts';

/** A lane looks at one word of four bytes in `stride`; a window of stride + 3 places holds one wherever it stands. */
export type Stride = 4 | 8;

export interface Window {
  /** Where in the run it begins. */
  readonly offset: number;
  /** Expected share of positions that have to be looked at more closely. */
  readonly chance: number;
}

// A place that may be many bytes multiplies the words to look for.
const mostWords = 128;

function variants(places: readonly ByteSet[]): number {
  return places.reduce((product, set) => product * size(set), 1);
}

/** The words that four places may be, as bytes. */
function words(places: readonly ByteSet[]): number[][] {
  return places.reduce<number[][]>(
    (begun, set) => begun.flatMap((bytes) => members(set).map((byte) => [...bytes, byte])),
    [[]],
  );
}

/** For each place of the run but the last three: the chance of the word that begins there; null: too many words. */
function wordChances(run: Run): (number | null)[] {
  const chances: (number | null)[] = [];
  for (let at = 0; at + 4 <= run.length; at += 1) {
    const places = run.slice(at, at + 4);
    chances.push(
      variants(places) > mostWords ? null : words(places).reduce((sum, word) => sum + expected(word), 0),
    );
  }
  return chances;
}

/** The rarest window of the run for a lane of words; null: it has none. */
export function gramWindow(run: Run, stride: Stride): Window | null {
  const chances = wordChances(run);
  let best: Window | null = null;
  for (let offset = 0; offset + stride <= chances.length; offset += 1) {
    const inside = chances.slice(offset, offset + stride);
    if (inside.includes(null)) continue;
    const chance = inside.reduce<number>((sum, one) => sum + (one ?? 0), 0) / stride;
    if (best === null || chance < best.chance) best = { offset, chance };
  }
  return best;
}

/** The rarest beginning of a run for the lane of nibbles, which looks at every position. */
export function nibbleWindow(run: Run): Window {
  let best: Window = { offset: 0, chance: expectedOfPlaces(run.slice(0, 4)) };
  for (let offset = 1; offset + Math.min(4, run.length) <= run.length; offset += 1) {
    const chance = expectedOfPlaces(run.slice(offset, offset + 4));
    if (chance < best.chance) best = { offset, chance };
  }
  return best;
}

/** Each word that a window of words has, with its place in the window. */
export function wordsOf(
  run: Run,
  offset: number,
  stride: Stride,
): readonly { readonly word: number; readonly place: number }[] {
  return Array.from({ length: stride }, (_none, place) => place).flatMap((place) =>
    words(run.slice(offset + place, offset + place + 4)).map((bytes) => ({ word: gramOf(bytes, 0), place })),
  );
}

/** The places of a run that the lane of nibbles tries, from `offset` on. */
export function nibblePart(run: Run, offset: number): Run {
  return run.slice(offset, offset + nibblePlaces);
}

/** What it costs to look for a run: for demands.ts to choose by. */
export function runPrice(run: Run): number {
  const sparse = gramWindow(run, 8);
  if (sparse !== null) return sparse.chance;
  const dense = gramWindow(run, 4);
  if (dense !== null) return 0.000_5 + dense.chance;
  return 0.002 + nibbleWindow(run).chance;
}
