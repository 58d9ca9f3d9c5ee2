// What may be seen of the daemon and its jobs: the JSON documents of `/api/v1`, which page and CLI read as well.
// Keys are in the notation of the configuration and of the last WORK_DATA (snake_case); times are ISO 8601 in UTC; text from
// outside is bounded and has its control characters made visible (text.ts).

import type { ResultWord } from '../gate/answer.ts';
import type { AttemptState, Role } from '../gate/attempt.ts';

/** A moment, ISO 8601 in UTC. */
export type Time = string;

/** What something waits for. `until` is null only where the end depends on a person or on jobs in front. */
export interface Wait {
  readonly what: string;
  readonly since: Time | null;
  readonly until: Time | null;
  /** What happens at `until`, or as soon as the wait is over. */
  readonly next: string;
}

/** Whose fault a result is, for people. */
export type Fault = 'change' | 'infrastructure' | 'configuration' | 'person' | 'fleet';

export interface StepView {
  readonly name: string;
  readonly state:
    'waiting' | 'running' | 'success' | 'warnings' | 'failure' | 'skipped' | 'exception' | 'cancelled';
  readonly text: string;
  readonly started_at: Time | null;
  readonly complete_at: Time | null;
}

export interface BuildView {
  readonly number: number;
  readonly worker: string | null;
  /** Buildbot's result, in words; null while it runs. */
  readonly result:
    'success' | 'warnings' | 'failure' | 'skipped' | 'exception' | 'retry' | 'cancelled' | null;
  readonly text: string;
  readonly revision: string | null;
  readonly url: string;
  readonly started_at: Time;
  readonly complete_at: Time | null;
}

export interface AttemptView {
  readonly ordinal: number;
  readonly role: Role;
  readonly state: AttemptState;
  /** The outcome of RUNS.md section 6; null while it is open. */
  readonly outcome: string | null;
  readonly why: string;
  readonly request: number | null;
  readonly url: string | null;
  readonly sent_at: Time | null;
  readonly ended_at: Time | null;
  readonly builds: readonly BuildView[];
  /** The bug for which it measures a decided job again (RUNS.md 9.8). */
  readonly recheck: string | null;
  /** Of a measure or control that was read: repeats that failed, of how many. */
  readonly repeats: { readonly failed: number; readonly ran: number } | null;
}

/** One failure of a builder's failing build. */
export interface FoundFailureView {
  readonly test_id: string | null;
  readonly kind: string;
  readonly class: string;
  readonly signature: string | null;
  readonly message: string;
  readonly step: string;
  /** First and last line in the log of the step; both 0 where only a report knows of it. */
  readonly lines: readonly [number, number];
  /** A re-run inside the build passed. */
  readonly cleared: boolean;
  readonly incident: string;
  /** Builds of what has landed that failed so on this builder, of how many; null: not known. */
  readonly seen: { readonly failures: number; readonly runs: number } | null;
  /** Why its signature, or its having been seen, excuses nothing now; null: it may. */
  readonly excuses_nothing: string | null;
}

/** What was read of a failing build. */
export interface ReadingView {
  /** The build still runs: more may come, and classes may change. */
  readonly so_far: boolean;
  readonly failures: readonly FoundFailureView[];
  /** Failures that are not among them. */
  readonly more: number;
  /** Why these may not be all failures; null: they are. */
  readonly doubt: string | null;
}

export type BuilderState =
  | 'planned'
  | 'sending'
  | 'unclear'
  | 'queued'
  | 'running'
  | 'retrying'
  /** Its vote failed, and what went wrong is read, repeated and decided before it counts. */
  | 'measuring'
  | 'passed'
  | 'forgiven'
  | 'withdrawn'
  | 'failed'
  | 'unheard'
  | 'stopped';

export interface BuilderView {
  readonly name: string;
  readonly platform: string;
  readonly role: 'voting' | 'advisory';
  readonly state: BuilderState;
  readonly result: ResultWord | null;
  readonly class: string | null;
  readonly why: string;
  /** Ordinal of the newest vote attempt; 0 before the first. */
  readonly attempt: number;
  readonly worker: string | null;
  readonly revision: string | null;
  /** The build at Buildbot, or the request while no build has begun. */
  readonly url: string | null;
  /** Milliseconds from the first sending to now or to the end; null before it. */
  readonly elapsed_ms: number | null;
  readonly waits_for: Wait | null;
  /** What was read of the newest vote's build; null: nothing was. */
  readonly found: ReadingView | null;
  /** The steps of the newest build. */
  readonly steps: readonly StepView[];
  readonly attempts: readonly AttemptView[];
}

