// What ended goes into the history: one record for each attempt, with what its builder and worker took for it.

import type { Attempt } from '../gate/attempt.ts';
import type { Run } from '../gate/run.ts';
import type { Ending } from '../store/history.ts';
import { attemptBefore } from './attempt-before.ts';

function seconds(from: number | null, to: number | null): number {
  return from === null || to === null ? 0 : Math.max(0, (to - from) * 1000);
}

function endingOf(run: Run, attempt: Attempt): Ending | null {
  const { outcome, endedAt } = attempt;
  if (outcome === null || endedAt === null || run.terms === null) return null;
  const build = attempt.builds.at(-1);
  const { change } = run.terms;
  const began = attempt.builds[0]?.startedAt ?? null;
  return {
    run: run.id,
    builder: attempt.builder,
    ordinal: attempt.ordinal,
    role: attempt.role,
    counts: attempt.counts,
    platform:
      run.plan?.builders.find((builder) => builder.name === attempt.builder)?.platform ?? attempt.builder,
    worker: build?.worker ?? null,
    build: build === undefined ? null : { id: build.id, number: build.number },
    jobName: run.jobName,
    project: change.project,
    branch: change.branch,
    revision: change.revision,
    outcome: outcome.kind,
    waited: began === null || attempt.sentAt === null ? 0 : Math.max(0, began * 1000 - attempt.sentAt),
    ran: attempt.builds.reduce((sum, each) => sum + seconds(each.startedAt, each.completeAt), 0),
    endedAt,
  };
}

/** The attempts that were open before and have ended now. Those that a stopped run gave up say nothing of builder or worker. */
export function newEndings(before: Run | null, after: Run): readonly Ending[] {
  if (before?.attempts === after.attempts || after.phase === 'stopped') return [];
  const wasOpen = (attempt: Attempt, at: number): boolean =>
    attemptBefore(before, attempt, at)?.state !== 'ended';
  return after.attempts
    .filter((attempt, at) => attempt.state === 'ended' && attempt.request !== null && wasOpen(attempt, at))
    .flatMap((attempt) => endingOf(after, attempt) ?? []);
}
