// Which part of a run the scanner looks for: the rarest window, by the lane that it goes to.

import type { ByteSet } from './byte-set.ts';
import { bytesAt, type Place, type Run } from './demands.ts';
import { expectedByte, expectedWord, word } from './rarity.ts';
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

/** Calls with each word that the four places from `at` on may be. */
function eachWord(run: Run, at: number, call: (word: number) => void): void {
  const one = run[at];
  const two = run[at + 1];
  const three = run[at + 2];
  const four = run[at + 3];
  if (
    typeof one === 'number' &&
    typeof two === 'number' &&
    typeof three === 'number' &&
    typeof four === 'number'
  ) {
    call(word(one, two, three, four));
    return;
  }
  for (const first of bytesAt(one))
    for (const second of bytesAt(two))
      for (const third of bytesAt(three))
        for (const fourth of bytesAt(four)) call(word(first, second, third, fourth));
}

const setChances = new WeakMap<ByteSet, number>();

/** The chance that what stands somewhere fits the place. */
function expectedAt(place: Place | undefined): number {
  if (typeof place !== 'object') return expectedByte(bytesAt(place));
  const known = setChances.get(place);
  if (known !== undefined) return known;
  const chance = expectedByte(bytesAt(place));
  setChances.set(place, chance);
  return chance;
}

/** The chance of the word at a place, as if its bytes were independent where they are not single; null: too many words. */
function wordChance(run: Run, at: number): number | null {
  const one = run[at];
  const two = run[at + 1];
  const three = run[at + 2];
  const four = run[at + 3];
  if (
    typeof one === 'number' &&
    typeof two === 'number' &&
    typeof three === 'number' &&
    typeof four === 'number'
  )
    return expectedWord(one, two, three, four);
  const words = bytesAt(one).length * bytesAt(two).length * bytesAt(three).length * bytesAt(four).length;
  return words > mostWords ? null : expectedAt(one) * expectedAt(two) * expectedAt(three) * expectedAt(four);
}

const chancesOf = new WeakMap<Run, readonly (number | null)[]>();

/** For each place of the run but the last three: the chance of the word that begins there; null: too many words. */
function wordChances(run: Run): readonly (number | null)[] {
  const known = chancesOf.get(run);
  if (known !== undefined) return known;
  const chances: (number | null)[] = [];
  for (let at = 0; at + 4 <= run.length; at += 1) chances.push(wordChance(run, at));
  chancesOf.set(run, chances);
  return chances;
}

/** The rarest window of the run for a lane of words, by the mean of its words' chances; null: it has none. */
export function gramWindow(run: Run, stride: Stride): Window | null {
  const chances = wordChances(run);
  let offset = -1;
  let least = Infinity;
  let sum = 0;
  // Words in a row, up to here, that can be looked for.
  let length = 0;
  for (let at = 0; at < chances.length; at += 1) {
    const chance = chances[at] ?? null;
    length = chance === null ? 0 : length + 1;
    sum = chance === null ? 0 : sum + chance - (length > stride ? (chances[at - stride] ?? 0) : 0);
    if (length < stride || sum >= least) continue;
    least = sum;
    offset = at + 1 - stride;
  }
  return offset === -1 ? null : { offset, chance: Math.max(0, least) / stride };
}

/** The chance of the four places from `at` on, as if they were independent where they are not single bytes. */
function beginningChance(run: Run, at: number): number {
  const word = wordChances(run)[at];
  if (typeof word === 'number') return word;
  return run.slice(at, at + 4).reduce<number>((chance, place) => chance * expectedAt(place), 1);
}

/** The rarest beginning of a run for the lane of nibbles, which looks at every position. */
export function nibbleWindow(run: Run): Window {
  let best: Window = { offset: 0, chance: beginningChance(run, 0) };
  for (let offset = 1; offset + 4 <= run.length; offset += 1) {
    const chance = beginningChance(run, offset);
    if (chance < best.chance) best = { offset, chance };
  }
  return best;
}

/** How many words a window of words has. */
export function wordCount(run: Run, offset: number, stride: Stride): number {
  let count = 0;
  for (let at = offset; at < offset + stride; at += 1)
    count +=
      bytesAt(run[at]).length *
      bytesAt(run[at + 1]).length *
      bytesAt(run[at + 2]).length *
      bytesAt(run[at + 3]).length;
  return count;
}

/** Calls with each word that a window of words has, and with its place in the window. */
export function eachWordOf(
  run: Run,
  offset: number,
  stride: Stride,
  call: (word: number, place: number) => void,
): void {
  for (let place = 0; place < stride; place += 1)
    eachWord(run, offset + place, (found) => {
      call(found, place);
    });
}

/** The places of a run that the lane of nibbles tries, from `offset` on. */
export function nibblePart(run: Run, offset: number): Run {
  return run.slice(offset, offset + nibblePlaces);
}

const prices = new WeakMap<Run, number>();

function priceNow(run: Run): number {
  const sparse = gramWindow(run, 8);
  if (sparse !== null) return sparse.chance;
  const dense = gramWindow(run, 4);
  if (dense !== null) return 0.000_5 + dense.chance;
  return 0.002 + nibbleWindow(run).chance;
}

/** What it costs to look for a run: for demands.ts to choose by. */
export function runPrice(run: Run): number {
  const known = prices.get(run);
  if (known !== undefined) return known;
  const price = priceNow(run);
  prices.set(run, price);
  return price;
}
