// The history's port: what became of finished attempts, by builder and by worker, with counters for each day beside the records
// so that a report need not read them all. Failures of tests follow later. Several drivers, one contract suite.

import type { BuilderName, WorkerName } from '../fleet/fleet.ts';
import type { Outcome, Role } from '../gate/attempt.ts';
import type { BuildId, RunId } from '../gate/ids.ts';

/** A calendar day in UTC, such as `2026-11-21`. */
export type Day = string;

/** One attempt that has ended; run, builder and ordinal together name it. */
export interface Ending {
  readonly run: RunId;
  readonly builder: BuilderName;
  readonly ordinal: number;
  readonly role: Role;
  readonly counts: 'voting' | 'advisory';
  readonly platform: string;
  /** null: no build began. */
  readonly worker: WorkerName | null;
  readonly build: { readonly id: BuildId; readonly number: number } | null;
  readonly jobName: string;
  readonly project: string;
  readonly branch: string;
  readonly revision: string;
  readonly outcome: Outcome['kind'];
  /** Milliseconds that the request waited, and that its builds ran. */
  readonly waited: number;
  readonly ran: number;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
}

/** What a builder or a worker did on one day. */
export interface DayCount {
  readonly day: Day;
  readonly name: string;
  readonly outcomes: Readonly<Partial<Record<Outcome['kind'], number>>>;
  /** Sums over the day, in milliseconds. */
  readonly waited: number;
  readonly ran: number;
}

export type Subject =
  | { readonly of: 'builder'; readonly name: BuilderName }
  | { readonly of: 'worker'; readonly name: WorkerName };

export interface History {
  /** Keeps endings and counts them, durably and in one step. One that is kept already is left alone and not counted again. */
  record(endings: readonly Ending[]): Promise<void>;
  /** Endings of one builder or worker, or of all (null), newest first, that ended at `since` or later. Damaged records are left out. */
  endings(query: {
    readonly subject: Subject | null;
    readonly since: number;
    readonly limit: number;
  }): Promise<readonly Ending[]>;
  /** Counters of all builders or all workers from day to day, both included; by day, then by name. */
  days(query: {
    readonly of: Subject['of'];
    readonly from: Day;
    readonly to: Day;
  }): Promise<readonly DayCount[]>;
  /** Deletes endings before this time (milliseconds since 1970), and the counters of days that were over by then; how many endings. */
  forget(endedBefore: number): Promise<number>;
}

/** The day (UTC) of a time in milliseconds since 1970. */
export function dayOf(time: number): Day {
  return new Date(time).toISOString().slice(0, 10);
}
