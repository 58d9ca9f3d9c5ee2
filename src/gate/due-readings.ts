// What went wrong is read once an attempt has ended: of votes that failed or of which a test step ended with warnings, and of
// measures and controls that proved something (FLAKES.md 6.3). Nothing is decided here.

import type { Attempt } from './attempt.ts';
import { finalOutcome, votesOf, votingBuilders } from './attempts.ts';
import { emit, pending, type Draft } from './draft.ts';
import type { BuildFacts } from './facts.ts';
import { isProved, proofOf, showedFailure, testResult } from './outcome.ts';
import { isRecheck } from './recheck.ts';
import type { Run } from './run.ts';

/** Milliseconds: some logs of a hundred megabytes. */
const readWithin = 180_000;

/** The builds by which an attempt failed, at the commit that was asked for. */
export function failedBuilds(run: Run, attempt: Attempt): readonly BuildFacts[] {
  if (run.terms === null) return [];
  const proof = proofOf(run.terms, attempt.task?.base ?? null);
  return attempt.builds.filter(
    (build) => isProved(build, proof) && (showedFailure(build, proof.testSteps) || build.results === 2),
  );
}

/** Whether a re-run inside the build may have cleared failures of the vote: a test step ended with warnings (RUNS.md 6.3). */
function hasWarnings(run: Run, attempt: Attempt): boolean {
  const last = attempt.builds.at(-1);
  const steps = run.terms?.definition.testSteps ?? [];
  return attempt.outcome?.kind === 'passed' && last !== undefined && testResult(last, steps) === 1;
}

/** The vote of a builder whose failures must be decided before the verdict; null where there are none, or it has no outcome yet. */
export function voteInQuestion(run: Run, builder: Attempt['builder']): Attempt | null {
  const outcome = finalOutcome(run, builder);
  const vote = votesOf(run, builder).at(-1);
  if (outcome === null || vote === undefined) return null;
  return outcome.kind === 'failed' || hasWarnings(run, vote) ? vote : null;
}

/** Whether the attempt is a measure or control whose builds say something (RUNS.md 1.3). */
export function provesSomething(attempt: Attempt): boolean {
  return (
    attempt.role !== 'vote' && (attempt.outcome?.kind === 'passed' || attempt.outcome?.kind === 'failed')
  );
}

/** Asks for what is not read yet, while the run can still come to a verdict. */
export function readBuilds(draft: Draft): void {
  const { run, world } = draft;
  if (world.buildbot !== 'up') return;
  if (run.phase === 'decided') {
    for (const attempt of run.attempts)
      if (isRecheck(attempt) && provesSomething(attempt)) read(draft, attempt);
  }
  if (run.phase !== 'started' || run.refusal !== null || run.outOfTime !== null) return;
  const votes = votingBuilders(run).flatMap(({ name }) => voteInQuestion(run, name) ?? []);
  for (const attempt of [...votes, ...run.attempts.filter(provesSomething)]) read(draft, attempt);
}

function read(draft: Draft, attempt: Attempt): void {
  const { request, builder, role } = attempt;
  const build = failedBuilds(draft.run, attempt).at(-1) ?? attempt.builds.at(-1);
  if (attempt.reading !== null || request === null || build === undefined) return;
  if (pending(draft, (effect) => effect.kind === 'read' && effect.request === request)) return;
  emit(draft, { kind: 'read', request, build: build.id, builder, role }, readWithin);
}
