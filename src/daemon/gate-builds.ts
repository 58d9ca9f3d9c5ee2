// Builds of the gate's own go into the history once their run is decided: then it is known what became of each failure.

import type { Attempt } from '../gate/attempt.ts';
import type { Run } from '../gate/run.ts';
import type { BuildRecord, Ruling } from '../store/build-record.ts';
import { failureRecord } from './base-builds.ts';

const rulings = { forgive: 'forgiven', withdraw: 'withdrawn', fail: 'failed' } as const;

/** What was decided of the failures of a vote; measures and controls are never ruled on. */
function rulingOf(run: Run, { builder, role, counts }: Attempt): Ruling | null {
  const ruling = role === 'vote' && counts === 'voting' ? run.rulings[builder] : undefined;
  return ruling === undefined ? null : rulings[ruling.action];
}

function recordOf(run: Run, attempt: Attempt): BuildRecord | null {
  const { builder, role, outcome, reading } = attempt;
  const build = attempt.builds.at(-1);
  if (run.terms === null || build?.completeAt == null || build.results === null) return null;
  const { project, branch, revision } = run.terms.change;
  const ruling = rulingOf(run, attempt);
  return {
    id: build.id,
    number: build.number,
    builder,
    worker: build.worker,
    platform: run.plan?.builders.find(({ name }) => name === builder)?.platform ?? builder,
    project,
    branch,
    // A control proves the base, and what it proved is its own commit.
    revision: role === 'control' ? (build.revision ?? revision) : revision,
    startedAt: build.startedAt * 1_000,
    completeAt: build.completeAt * 1_000,
    results: build.results,
    source: 'gate',
    role,
    judged: outcome?.kind === 'passed' || outcome?.kind === 'failed',
    failures: reading?.failures.map((failure) => failureRecord(failure, ruling)) ?? [],
    more: reading?.more ?? 0,
    doubt: reading?.doubt ?? null,
  };
}

/**
 * Builds of a decided run that are to be kept now: all that have ended when it is decided, later those that end.
 *
 * @param now milliseconds since 1970
 */
export function newGateBuilds(before: Run | null, after: Run, now: number): readonly BuildRecord[] {
  if (after.phase !== 'decided' || before?.attempts === after.attempts) {
    if (after.phase !== 'decided' || before?.phase === 'decided') return [];
  }
  const wasKept = (attempt: Attempt): boolean =>
    before?.phase === 'decided' &&
    before.attempts.some(
      ({ builder, ordinal, state }) =>
        builder === attempt.builder && ordinal === attempt.ordinal && state === 'ended',
    );
  return after.attempts
    .filter((attempt) => attempt.state === 'ended' && !wasKept(attempt))
    .flatMap((attempt) => recordOf(after, attempt) ?? [])
    .map((build) => (before?.phase === 'decided' ? build : { ...build, decidedAt: now }));
}
