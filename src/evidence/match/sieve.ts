// The lanes over one memory: a stretch of text in, candidates out.

import { isAscii } from 'node:buffer';
import { createScanner, type Scanner } from './scan/scanner.ts';
import { scannerMemory } from './scan/web-assembly.ts';
import { margin, takeFrom, type SieveTables } from './sieve-tables.ts';

/** A stretch of text in the scanner's memory, by addresses. */
export interface Stretch {
  readonly from: number;
  readonly end: number;
}

export interface Sieve {
  readonly scanner: Scanner;
  /** The scanner's memory. */
  readonly bytes: Buffer;
  /** Where the caller lays its text, at most `room` bytes. */
  readonly desk: number;
  readonly room: number;
  /** The text with each byte over 0x7f as two; it may be the same place. */
  widened(text: Stretch): Stretch;
  /** Where runs may stand, as address * `runLimit` + number of the run; null: too many, give it less. */
  candidates(text: Stretch): Float64Array | null;
}

/** Numbers of runs are below it. */
export const runLimit = 2 ** 20;

/** What a matcher may lay down at once: two pieces of a long line, or one and a chunk. */
const room = 136 * 1024;
const fewestCandidates = 32 * 1024;

/** Pairs of an address and a number of a run, each pair as one number. */
function packed(found: Uint32Array): Float64Array {
  const pairs = new Float64Array(found.length / 2);
  for (let index = 0; index < pairs.length; index += 1)
    pairs[index] = (found[2 * index] ?? 0) * runLimit + (found[2 * index + 1] ?? 0);
  return pairs;
}

/** Memory over tables; about 1.3 MiB, more with thousands of patterns. */
export function createSieve(tables: SieveTables): Sieve {
  // One position may add a candidate for each place of each run's window.
  const most = 8 * tables.runs * 8;
  const outBytes = fewestCandidates * 8 + most;
  const memory = scannerMemory(tables.bytes.length + margin * 8 + room * 3 + outBytes);
  const bytes = Buffer.from(memory.buffer);
  bytes.set(tables.bytes);
  const take = takeFrom(tables.bytes.length + margin);
  const desk = take(room + margin);
  const wide = take(2 * room + margin);
  const scratch = take(16);
  const out = take(outBytes);
  const found = new Uint32Array(memory.buffer);
  const scanner = createScanner(memory);
  const last = out + outBytes - most - 8;

  const scan = ({ from, end }: Stretch): number => {
    let to = out;
    for (const { stride, bits, bitsShift, slots, slotsShift, windows } of tables.words) {
      to = scanner.grams(from, end, stride, bits, bitsShift, slots, slotsShift, windows, to, last);
      if (to === 0) return 0;
    }
    return tables.nibbles === null ? to : scanner.nibbles(from, end, tables.nibbles, scratch, to, last);
  };

  return {
    scanner,
    bytes,
    desk,
    room,
    widened(text) {
      if (isAscii(bytes.subarray(text.from, text.end))) return text;
      return { from: wide, end: scanner.widen(text.from, text.end, wide) };
    },
    candidates(text) {
      const to = scan(text);
      return to === 0 ? null : packed(found.subarray(out >> 2, to >> 2));
    },
  };
}
