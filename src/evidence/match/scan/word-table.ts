// The tables of a lane of words, as `grams` of scanner.ts reads them.

import { bytesAt, type Place as RunPlace } from '../demands.ts';
import type { Sought } from '../plan.ts';
import { eachWordOf, wordCount, type Stride } from '../windows.ts';
import { gramMultiplier, windowBytes } from './scanner.ts';

/** A piece of the scanner's memory. */
export interface Place {
  readonly bytes: Uint8Array;
  /** The same memory. */
  readonly words: Uint32Array;
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

/** What goes into the tables of a lane, and how large they will be. */
export interface WordDraft {
  readonly stride: Stride;
  readonly sought: readonly Sought[];
  /** The number of its first run. */
  readonly first: number;
  readonly bitsLog: number;
  readonly slotsLog: number;
  readonly slotBytes: number;
  readonly entryBytes: number;
  /** An upper bound of all together. */
  readonly bytes: number;
}

function log2Above(count: number): number {
  return 32 - Math.clz32(Math.max(1, count - 1));
}

/** Sizes the tables for runs, which are numbered from `first`. */
export function draftWords(sought: readonly Sought[], stride: Stride, first: number): WordDraft {
  const count = sought.reduce((sum, { run, offset }) => sum + wordCount(run, offset, stride), 0);
  // 32 bits a word let 1 in 32 through that is none; 32 KiB still stay in the first cache.
  const bitsLog = Math.min(18, Math.max(15, log2Above(count * 32)));
  const slotsLog = Math.max(4, log2Above(count * 2));
  // What hashes to the end runs on behind it: as far as all words, at worst.
  const slotBytes = ((1 << slotsLog) + count + 1) * 8;
  const entryBytes = count * 8;
  const bytes = 2 ** (bitsLog - 3) + slotBytes + sought.length * windowBytes + entryBytes + 64;
  return { stride, sought, first, bitsLog, slotsLog, slotBytes, entryBytes, bytes };
}

/** The slot of a word, its own or a free one, as an index of 32-bit words; sets the word's bit. */
function slotOf({ bytes, words }: Place, table: WordTable, word: number): number {
  const hash = Math.imul(word, gramMultiplier) >>> 0;
  const bit = hash >>> table.bitsShift;
  const at = table.bits + (bit >> 3);
  bytes[at] = (bytes[at] ?? 0) | (1 << (bit & 7));
  let slot = (table.slots >> 2) + (hash >>> table.slotsShift) * 2;
  while (words[slot + 1] !== 0 && words[slot] !== word) slot += 2;
  return slot;
}

/** The bits in which all bytes of a place agree, and what they are there. */
function agreement(set: RunPlace | undefined): { mask: number; value: number } {
  if (typeof set === 'number') return { mask: 0xff, value: set };
  const bytes = bytesAt(set);
  const [one] = bytes;
  if (one === undefined) return { mask: 0, value: 0 };
  const mask = bytes.reduce((same, byte) => same & ~(byte ^ one), 0xff);
  return { mask, value: one & mask };
}

/** Bytes 0-7 of the window at 0 (mask) and 8 (value), bytes 3-10 at 16 and 24. */
function writeWindow(bytes: Uint8Array, at: number, { run, offset }: Sought): void {
  for (let index = 0; index < 11; index += 1) {
    const { mask, value } = agreement(run[offset + index]);
    if (index < 8) {
      bytes[at + index] = mask;
      bytes[at + 8 + index] = value;
    }
    if (index >= 3) {
      bytes[at + 13 + index] = mask;
      bytes[at + 21 + index] = value;
    }
  }
}

/** Writes the tables of a draft. */
export function writeWordTable(place: Place, draft: WordDraft): WordTable {
  const { bytes, words, take } = place;
  const { sought, first } = draft;
  const table: WordTable = {
    stride: draft.stride,
    bits: take(2 ** (draft.bitsLog - 3)),
    bitsShift: 32 - draft.bitsLog,
    slots: take(draft.slotBytes),
    slotsShift: 32 - draft.slotsLog,
    // Numbers of runs count through all lanes.
    windows: take(sought.length * windowBytes) - first * windowBytes,
  };
  let entry = take(draft.entryBytes);
  sought.forEach((one, index) => {
    writeWindow(bytes, table.windows + (first + index) * windowBytes, one);
    eachWordOf(one.run, one.offset, draft.stride, (word, at) => {
      const slot = slotOf(place, table, word);
      // Before the word's earlier entries.
      words[entry >> 2] = words[slot + 1] ?? 0;
      words[(entry >> 2) + 1] = ((first + index) << 3) | at;
      words[slot] = word;
      words[slot + 1] = entry;
      entry += 8;
    });
  });
  return table;
}
