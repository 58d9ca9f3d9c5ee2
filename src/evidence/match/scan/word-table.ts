// The tables of a lane of words, as `grams` of scanner.ts reads them.

import { bytesAt, type Place as RunPlace } from '../demands.ts';
import type { Sought } from '../plan.ts';
import { eachWordOf, type Stride } from '../windows.ts';
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

/** Entries of each word: run number << 3 | place of the word in the window. */
type Entries = ReadonlyMap<number, readonly number[]>;

/** What goes into the tables of a lane, and how large they will be. */
export interface WordDraft {
  readonly stride: Stride;
  readonly sought: readonly Sought[];
  /** The number of its first run. */
  readonly first: number;
  readonly entries: Entries;
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

function entriesOf(sought: readonly Sought[], first: number, stride: Stride): Map<number, number[]> {
  const entries = new Map<number, number[]>();
  sought.forEach(({ run, offset }, index) => {
    eachWordOf(run, offset, stride, (word, place) => {
      const entry = ((first + index) << 3) | place;
      const list = entries.get(word);
      if (list === undefined) entries.set(word, [entry]);
      else list.push(entry);
    });
  });
  return entries;
}

/** Gathers the words of runs, which are numbered from `first`. */
export function draftWords(sought: readonly Sought[], stride: Stride, first: number): WordDraft {
  const entries = entriesOf(sought, first, stride);
  let count = 0;
  for (const list of entries.values()) count += list.length;
  // 32 bits a word let 1 in 32 through that is none; 32 KiB still stay in the first cache.
  const bitsLog = Math.min(18, Math.max(15, log2Above(entries.size * 32)));
  const slotsLog = Math.max(4, log2Above(entries.size * 2));
  // What hashes to the end runs on behind it: as far as all words, at worst.
  const slotBytes = ((1 << slotsLog) + entries.size + 1) * 8;
  const entryBytes = count * 8;
  const bytes = 2 ** (bitsLog - 3) + slotBytes + sought.length * windowBytes + entryBytes + 64;
  return { stride, sought, first, entries, bitsLog, slotsLog, slotBytes, entryBytes, bytes };
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
function agreement(set: RunPlace | undefined): { mask: number; value: number } {
  if (typeof set === 'number') return { mask: 0xff, value: set };
  const bytes = bytesAt(set);
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

/** Writes the tables of a draft. */
export function writeWordTable({ view, take }: Place, draft: WordDraft): WordTable {
  const { sought, first, entries } = draft;
  const table: WordTable = {
    stride: draft.stride,
    bits: take(2 ** (draft.bitsLog - 3)),
    bitsShift: 32 - draft.bitsLog,
    slots: take(draft.slotBytes),
    slotsShift: 32 - draft.slotsLog,
    // Numbers of runs count through all lanes.
    windows: take(sought.length * windowBytes) - first * windowBytes,
  };
  let at = take(draft.entryBytes);
  for (const [word, list] of entries) {
    writeWord(view, table, word, at);
    list.forEach((entry, index) => {
      view.setUint32(at, index === list.length - 1 ? 0 : at + 8, true);
      view.setUint32(at + 4, entry, true);
      at += 8;
    });
  }
  sought.forEach((one, index) => writeWindow(view, table.windows + (first + index) * windowBytes, one));
  return table;
}
