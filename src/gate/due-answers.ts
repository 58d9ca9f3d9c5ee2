// What goes back to the gatekeeper: the first data of each binding, and one answer for each job (RUNS.md 2.3, 9.3).

import type { Answer } from './answer.ts';
import { changeJob, emit, pending, type Draft } from './draft.ts';
import type { Effect } from './effect.ts';
import { isLive, type GearmanBinding, type Job } from './job.ts';
import type { Run } from './run.ts';

/** Milliseconds. */
const announceWithin = 10_000;
const answerWithin = 60_000;
const answeredKept = 15 * 60_000;

function isFor(binding: GearmanBinding, effect: Effect): boolean {
  if (effect.kind !== 'announce' && effect.kind !== 'answer') return false;
  return effect.connection === binding.connection && effect.handle === binding.handle;
}

function liveHandles(job: Job): readonly GearmanBinding[] {
  return job.bindings.filter((binding) => binding.kind === 'gearman').filter(isLive);
}

/** First WORK_DATA and WORK_STATUS on every handle that has not had them. */
export function announce(draft: Draft): void {
  for (const job of draft.run.jobs) {
    if (job.state !== 'open') continue;
    for (const binding of liveHandles(job)) {
      if (binding.announced || pending(draft, (effect) => isFor(binding, effect))) continue;
      const { connection, handle } = binding;
      emit(draft, { kind: 'announce', number: job.number, connection, handle }, announceWithin);
    }
  }
}

// A job that was matched with a run while that was being stopped: it must not be left without an end.
const tooLate: Answer = {
  word: 'ABORTED',
  summary: 'the run was stopped before this job could join it',
  reason: 'the run was stopped before this job could join it',
};

function answerOf({ phase, verdict }: Run): Answer | null {
  if (phase === 'stopped') return tooLate;
  if (verdict === null) return null;
  const { word, summary, reason } = verdict;
  return { word, summary, reason };
}

/** The verdict goes to every job that is still open. */
export function answerJobs(draft: Draft): void {
  const answer = answerOf(draft.run);
  for (const job of draft.run.jobs) {
    if (job.state === 'open' && answer !== null)
      changeJob(draft, job, { state: 'answered', answer, answeredAt: draft.now.wall });
  }
  for (const job of draft.run.jobs) if (job.state === 'answered') deliver(draft, job);
}

function deliver(draft: Draft, job: Job): void {
  const { answer } = job;
  if (answer === null) return;
  for (const binding of liveHandles(job)) {
    if (binding.answered || pending(draft, (effect) => isFor(binding, effect))) continue;
    const { connection, handle } = binding;
    emit(draft, { kind: 'answer', number: job.number, connection, handle, answer }, answerWithin);
  }
  // A job from the command line has its answer in the record, where it is read from.
  const own = job.bindings.some((binding) => binding.kind === 'own' && isLive(binding));
  if (own) {
    const bindings = job.bindings.map((binding) =>
      binding.kind === 'own' ? ({ kind: 'own', state: 'void' } as const) : binding,
    );
    changeJob(draft, job, { bindings, confirmed: true, state: 'closed' });
  } else if (job.confirmed || job.answeredFor >= answeredKept) {
    changeJob(draft, job, { state: 'closed' });
  }
}