/** `waiting`: no plan yet. `abandoned`: closed without an answer, for nobody waited for it any more. */
export type JobPhase = 'waiting' | 'running' | 'finished' | 'abandoned';

/** One line of a list of jobs. */
export interface JobRow {
  readonly number: string;
  readonly name: string;
  readonly state: JobPhase;
  readonly result: ResultWord | null;
  readonly summary: string;
  readonly project: string | null;
  readonly branch: string | null;
  readonly revision: string | null;
  readonly ref: string | null;
  readonly received_at: Time;
  readonly finished_at: Time | null;
  readonly elapsed_ms: number;
  /** Voting builders. */
  readonly progress: { readonly total: number; readonly done: number; readonly failed: number };
  readonly waits_for: Wait | null;
  readonly url: string;
}

/** A page of the list. */
export interface JobList {
  readonly jobs: readonly JobRow[];
  /** `before` of the next page; null at the end. */
  readonly next: number | null;
}

/** Everything about one job. */
export interface JobView extends JobRow {
  readonly run: string;
  readonly repository: string | null;
  readonly reason: string;
  readonly fault: Fault | null;
  readonly plan: { readonly coverage: Readonly<Record<string, number>> } | null;
  readonly builders: readonly BuilderView[];
  /** The gatekeeper's description as text, tags taken off. */
  readonly description: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  /** Who says which files the change touches: the gatekeeper, a command of the job, or nobody (FLAKES.md 6.3). */
  readonly changed_files: 'gatekeeper' | 'command' | 'unknown';
  /** The gatekeeper has the answer for certain (RUNS.md 9.3). */
  readonly confirmed: boolean;
  readonly gatekeeper: 'connected' | 'gone' | 'own';
  /** Clean-up at Buildbot still goes on. */
  readonly cleaning: boolean;
  readonly left_behind: readonly string[];
}

/** The last lines of one failed step. */
export interface FailedStepLog {
  readonly builder: string;
  readonly build_url: string;
  readonly step: string;
  readonly log: string;
  readonly lines: readonly string[];
}

/** Failed steps of a job; `troubles` names the builders whose logs could not be read, and why. */
export interface FailedLogs {
  readonly logs: readonly FailedStepLog[];
  readonly troubles: readonly string[];
}

export interface DependencyView {
  /** `buildbot`, `store`, or `gearman HOST:PORT`. */
  readonly name: string;
  readonly state: 'up' | 'degraded' | 'down';
  readonly since: Time;
  readonly why: string;
}

/** The daemon as a whole. */
export interface StatusView {
  readonly manager: string;
  readonly version: string;
  readonly since: Time;
  readonly at: Time;
  /** `paused`: it grabs nothing by itself (store trouble, Buildbot not ready); `why` says so. */
  readonly mode: 'serving' | 'draining' | 'paused';
  readonly why: string;
  readonly dependencies: readonly DependencyView[];
  readonly slots: { readonly max: number; readonly taken: number };
  readonly counts: { readonly waiting: number; readonly running: number; readonly answered: number };
}

/** One part of `/readyz`. */
export interface ReadinessPart {
  readonly part: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly sentence: string;
}

/** What would be forced for a job: `submit --dry-run`. */
export interface PlanView {
  readonly job: string;
  readonly project: string;
  readonly repository: string;
  readonly branch: string;
  readonly revision: string;
  readonly ref: string;
  readonly coverage: Readonly<Record<string, number>>;
  readonly builders: readonly {
    readonly name: string;
    readonly platform: string;
    readonly role: 'voting' | 'advisory';
    readonly why: string;
  }[];
  /** The verdict that it would have at once, such as NO_COVERAGE; null when it would start. */
  readonly verdict: { readonly word: ResultWord; readonly summary: string } | null;
  /** The force calls as they would be sent; nonce and number stand as `<...>`. */
  readonly force: readonly {
    readonly scheduler: string;
    readonly builders: readonly string[];
    readonly fields: Readonly<Record<string, string>>;
  }[];
}
