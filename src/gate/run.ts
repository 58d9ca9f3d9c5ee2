// A run and all that belongs to it, as it is written to the journal: jobs, plan, attempts, verdict, effects under way.
//
// waiting  taken, not planned: it waits for a slot, or for Buildbot
// started  planned; attempts are sent and watched
// decided  has its verdict; jobs are answered, what is left at Buildbot is cleaned up
// stopped  nobody asks any more; it is cleaned up and never joined (RUNS.md 8.3)
//
// `over` is derived (RUNS.md 1.5). Everything here is plain JSON, so that a record read back equals the one written.

import type { BuilderName, WorkerName } from '../fleet/fleet.ts';
import type { ResultWord, Verdict } from './answer.ts';
import type { Attempt } from './attempt.ts';
import type { Effect } from './effect.ts';
import type { RunId } from './ids.ts';
import { isLive, type Job } from './job.ts';
import type { KeptRuling } from './kept-ruling.ts';
import type { Change, JobDefinition, Policy } from './request.ts';

export interface PlannedBuilder {
  readonly name: BuilderName;
  readonly platform: string;
  readonly counts: 'voting' | 'advisory';
  readonly workers: readonly WorkerName[];
  /** Milliseconds that a vote may be built at most, where enough builds of the builder are known; absent: as the policy says. */
  readonly longest?: number;
}

export interface Plan {
  readonly builders: readonly PlannedBuilder[];
  /** Platform to the number of builders that must pass or be forgiven. */
  readonly coverage: Readonly<Record<string, number>>;
}

/** The terms of a run, fixed when it is made: a reload changes new runs only (RUNS.md 1.2). */
export interface Terms {
  readonly definition: JobDefinition;
  readonly policy: Policy;
  readonly change: Change;
}

export interface Run {
  readonly schema: 2;
  readonly id: RunId;
  /** null: refused at birth (RUNS.md 2.6), never joined. */
  readonly key: string | null;
  /** First 16 hex digits of the SHA-256 of the key; '' where there is none. */
  readonly keyHash: string;
  readonly jobName: string;
  /** Of the job definition, for a run that was refused as well; `plain` where no definition serves it. */
  readonly resultText: JobDefinition['resultText'];
  /** null together with `key`. */
  readonly terms: Terms | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Position in the line of waiting runs; grows with arrival, over restarts as well. */
  readonly arrival: number;
  /** When an operator moved it to the head of the line, milliseconds since 1970; absent: its place is by arrival. */
  readonly promotedAt?: number;
  readonly phase: 'waiting' | 'started' | 'decided' | 'stopped';
  readonly jobs: readonly Job[];
  readonly plan: Plan | null;
  readonly attempts: readonly Attempt[];
  /** Decides the run as soon as it is set: refused by the rules or by Buildbot, or out of time. */
  readonly refusal: { readonly word: ResultWord; readonly why: string } | null;
  /** The run's own 8 h are over: the word for builders that have no outcome yet (RUNS.md 5.1). */
  readonly outOfTime: 'TIMED_OUT' | 'INFRA_FAILURE' | null;
  /** Milliseconds that it has lived while this daemon watched; every pause within the run is measured by it. */
  readonly life: number;
  /** Milliseconds since a slot was free for it, planned or not (RUNS.md 5.1). */
  readonly age: number;
  readonly slotWasFree: boolean;
  /** Milliseconds of grace used up (RUNS.md 9.1). */
  readonly grace: number;
  /** Milliseconds since it was decided or stopped. */
  readonly endedFor: number;
  /** Whether requests left over by a lost journal were looked for (RUNS.md 4.4). */
  readonly adopted: boolean;
  /** `life` before which no other builder may be retried, by builder (RUNS.md 6.1). */
  readonly retryAt: Readonly<Record<string, number>>;
  /** The last audit of a builder: how many voting attempts had ended when it was asked for, and what it found (RUNS.md 5.5). */
  readonly audits: Readonly<Record<string, { readonly ended: number; readonly began: boolean }>>;
  /** What was decided of the failures of votes, by builder (FLAKES.md 6.3). */
  readonly rulings: Readonly<Record<string, KeptRuling>>;
  readonly verdict: Verdict | null;
  /** What was left at Buildbot when the clean-up was given up after 24 h. */
  readonly leftBehind: readonly string[];
  readonly gaveUp: boolean;
  /** Sent for, no outcome known yet. */
  readonly effects: readonly Effect[];
  readonly nextEffect: number;
  /** Why Buildbot takes no force call from us now, nobody's fault (RUNS.md 4.8); for people. */
  readonly notReady: string | null;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

/** A started run whose every job lost its connection is in its grace (RUNS.md 9.1). */
export function hasLiveBinding(run: Run): boolean {
  return run.jobs.some((job) => job.state === 'open' && job.bindings.some(isLive));
}

export function isUndecided(run: Run): boolean {
  return run.phase === 'waiting' || run.phase === 'started';
}

/** Whether the attempt leaves something at Buildbot that is ours to end. Advisory builds are left to finish after a verdict (RUNS.md 3.3). */
export function mustBeCleaned(run: Run, attempt: Attempt): boolean {
  if (attempt.complete) return false;
  if (attempt.request === null && attempt.state !== 'unclear' && attempt.sending === null) return false;
  if (run.phase === 'stopped') return true;
  if (attempt.counts === 'advisory' && attempt.state !== 'ended') return false;
  return run.phase === 'decided' || attempt.state === 'ended';
}

/** Decided or stopped, all its jobs closed, its clean-up done or given up (RUNS.md 1.5). */
export function isOver(run: Run): boolean {
  if (isUndecided(run) || run.jobs.some((job) => job.state !== 'closed')) return false;
  return run.gaveUp || !run.attempts.some((attempt) => mustBeCleaned(run, attempt));
}

/** Whether the job was told the verdict; a stopped one was told ABORTED for a reason of its own. */
function wasTold(run: Run, job: Job): boolean {
  return job.answer?.word === run.verdict?.word && job.answer?.summary === run.verdict?.summary;
}

const verdictKept = 24 * 60 * 60_000;

/** Whether a job with the same content key may be attached (RUNS.md 2.4 d, 8.3). */
export function isJoinable(run: Run): boolean {
  if (run.key === null || run.phase === 'stopped') return false;
  if (isUndecided(run)) return true;
  if (run.jobs.some((job) => job.state === 'answered' && wasTold(run, job))) return true;
  const reached = run.jobs.some((job) => job.confirmed && wasTold(run, job));
  return !reached && run.endedFor < verdictKept;
}

/** What was measured again is of use only once it is read. */
function isUnread({ outcome, reading }: Attempt): boolean {
  return reading === null && (outcome?.kind === 'passed' || outcome?.kind === 'failed');
}

/** Whether the daemon must keep it in memory: something may still happen to it. */
export function isOpen(run: Run): boolean {
  return (
    !isOver(run) ||
    isJoinable(run) ||
    run.attempts.some((attempt) => attempt.counts === 'advisory' && attempt.state !== 'ended') ||
    run.attempts.some((attempt) => attempt.task?.recheck != null && isUnread(attempt))
  );
}
