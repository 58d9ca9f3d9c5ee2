// A run and all that belongs to it, as it is written to the journal: jobs, plan, attempts, verdict, effects under way.
// States of a run: waiting (no plan yet) -> started (plan written) -> decided or stopped. `over` is derived (RUNS.md 1.5).
// Everything here is plain JSON, so that a record read back equals the one written.

import type { BuilderName, WorkerName } from '../fleet/fleet.ts';
import type { Verdict } from './answer.ts';
import type { Attempt } from './attempt.ts';
import type { Effect } from './effect.ts';
import type { RunId } from './ids.ts';
import type { Job } from './job.ts';
import type { Change, JobDefinition, Policy } from './request.ts';

export interface PlannedBuilder {
  readonly name: BuilderName;
  readonly platform: string;
  readonly counts: 'voting' | 'advisory';
  readonly workers: readonly WorkerName[];
}

export interface Plan {
  readonly builders: readonly PlannedBuilder[];
  /** Platform to the number of builders that must pass or be forgiven. */
  readonly coverage: Readonly<Record<string, number>>;
}

export interface Run {
  readonly schema: 1;
  readonly id: RunId;
  /** null: refused at birth (RUNS.md 2.6), never joined. */
  readonly key: string | null;
  /** First 16 hex digits of the SHA-256 of the key; '' where there is none. */
  readonly keyHash: string;
  readonly jobName: string;
  /** The terms: fixed when it was made (RUNS.md 1.2). null together with `key`. */
  readonly terms: {
    readonly definition: JobDefinition;
    readonly policy: Policy;
    readonly change: Change;
  } | null;
  readonly createdAt: number;
  /** Position in the line of waiting runs; grows with arrival, over restarts as well. */
  readonly arrival: number;
  readonly phase: 'waiting' | 'started' | 'decided' | 'stopped';
  readonly jobs: readonly Job[];
  readonly plan: Plan | null;
  readonly attempts: readonly Attempt[];
  /** Infrastructure retries wait until this many milliseconds of `age` are reached, by builder. */
  readonly retryAt: Readonly<Record<string, number>>;
  /** Milliseconds since a slot was free for it, standing still while we are away (RUNS.md 5.1). */
  readonly age: number;
  readonly slotWasFree: boolean;
  /** Milliseconds of grace used up (RUNS.md 9.1). */
  readonly grace: number;
  /** Whether requests left over by a lost journal were looked for (RUNS.md 4.4). */
  readonly adopted: boolean;
  /** Builders whose `unheard` was confirmed by an audit, with the monotonic time of this process. */
  readonly audits: Readonly<Record<string, { readonly at: number; readonly began: boolean }>>;
  readonly verdict: Verdict | null;
  readonly decidedAt: number | null;
  readonly stoppedAt: number | null;
  /** The clean-up was given up after 24 h; what was left at Buildbot. */
  readonly leftBehind: readonly string[];
  readonly cleaned: boolean;
  readonly effects: readonly Effect[];
  readonly nextEffect: number;
  /** What it waits for when Buildbot refuses us (RUNS.md 4.8), for people. */
  readonly notReady: string | null;
  readonly changedAt: number;
}
