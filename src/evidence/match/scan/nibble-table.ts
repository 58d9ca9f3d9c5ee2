// The tables of the lane of nibbles, as `nibbles` of scanner.ts reads them.

import { single } from '../byte-set.ts';
import { bytesAt } from '../demands.ts';
import type { Sought } from '../plan.ts';
import { nibblePart } from '../windows.ts';
import { nibbleRecordBytes, nibbleTableBytes } from './scanner.ts';
import type { Place } from './word-table.ts';

const buckets = 8;
const sieved = 4;

/** Lets the bucket's bit through for each byte that the run may have at its first four places; past its end, for all. */
function writeSieve(view: DataView, table: number, { run, offset }: Sought, bucket: number): void {
  for (let place = 0; place < sieved; place += 1) {
    const here = run[offset + place];
    const bytes = here === undefined ? Array.from({ length: 256 }, (_none, byte) => byte) : bytesAt(here);
    for (const byte of bytes)
      for (const at of [table + place * 32 + (byte & 15), table + place * 32 + 16 + (byte >> 4)])
        view.setUint8(at, view.getUint8(at) | (1 << bucket));
  }
}

function writeRecord(view: DataView, at: number, one: Sought, number: number): void {
  const places = nibblePart(one.run, one.offset);
  view.setUint32(at, number, true);
  view.setUint32(at + 4, places.length, true);
  places.forEach((here, place) => {
    const set = typeof here === 'number' ? single(here) : here;
    set.forEach((bits, word) => view.setUint32(at + 8 + place * 32 + word * 4, bits, true));
  });
}

/** Writes the tables for the runs, numbered from `first`, and gives their address. */
export function writeNibbleTable({ bytes, take }: Place, sought: readonly Sought[], first: number): number {
  const view = new DataView(bytes.buffer);
  const table = take(nibbleTableBytes + sought.length * nibbleRecordBytes);
  let record = table + nibbleTableBytes;
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    view.setUint32(table + 128 + bucket * 8, record, true);
    sought.forEach((one, index) => {
      if (index % buckets !== bucket) return;
      writeSieve(view, table, one, bucket);
      writeRecord(view, record, one, first + index);
      record += nibbleRecordBytes;
    });
    view.setUint32(table + 132 + bucket * 8, record, true);
  }
  return table;
}

/** An upper bound of the bytes that the tables take. */
export function nibbleTableSize(sought: readonly Sought[]): number {
  return nibbleTableBytes + sought.length * nibbleRecordBytes + 32;
}
