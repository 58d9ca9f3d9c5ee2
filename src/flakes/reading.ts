// What went wrong in one build, failure by failure: what the gate decides on (FLAKES.md 6.2 to 6.3b).

import type { Kind } from './kind.ts';

/** What history knows of an excuse key at a moment, for one builder (FLAKES.md 6.3, 6.4): only commits already on the branch, one vote per commit. */
export interface KeyEvidence {
  /** Of the newest two finished base builds of this builder, how many failed with this key. */
  readonly redBase: 0 | 1 | 2;
  /** Landed commits that showed it in the last 14 days, on any builder. */
  readonly baseCommits: number;
  /** First attempts on this builder that failed so, in 14 days, else in 60. */
  readonly failures: number;
  /** First attempts on this builder in the same days. */
  readonly runs: number;
  /** The same over all builders of the branch: how many builders may show it in one change without surprise. */
  readonly fleet: { readonly failures: number; readonly runs: number };
  /** Why its signature excuses nothing now: its rate jumped. */
  readonly suspended: string | null;
  /** What to think of any rate on this builder before the failure's own counts, by all tests that are known there; absent: the start of 6.4. */
  readonly prior?: { readonly alpha: number; readonly beta: number };
}

/** The signature that names a failure; the most specific one where several do. */
export interface NamedBy {
  readonly id: string;
  readonly state: 'monitor' | 'active' | 'resolved' | 'expired';
  /** Its file lets it excuse. */
  readonly allowed: boolean;
  /** The share of runs, 0 to 1, above which it excuses nothing. */
  readonly maxRate: number;
  /** The commit under test contains the fix: a hit is a regression. */
  readonly containsFix: boolean;
}

export type FailureClass =
  'known-flake' | 'infrastructure' | 'already-red' | 'seen-on-base' | 'new' | 'unknown';

/** One failure of a build with its class and what that class rests on. */
export interface ReadFailure {
  readonly testId: string | null;
  /** The test file to repeat; null: the whole suite. */
  readonly file: string | null;
  readonly kind: Kind;
  /** At most 300 characters, secrets taken out. */
  readonly message: string | null;
  /** First and last line in the step's log, from 1; both 0 where only a report knows of it. */
  readonly lines: readonly [number, number];
  readonly step: string;
  readonly fingerprint: string;
  readonly excuseKey: string | null;
  readonly incident: string;
  /** A re-run inside the build passed. */
  readonly cleared: boolean;
  readonly signature: NamedBy | null;
  readonly class: FailureClass;
  /** The change may have touched what failed; also where nobody says what it changed. */
  readonly touched: boolean;
  readonly evidence: KeyEvidence | null;
}

/** Of a measure or a control whose factory repeated (build property `gate_repeated`). */
export interface Repeats {
  readonly ran: number;
  /** Repeats that failed at all. */
  readonly failed: number;
  /** Repeats that failed with this excuse key. */
  readonly byKey: Readonly<Record<string, number>>;
}

/** What went wrong in a finished build. */
export interface Reading {
  /** At most 50. */
  readonly failures: readonly ReadFailure[];
  /** Failures beyond those. */
  readonly more: number;
  /** null: the failures found equal the runner's own count and list and its summary is complete (FLAKES.md 6.3b rule 4); else why not. */
  readonly doubt: string | null;
  /** null: one whole run. */
  readonly repeats: Repeats | null;
  /** The base on which a control is to run: the newest revision of the branch that this builder finished, with at most 5 others first seen since; null: none. */
  readonly base: { readonly revision: string; readonly branch: string } | null;
}
