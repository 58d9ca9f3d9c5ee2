// Who may start, and whether another job may be taken from a server (RUNS.md 2.5).

import { lostBindings } from './job.ts';
import { hasLiveBinding, isUndecided, type Run } from './run.ts';

/** Whether every client of the run left while our connection stood: nobody is on the way back (RUNS.md 9.1). */
function isDeserted(run: Run): boolean {
  const open = run.jobs.filter((job) => job.state === 'open');
  return !hasLiveBinding(run) && !open.some((job) => lostBindings(job).length > 0);
}

/** A started run keeps its slot in its grace, unless its clients left for good. */
export function takesSlot(run: Run): boolean {
  return run.phase === 'started' && !isDeserted(run);
}

/** A waiting run that may start when a slot is free; one without a live binding is passed over and blocks nobody. */
export function isInLine(run: Run): boolean {
  return run.phase === 'waiting' && run.refusal === null && hasLiveBinding(run);
}

/** The order of the line: what an operator promoted last, then by arrival. */
export function inOrder(one: Run, other: Run): number {
  return (other.promotedAt ?? 0) - (one.promotedAt ?? 0) || one.arrival - other.arrival;
}

/** The waiting runs for which there is a slot now, in the order of the line. */
export function mayStart(runs: readonly Run[], maxJobs: number): readonly Run[] {
  const taken = runs.filter(takesSlot).length;
  const line = runs.filter(isInLine).sort(inOrder);
  return line.slice(0, Math.max(0, maxJobs - taken));
}

export interface GrabState {
  readonly maxJobs: number;
  readonly slotsTaken: number;
  /** Waiting runs with a live binding. */
  readonly inLine: number;
  /** Jobs handed out whose run is not yet in memory; those that are count by their run. */
  readonly onTheWay: number;
  /** All waiting runs, for the bound of the exception. */
  readonly waiting: number;
  /** Draining, paused, not ready, or the store refuses writes. */
  readonly closed: 'no' | 'new-work' | 'everything';
  /** Whether this is a gearmand that still lists a job of ours without a live binding: it is among those that wait there. */
  readonly oursWaits: boolean;
}

const maxWaitingPastSlots = 100;

/** Whether one more job may be grabbed. Past the slots only to find a job of ours again, on gearmand (RUNS.md 2.5). */
export function mayGrab(state: GrabState): boolean {
  if (state.closed === 'everything') return false;
  const slotLeft = state.slotsTaken + state.inLine + state.onTheWay < state.maxJobs;
  if (slotLeft && state.closed === 'no') return true;
  return state.oursWaits && state.waiting + state.onTheWay < maxWaitingPastSlots;
}

/** Runs that count towards a drained daemon: started and not over (RUNS.md 9.5). */
export function isUnderWay(run: Run): boolean {
  return run.phase === 'started' || (!isUndecided(run) && run.jobs.some((job) => job.state !== 'closed'));
}
