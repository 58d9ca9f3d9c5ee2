// Where runs lie and how they are found. Keys:
//   run/<id>                    the run
//   place/<id>                  its entries below, so that each write can take away those that no longer hold
//   open/<id>                   read back at the start
//   key/<content key>           the run that holds it, and may be joined (RUNS.md 1.5)
//   number/<job number>         the first run that brought it
//   arrival/<arrival>/<id>      the list, newest last
//   closed/<changed at>/<id>    what may be forgotten, oldest first
// In a store that is shared also who holds it: leases.ts.

import type { JobNumber, RunId } from '../../gate/ids.ts';
import type { Run } from '../../gate/run.ts';
import type { Place, WriteOutcome } from '../journal.ts';
import { StoreError } from '../store-error.ts';
import type { InstanceId } from '../sharing.ts';
import type { View, Write } from './group-commit.ts';
import { holderIn, keepLease, leaseKey } from './leases.ts';
import { printable, seal, sortable, unseal } from './record.ts';

/** A run that has grown beyond this is refused; the queue of writes is bounded in bytes and must hold several. */
const maxRunBytes = 8 * 1024 * 1024;

export const runKey = (id: string): string => `run/${id}`;
export const numberKey = (number: JobNumber): string => `number/${number}`;
const placeKey = (id: string): string => `place/${id}`;
// As JSON, for a key may hold half a surrogate pair, and UTF-8 would make all of those equal.
const contentKey = (key: string): string => `key/${JSON.stringify(key)}`;

/** The index entries that a run has in the database. */
interface Entries {
  readonly key: string | null;
  readonly numbers: readonly JobNumber[];
  /** Whole keys. */
  readonly list: readonly string[];
  /** Milliseconds since 1970; null while it is open. */
  readonly closedSince: number | null;
  /** In a shared store: who closed it. */
  readonly closedBy?: InstanceId;
}

/**
 * The write of a run with its place, to be decided and kept in the serial place; in a shared store by `self`, who must hold it. Throws
 * a `StoreError` (`bad-record`).
 */
export function runWrite(run: Run, place: Place, self: InstanceId | null): Write<WriteOutcome> {
  // Made into text at once: what the caller holds may have moved on when the batch is made.
  const text = seal(run);
  if (text.length > maxRunBytes) {
    throw new StoreError(
      'bad-record',
      `run ${run.id} has ${text.length} bytes, more than ${maxRunBytes}: not kept`,
    );
  }
  const wanted = entriesOf(run, place);
  const held = wanted.key === null ? [] : [contentKey(wanted.key)];
  const lease = self === null ? [] : [leaseKey(run.id)];
  const reads = [placeKey(run.id), ...lease, ...held, ...wanted.numbers.map(numberKey)];
  return {
    bytes: text.length,
    reads,
    apply: (view) => {
      // First of all: a run that was taken from us must not be told as one that lost the race for its key.
      const owner = self === null ? null : ownerIn(view, run.id, place);
      if (owner !== null && owner !== self) return { kind: 'not-held', by: owner };
      const holder = wanted.key === null ? undefined : view.get(contentKey(wanted.key));
      if (holder !== undefined && holder !== run.id) return { kind: 'key-taken', by: holder as RunId };
      if (self !== null) keepLease(view, run.id, { self, open: place.open });
      view.put(runKey(run.id), text);
      const entries = self === null || place.open ? wanted : { ...wanted, closedBy: self };
      // Of a hundred writes of a run one changes how it is found.
      if (view.get(placeKey(run.id)) === seal(entries) && (wanted.key === null || holder === run.id))
        return { kind: 'written' };
      removeEntries(view, run.id);
      putEntries(view, run.id, entries);
      return { kind: 'written' };
    },
  };
}

/**
 * Who alone may write the run; null: whoever comes. A closed run has no lease, but whoever was frozen while its run was taken over and
 * closed must not open it again with a late write: it is for the one that closed it, and for those that read it as it was closed.
 */
function ownerIn(view: View, id: RunId, { reopens }: Place): InstanceId | null {
  const holder = holderIn(view, id);
  if (holder !== null) return holder;
  const entries = readEntries(view, id);
  if (entries?.closedBy === undefined || entries.closedSince === reopens) return null;
  return entries.closedBy;
}

/** The deletion of a run, if it is still closed and was last changed before; whether it was deleted. */
export function runRemoval(id: string, changedBefore: number): Write<boolean> {
  return {
    bytes: id.length,
    reads: [placeKey(id)],
    apply: (view) => {
      const entries = readEntries(view, id);
      const since = entries?.closedSince ?? null;
      if (since === null || since >= changedBefore) return false;
      removeEntries(view, id);
      view.del(placeKey(id));
      view.del(runKey(id));
      return true;
    },
  };
}

/** The run of a stored text; a `StoreError` (`broken-record`) where it is damaged or is another one. */
export function readRun(id: string, text: string): Run {
  const value = unseal(runKey(id), text);
  if (isRun(value) && value.id === id) return value;
  const message = `the record ${printable(runKey(id))} is not the run that its key says: forget it, or restore the store from a copy`;
  throw new StoreError('broken-record', message);
}

function entriesOf(run: Run, place: Place): Entries {
  const lists = [
    `arrival/${sortable(run.arrival, `the arrival of run ${run.id}`)}/${run.id}`,
    place.open
      ? `open/${run.id}`
      : `closed/${sortable(run.changedAt, `the time of change of run ${run.id}`)}/${run.id}`,
  ];
  return {
    key: place.joinable ? run.key : null,
    numbers: [...new Set(run.jobs.map(({ number }) => number))],
    list: lists,
    closedSince: place.open ? null : run.changedAt,
  };
}

function putEntries(view: View, id: string, wanted: Entries): void {
  const free = wanted.numbers.filter((number) => (view.get(numberKey(number)) ?? id) === id);
  for (const number of free) view.put(numberKey(number), id);
  for (const key of wanted.list) view.put(key, id);
  if (wanted.key !== null) view.put(contentKey(wanted.key), id);
  view.put(placeKey(id), seal({ ...wanted, numbers: free }));
}

function removeEntries(view: View, id: string): void {
  const entries = readEntries(view, id);
  if (entries === null) return;
  for (const number of entries.numbers) view.del(numberKey(number));
  for (const key of entries.list) view.del(key);
  if (entries.key !== null) view.del(contentKey(entries.key));
}

function readEntries(view: View, id: string): Entries | null {
  const text = view.get(placeKey(id));
  // Only this file writes places, and the checksum has proved the text.
  return text === undefined ? null : (unseal(placeKey(id), text) as Entries);
}

function isRun(value: unknown): value is Run {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    value.schema === 2 &&
    'id' in value &&
    'jobs' in value &&
    Array.isArray(value.jobs)
  );
}
