// Clocks of a run and its attempts (RUNS.md section 5). They move by monotonic time that is handed in, and stand still while
// Buildbot is away; while we are away nothing moves at all.

import { runningBuild, type Attempt, type Clocks } from './attempt.ts';
import { tick, type Draft } from './draft.ts';
import type { World } from './event.ts';
import { lostBindings, type Job } from './job.ts';
import { laneOf } from './lane.ts';
import { hasLiveBinding, isUndecided, type Run } from './run.ts';

/** Milliseconds. */
export const graceLimit = 10 * 60_000;

/** Whether an attempt that was not sent is held back by another unclaimed request on its builder (RUNS.md 4.5, 4.6). */
function isHeldBack(run: Run, attempt: Attempt, world: World): boolean {
  if (attempt.state !== 'intended' || attempt.sending !== null) return false;
  return world.busy.has(laneOf(run, attempt)) || !attempt.vacant;
}

function advanced(run: Run, attempt: Attempt, world: World): Clocks {
  const { clocks } = attempt;
  const { elapsed } = world;
  if (attempt.claimed) {
    const waits = runningBuild(attempt)?.waitsForLock === true;
    return {
      ...clocks,
      running: clocks.running + elapsed,
      silent: waits ? clocks.silent : clocks.silent + elapsed,
    };
  }
  const waiting = (attempt.state === 'queued' && attempt.request !== null) || isHeldBack(run, attempt, world);
  if (!waiting || world.present === null) return clocks;
  return world.present.has(attempt.builder)
    ? { ...clocks, queued: clocks.queued + elapsed }
    : { ...clocks, offline: clocks.offline + elapsed };
}

function tickAttempt(run: Run, attempt: Attempt, world: World): Attempt {
  if (attempt.state === 'ended') return attempt;
  const clocks = advanced(run, attempt, world);
  if (clocks === attempt.clocks) return attempt;
  const locked = attempt.claimed && runningBuild(attempt)?.waitsForLock === true;
  const lockedFor = (attempt.lockedFor ?? 0) + (locked ? world.elapsed : 0);
  return { ...attempt, clocks, ...(lockedFor > 0 ? { lockedFor } : {}) };
}

function tickJob(job: Job, elapsed: number): Job {
  return job.state === 'answered' ? { ...job, answeredFor: job.answeredFor + elapsed } : job;
}

/** Nobody who left on a standing connection is on the way back; who lost a connection may be, while a job of the function waits (RUNS.md 9.1). */
function graceRuns(run: Run, world: World): boolean {
  const mayReturn = run.jobs.some((job) => job.state === 'open' && lostBindings(job).length > 0);
  return !mayReturn || world.functionWaits === false;
}

function graceOf(run: Run, world: World): number {
  if (hasLiveBinding(run)) return 0;
  return graceRuns(run, world) ? run.grace + world.elapsed : run.grace;
}

/** Moves every clock of the run by the time that has passed. */
export function tickClocks(draft: Draft): void {
  const { run, world } = draft;
  const { elapsed } = world;
  if (elapsed <= 0) return;
  const jobs = run.jobs.some((job) => job.state === 'answered')
    ? run.jobs.map((job) => tickJob(job, elapsed))
    : run.jobs;
  const attempts =
    world.buildbot === 'up' ? run.attempts.map((attempt) => tickAttempt(run, attempt, world)) : run.attempts;
  const undecided = isUndecided(run);
  tick(draft, {
    life: run.life + elapsed,
    age: undecided && run.slotWasFree ? run.age + elapsed : run.age,
    grace: undecided ? graceOf(run, world) : run.grace,
    endedFor: undecided ? run.endedFor : run.endedFor + elapsed,
    jobs,
    attempts,
  });
}

/** Milliseconds that a clock of an attempt may run; null for a run without terms. A measure takes as long as it is asked to repeat. */
export function limitOf(run: Run, attempt: Attempt, clock: keyof Clocks): number | null {
  if (run.terms === null) return null;
  const { deadlines } = run.terms.policy;
  if (clock !== 'running' || attempt.role !== 'vote') return deadlines[clock];
  const planned = run.plan?.builders.find(({ name }) => name === attempt.builder);
  if (planned?.longest === undefined) return deadlines.running;
  // How long others hold a lock says nothing of this build.
  return Math.min(deadlines.running, planned.longest + (attempt.lockedFor ?? 0));
}
