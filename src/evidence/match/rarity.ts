// How often a few bytes in a row are to be expected in a log, from typical-text.ts.

import { members, size, type ByteSet } from './byte-set.ts';
import { typicalText } from './typical-text.ts';

interface Model {
  readonly single: Float64Array;
  /** P(second | first), at first * 256 + second. */
  readonly following: Float64Array;
  readonly grams: ReadonlyMap<number, number>;
}

let model: Model | null = null;

/** Four bytes as the word that a little-endian load gives. */
export function gramOf(bytes: ArrayLike<number>, at: number): number {
  return (
    ((bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)) >>>
    0
  );
}

function learn(): Model {
  const text = new TextEncoder().encode(typicalText);
  const single = new Float64Array(256).fill(0.05);
  const pairs = new Float64Array(65_536);
  const grams = new Map<number, number>();
  for (let at = 0; at + 4 <= text.length; at += 1) {
    const byte = text[at] ?? 0;
    single[byte] = (single[byte] ?? 0) + 1;
    const pair = byte * 256 + (text[at + 1] ?? 0);
    pairs[pair] = (pairs[pair] ?? 0) + 1;
    const gram = gramOf(text, at);
    grams.set(gram, (grams.get(gram) ?? 0) + 1 / text.length);
  }
  const total = single.reduce((sum, count) => sum + count, 0);
  // A pair that was not seen is taken for as likely as chance says, two times of this many.
  const doubt = 2;
  const following = pairs.map(
    (count, pair) =>
      (count + (doubt * (single[pair & 255] ?? 0)) / total) / ((single[pair >> 8] ?? 0) + doubt),
  );
  return { single: single.map((count) => count / total), following, grams };
}

/** Expected share of positions at which these bytes begin. */
export function expected(bytes: readonly number[]): number {
  model ??= learn();
  const { single, following, grams } = model;
  let chance = single[bytes[0] ?? 0] ?? 0;
  for (let index = 1; index < bytes.length; index += 1)
    chance *= following[(bytes[index - 1] ?? 0) * 256 + (bytes[index] ?? 0)] ?? 0;
  return bytes.length === 4 ? chance + (grams.get(gramOf(bytes, 0)) ?? 0) : chance;
}

/** The same for places that may be several bytes each, taken as if they were independent. */
export function expectedOfPlaces(places: readonly ByteSet[]): number {
  model ??= learn();
  const { single } = model;
  if (places.every((set) => size(set) === 1)) return expected(places.map((set) => members(set)[0] ?? 0));
  let chance = 1;
  for (const set of places) chance *= members(set).reduce((sum, byte) => sum + (single[byte] ?? 0), 0);
  return chance;
}
