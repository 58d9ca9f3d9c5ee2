// The beginning of a run: a slot, a plan, what a lost journal left behind; and its end when nobody asks any more or its time is over.

import { intend } from './attempt.ts';
import { graceLimit } from './clocks.ts';
import { change, emit, pending, type Draft } from './draft.ts';
import { stopRun } from './on-job.ts';
import { hasLiveBinding, isUndecided } from './run.ts';

/** Milliseconds. */
const adoptWithin = 60_000;

/** Nobody came back for it: its jobs are closed and it is stopped (RUNS.md 9.1). */
export function endGrace(draft: Draft): void {
  if (isUndecided(draft.run) && !hasLiveBinding(draft.run) && draft.run.grace >= graceLimit) stopRun(draft);
}

/** The run's own deadline; it goes on while Buildbot is away (RUNS.md 5.1). */
export function endTime(draft: Draft): void {
  const { run, world } = draft;
  const limit = run.terms?.policy.deadlines.run;
  if (!isUndecided(run) || limit === undefined || run.outOfTime !== null || run.age < limit) return;
  change(draft, { outOfTime: world.buildbot === 'away' ? 'INFRA_FAILURE' : 'TIMED_OUT' });
}

/** The clock of the run begins when a slot is free for it, planned or not. */
export function noteSlot(draft: Draft): void {
  if (draft.run.phase === 'waiting' && draft.world.slotFree && !draft.run.slotWasFree)
    change(draft, { slotWasFree: true });
}

/** Plans the run as soon as there is a slot and the fleet is known. */
export function start(draft: Draft): void {
  const { run, world } = draft;
  if (run.phase !== 'waiting' || run.refusal !== null || !world.slotFree || world.planning === null) return;
  const { planning } = world;
  if (planning.kind === 'refused') {
    change(draft, { refusal: { word: planning.word, why: planning.why } });
    return;
  }
  const attempts = planning.plan.builders.map((builder) =>
    intend(builder.name, { ordinal: 1, role: 'vote', counts: builder.counts, vacant: true }),
  );
  change(draft, { phase: 'started', plan: planning.plan, attempts, slotWasFree: true });
}

/** Before its first force a run looks for requests that a lost journal left behind (RUNS.md 4.4). */
export function adopt(draft: Draft): void {
  const { run, world } = draft;
  if (run.phase !== 'started' || run.adopted || world.buildbot !== 'up' || world.newestBuildset === null)
    return;
  if (!pending(draft, (effect) => effect.kind === 'adopt'))
    emit(draft, { kind: 'adopt', keyHash: run.keyHash }, adoptWithin);
}
