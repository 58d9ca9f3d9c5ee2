// The journal's port: open runs and jobs, effects, and what is kept of closed ones. Several drivers, one contract suite.

import type { JobNumber, RunId } from '../gate/ids.ts';
import type { Run } from '../gate/run.ts';
import type { InstanceId } from './sharing.ts';

export type WriteOutcome =
  | { readonly kind: 'written' }
  /** Another run that can be joined has this content key (RUNS.md 1.5); nothing was written. */
  | { readonly kind: 'key-taken'; readonly by: RunId }
  /** Another instance holds the run, or has closed it (RUNS.md 9.9); nothing was written. */
  | { readonly kind: 'not-held'; readonly by: InstanceId };

/** What must hold of a run's place in the indexes, said by the writer, who knows the rules. */
export interface Place {
  /** The key is admitted once while true: the run may be joined. */
  readonly joinable: boolean;
  /** It is read back by `open` at the next start. */
  readonly open: boolean;
  /** Set where the writer takes up a run that it read as closed: the `changedAt` that it had then (milliseconds since 1970). */
  readonly reopens?: number;
}

/** A record that cannot be read back. It is left as it is, and hinders no other. */
export interface BrokenRecord {
  /** The driver's own name of the record. */
  readonly key: string;
  readonly why: string;
}

export interface Journal {
  /**
   * Writes a run, its effects and its index entries in one durable step (fsync'ed when the promise resolves). Writes that
   * arrive together share one sync; writes of one run keep their order. Rejects with a `StoreError` when it could not be kept.
   */
  write(run: Run, place: Place): Promise<WriteOutcome>;
  /** Every run written with `open: true`, by arrival, for the start. One that is broken is left out and stands in `broken`. */
  open(): Promise<readonly Run[]>;
  /** The broken records that `open`, `list` and `forget` have met so far: the last hundred. */
  broken(): readonly BrokenRecord[];
  /** Rejects with a `StoreError` (`broken-record`) that names the key of a damaged record. */
  run(id: RunId): Promise<Run | null>;
  /** The first kept run that brought a job of this number; a later run with an equal number does not displace it. */
  byNumber(number: JobNumber): Promise<Run | null>;
  /** Newest first by arrival; `before` is the arrival of the last one of the page before. */
  list(query: { readonly limit: number; readonly before?: number }): Promise<readonly Run[]>;
  /** Deletes runs that are not open and were last changed before this time (milliseconds since 1970); how many. */
  forget(changedBefore: number): Promise<number>;
  /** Deletes one run that is not open; false: there is none, or it is open. */
  drop(id: RunId): Promise<boolean>;
  /** Proves that the store takes writes: a durable write and its reading back. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
