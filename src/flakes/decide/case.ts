// What a decision is made from, and what comes out: one question about one builder of one run (FLAKES.md 6.3).

import type { ReadFailure, Reading } from '../reading.ts';

export type CaseRole = 'vote' | 'measure' | 'control';

/** How an attempt ended; `open`: it has not. Only `passed` and `failed` prove anything (RUNS.md 1.3). */
export type CaseOutcome =
  'open' | 'passed' | 'failed' | 'infrastructure' | 'timed-out' | 'aborted' | 'unheard' | 'config-error';

/** One attempt of the run. A void one (merged away, never arrived) is left out. */
export interface CaseAttempt {
  readonly builder: string;
  readonly role: CaseRole;
  readonly outcome: CaseOutcome;
  /** null: not read, or there was nothing to read (a build that passed without a warning). */
  readonly reading: Reading | null;
}

/** Builds for measuring that may be spent: within this run, on this builder, on machines of its workers' owner in a day, in a day in all. */
export interface Budget {
  readonly of: 'job' | 'builder' | 'owner' | 'day';
  readonly limit: number;
  readonly spent: number;
}

export interface CasePolicy {
  /** The platform coverage is met without this builder's vote. */
  readonly coverageWithout: boolean;
  /** Whether the builder's factory repeats (`gate_repeated`); null: not known yet. A measure that is one whole run shows that it does not. */
  readonly canRepeat: boolean | null;
  /** Five of the builder's median build times fit what is left of the run's deadline. */
  readonly wholeBuildsFit: boolean;
  readonly budgets: readonly Budget[];
}

/**
 * Everything for one builder's question. Ask again whenever an attempt of the run ended: the surprise guard counts over all builders that were
 * heard, so a ruling stands for good only when every vote has ended.
 */
export interface BuilderCase {
  readonly builder: string;
  /** Of all voting builders, in the order in which they were made. A builder's newest ended vote is the one that is judged, by what was measured after it. */
  readonly attempts: readonly CaseAttempt[];
  readonly policy: CasePolicy;
}

/** A failure that does not count against the change, and by what. */
export interface Excused {
  readonly failure: ReadFailure;
  readonly by: 'known-flake' | 'seen-on-base' | 'already-red' | 'control';
  /** Repeats on the change in which it failed again, of how many; null where none were needed. */
  readonly again: { readonly failed: number; readonly ran: number } | null;
}

interface Ask {
  readonly builder: string;
  readonly why: string;
  /** Test files for `gate_tests`; null: the whole suite, with no `gate_tests`. */
  readonly tests: readonly string[] | null;
  /** For `gate_repeat`. */
  readonly repeat: number;
  /** Builds to begin now; 0: what was asked for is still under way. */
  readonly builds: number;
}

/** The answer; `why` is one plain sentence for a developer. Build text in it is as it came: whoever shows it makes it visible. */
export type Ruling =
  | ({ readonly action: 'measure' } & Ask)
  | ({ readonly action: 'control'; readonly base: NonNullable<Reading['base']> } & Ask)
  /** Counts as passed. `summary`: `FLK-12 on AMD64 Debian 3.x, 1 of 20`. */
  | {
      readonly action: 'forgive';
      readonly builder: string;
      readonly why: string;
      readonly summary: string;
      readonly excused: readonly Excused[];
    }
  /** Does not count; coverage holds without it. */
  | {
      readonly action: 'withdraw';
      readonly builder: string;
      readonly why: string;
      readonly summary: string;
      readonly excused: readonly Excused[];
    }
  /** No verdict on the change: built again within the retries (RUNS.md 6.1). */
  | { readonly action: 'infra'; readonly builder: string; readonly why: string }
  /** The failure stands. `NO_COVERAGE`: the base fails as well, but the coverage needs this vote (RUNS.md 6.2). */
  | {
      readonly action: 'fail';
      readonly builder: string;
      readonly why: string;
      readonly result: 'FAILURE' | 'NO_COVERAGE';
      /** The one that stands; null where none was found or the reading is in doubt. */
      readonly failure: ReadFailure | null;
    };
