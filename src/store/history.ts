// The history's port: what became of finished attempts, by builder and by worker, with counters for each day beside the records
// so that a report need not read them all; and finished builds with their failures, with counters of their own (tally.ts). Several
// drivers, one contract suite.

import type { BuilderName, WorkerName } from '../fleet/fleet.ts';
import type { BaseBuild } from '../flakes/history/evidence.ts';
import type { KeyEvidence } from '../flakes/reading.ts';
import type { Outcome, Role } from '../gate/attempt.ts';
import type { BuildId, RunId } from '../gate/ids.ts';
import type { BuildRecord, FoundFailure } from './build-record.ts';
import type { Day } from './day.ts';
import type { Scope, TallyRow } from './tally.ts';

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

/** What a decision asks of the history: excuse keys of one failing build, at a moment. */
export interface EvidenceQuery {
  readonly builder: BuilderName;
  readonly project: string;
  readonly branch: string;
  readonly keys: readonly string[];
  /** Milliseconds since 1970; base builds that were complete later are not looked at. */
  readonly at: number;
}

export interface Evidence {
  /** An entry for each key that was asked for. */
  readonly byKey: Readonly<Record<string, KeyEvidence>>;
  /** Where a control is to run (FLAKES.md 6.3); null: there is no base near enough. */
  readonly base: { readonly revision: string; readonly branch: string } | null;
  /** When the newest commit of the branch was first seen in a base build, in milliseconds since 1970; null: none is known. */
  readonly newestSeenAt: number | null;
}

/** By what failures are found again. */
export type Trait = 'test' | 'signature' | 'key' | 'incident';

/** Where a page of builds begins, and which builds. */
export interface BuildsQuery {
  /** Milliseconds since 1970; builds that were complete from `since` on, and before `before`. */
  readonly since: number;
  readonly before?: number;
  /** `failed`: builds in which something failed; `excused`: those with a failure that was forgiven or withdrawn. */
  readonly which: 'all' | 'failed' | 'excused';
  readonly limit: number;
}

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
  /**
   * Keeps finished builds and counts their failures, durably and in one step. A build that is kept already is left alone and not
   * counted again; how many were new.
   */
  recordBuilds(builds: readonly BuildRecord[]): Promise<number>;
  /** Those of these builds (id and start) that are kept. */
  knownBuilds(builds: readonly Pick<BuildRecord, 'id' | 'startedAt'>[]): Promise<ReadonlySet<number>>;
  /** Newest first. Damaged records are left out. */
  builds(query: BuildsQuery): Promise<readonly BuildRecord[]>;
  /** Failures with one trait, newest first. */
  failures(query: {
    readonly of: Trait;
    readonly name: string;
    readonly since: number;
    readonly limit: number;
  }): Promise<readonly FoundFailure[]>;
  /** When the oldest kept failure with each of these names was, in milliseconds since 1970; no entry where there is none. */
  firstSeen(of: Trait, names: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Base builds of one builder that were complete from `from` to `to`, both included, oldest first. */
  baseBuilds(query: {
    readonly builder: BuilderName;
    readonly project: string;
    readonly branch: string;
    readonly from: number;
    readonly to: number;
  }): Promise<readonly BaseBuild[]>;
  /** What decisions rest on (FLAKES.md 6.3, 6.4). */
  evidence(query: EvidenceQuery): Promise<Evidence>;
  /** Counters of a scope from day to day, both included. */
  tallies(query: {
    readonly scope: Scope;
    readonly from: Day;
    readonly to: Day;
  }): Promise<readonly TallyRow[]>;
  /** A note of a reader's, such as how far it has come; null: none. */
  note(name: string): Promise<string | null>;
  setNote(name: string, value: string): Promise<void>;
  /**
   * Where the builds and their counters take more than so many bytes on the disk: deletes the oldest tenth of the time that they span, and
   * gives the room back; how many builds and endings. Call it again until it deletes nothing.
   */
  trim(bytes: number): Promise<number>;
  /**
   * Deletes endings and builds before this time (milliseconds since 1970), and the counters of days that were over by then; how many
   * endings and builds.
   */
  forget(before: number): Promise<number>;
}
