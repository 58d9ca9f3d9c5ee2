// The tables that the scanner's lanes look into. They lie at the beginning of its memory, whatever comes behind them, so that they can be
// kept and laid there again.

import type { Plan } from './plan.ts';
import { nibbleTableSize, writeNibbleTable } from './scan/nibble-table.ts';
import { draftWords, writeWordTable, type Place, type WordDraft, type WordTable } from './scan/word-table.ts';

export interface SieveTables {
  /** The addresses of each lane of words. */
  readonly words: readonly WordTable[];
  /** The address of the lane of nibbles; null: there is none. */
  readonly nibbles: number | null;
  /** How many runs are looked for. */
  readonly runs: number;
  /** What stands in the scanner's memory from address 0 on; a multiple of 16. */
  readonly bytes: Uint8Array;
}

/** The scanner reads up to 32 bytes past the text, and before it. */
export const margin = 64;

/** Hands out addresses from `start` on, each a multiple of 16. */
export function takeFrom(start: number): (bytes: number) => number {
  let free = start;
  return (bytes) => {
    const taken = free;
    free = (free + bytes + 15) & ~15;
    return taken;
  };
}

/** The lanes of words, their runs numbered through. */
function draftAll(plan: Plan): { drafts: WordDraft[]; runs: number } {
  let runs = 0;
  const drafts = plan.words.map(({ stride, sought }) => {
    const draft = draftWords(sought, stride, runs);
    runs += sought.length;
    return draft;
  });
  return { drafts, runs };
}

/** Writes the tables of a plan. */
export function sieveTables(plan: Plan): SieveTables {
  const { drafts, runs } = draftAll(plan);
  const most = drafts.reduce((sum, draft) => sum + draft.bytes, 0) + nibbleTableSize(plan.nibbles);
  const memory = new ArrayBuffer((margin * 4 + most + 15) & ~15);
  // Address 0 stands for nothing in the tables.
  const take = takeFrom(margin);
  const place: Place = { bytes: new Uint8Array(memory), words: new Uint32Array(memory), take };
  const words = drafts.map((draft) => writeWordTable(place, draft));
  const nibbles = plan.nibbles.length > 0 ? writeNibbleTable(place, plan.nibbles, runs) : null;
  return { words, nibbles, runs: runs + plan.nibbles.length, bytes: place.bytes.subarray(0, take(0)) };
}
