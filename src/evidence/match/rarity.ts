// How often a few bytes in a row are to be expected in a log, from typical-text.ts.

import { typicalText } from './typical-text.ts';

interface Model {
  readonly counts: Float64Array;
  /** Of first and second, at first * 256 + second. */
  readonly pairs: Float64Array;
  readonly total: number;
  /** Share of the positions at which a word begins. */
  readonly grams: ReadonlyMap<number, number>;
}

let model: Model | null = null;

/** Four bytes as the word that a little-endian load gives. */
export function word(first: number, second: number, third: number, fourth: number): number {
  return (first | (second << 8) | (third << 16) | (fourth << 24)) >>> 0;
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
    const gram = word(byte, text[at + 1] ?? 0, text[at + 2] ?? 0, text[at + 3] ?? 0);
    grams.set(gram, (grams.get(gram) ?? 0) + 1 / text.length);
  }
  const total = single.reduce((sum, count) => sum + count, 0);
  return { counts: single, pairs, total, grams };
}

// A pair that was not seen is taken for as likely as chance says, two times of this many.
const doubt = 2;

/** P(second | first). */
function following({ counts, pairs, total }: Model, first: number, second: number): number {
  const chance = (doubt * (counts[second] ?? 0)) / total;
  return ((pairs[first * 256 + second] ?? 0) + chance) / ((counts[first] ?? 0) + doubt);
}

/** Expected share of positions at which these four bytes begin. */
export function expectedWord(first: number, second: number, third: number, fourth: number): number {
  model ??= learn();
  const { counts, total, grams } = model;
  const chance =
    ((counts[first] ?? 0) / total) *
    following(model, first, second) *
    following(model, second, third) *
    following(model, third, fourth);
  return chance + (grams.get(word(first, second, third, fourth)) ?? 0);
}

/** Expected share of positions at which one of these bytes stands. */
export function expectedByte(bytes: readonly number[]): number {
  model ??= learn();
  const { counts, total } = model;
  return bytes.reduce((sum, byte) => sum + (counts[byte] ?? 0) / total, 0);
}
