// The tables of a lane of words, as `grams` of scanner.ts reads them.

import { members, type ByteSet } from '../byte-set.ts';
import type { Sought } from '../plan.ts';
import { wordsOf, type Stride } from '../windows.ts';
import { gramMultiplier, windowBytes } from './scanner.ts';

/** A piece of the scanner's memory. */
export interface Place {
  readonly view: DataView;
  /** Gives the address of so many bytes of its own, zero, on a multiple of 16. */
  readonly take: (bytes: number) => number;
}

export interface WordTable {
  readonly stride: Stride;
  readonly bits: number;
  readonly bitsShift: number;
  readonly slots: number;
  readonly slotsShift: number;
  readonly windows: number;
}

interface Entry {
  readonly number: number;
  readonly place: number;
}

type Entries = ReadonlyMap<number, readonly Entry[]>;

function log2Above(count: number): number {
  return 32 - Math.clz32(Math.max(1, count - 1));
}

function entriesOf(sought: readonly Sought[], first: number, stride: Stride): Entries {
  const entries = new Map<number, Entry[]>();
  sought.forEach(({ run, offset }, index) => {
    for (const { word, place } of wordsOf(run, offset, stride)) {
      const list = entries.get(word);
      if (list === undefined) entries.set(word, [{ number: first + index, place }]);
      else list.push({ number: first + index, place });
    }
  });
  return entries;
}

function sizesOf(entries: Entries): { bitsLog: number; slotsLog: number; slotBytes: number; count: number } {
  let count = 0;
  for (const list of entries.values()) count += list.length;
  // 32 bits a word let 1 in 32 through that is none; 32 KiB still stay in the first cache.
  const bitsLog = Math.min(18, Math.max(15, log2Above(entries.size * 32)));
  const slotsLog = Math.max(4, log2Above(entries.size * 2));
  // What hashes to the end runs on behind it: as far as all words, at worst.
  return { bitsLog, slotsLog, slotBytes: ((1 << slotsLog) + entries.size + 1) * 8, count };
}

function writeWord(view: DataView, table: WordTable, word: number, entry: number): void {
  const hash = Math.imul(word, gramMultiplier) >>> 0;
  const bit = hash >>> table.bitsShift;
  view.setUint8(table.bits + (bit >> 3), view.getUint8(table.bits + (bit >> 3)) | (1 << (bit & 7)));
  let slot = table.slots + (hash >>> table.slotsShift) * 8;
  while (view.getUint32(slot + 4, true) !== 0) slot += 8;
  view.setUint32(slot, word, true);
  view.setUint32(slot + 4, entry, true);
}

/** The bits in which all bytes of a place agree, and what they are there. */
function agreement(set: ByteSet | undefined): { mask: number; value: number } {
  const bytes = set === undefined ? [] : members(set);
  const [one] = bytes;
  if (one === undefined) return { mask: 0, value: 0 };
  const mask = bytes.reduce((same, byte) => same & ~(byte ^ one), 0xff);
  return { mask, value: one & mask };
}

/** Bytes 0-7 of the window at 0 (mask) and 8 (value), bytes 3-10 at 16 and 24. */
function writeWindow(view: DataView, at: number, { run, offset }: Sought): void {
  for (let index = 0; index < 11; index += 1) {
    const { mask, value } = agreement(run[offset + index]);
    for (const [base, first] of [
      [0, 0],
      [16, 3],
    ] as const) {
      if (index < first || index >= first + 8) continue;
      view.setUint8(at + base + index - first, mask);
      view.setUint8(at + base + 8 + index - first, value);
    }
  }
}

/**
 * Writes the tables for the runs, which are numbered from `first`.
 */
export function writeWordTable(
  { view, take }: Place,
  sought: readonly Sought[],
  { stride, first }: { stride: Stride; first: number },
): WordTable {
  const entries = entriesOf(sought, first, stride);
  const sizes = sizesOf(entries);
  const table: WordTable = {
    stride,
    bits: take(2 ** (sizes.bitsLog - 3)),
    bitsShift: 32 - sizes.bitsLog,
    slots: take(sizes.slotBytes),
    slotsShift: 32 - sizes.slotsLog,
    // Numbers of runs count through all lanes.
    windows: take(sought.length * windowBytes) - first * windowBytes,
  };
  let entry = take(sizes.count * 8);
  for (const [word, list] of entries) {
    writeWord(view, table, word, entry);
    list.forEach(({ number, place }, index) => {
      view.setUint32(entry, index === list.length - 1 ? 0 : entry + 8, true);
      view.setUint32(entry + 4, (number << 3) | place, true);
      entry += 8;
    });
  }
  sought.forEach((one, index) => writeWindow(view, table.windows + (first + index) * windowBytes, one));
  return table;
}

/** An upper bound of the bytes that the tables take. */
export function wordTableBytes(sought: readonly Sought[], stride: Stride): number {
  const sizes = sizesOf(entriesOf(sought, 0, stride));
  return 2 ** (sizes.bitsLog - 3) + sizes.slotBytes + sought.length * windowBytes + sizes.count * 8 + 64;
}
