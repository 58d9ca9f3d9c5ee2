// Whether the failures of a vote are ruled on, and whether a ruling still holds.

import type { Attempt } from './attempt.ts';
import { votingBuilders } from './attempts.ts';
import { voteInQuestion } from './due-readings.ts';
import type { KeptRuling } from './kept-ruling.ts';
import type { Run } from './run.ts';

/** Moves whenever something becomes known on which a ruling may rest. */
export function basisOf(run: Run): string {
  const ended = run.attempts.filter((attempt) => attempt.state === 'ended').length;
  const read = run.attempts.filter((attempt) => attempt.reading !== null).length;
  return `${ended} ended, ${read} read`;
}

/** Nothing that becomes known later makes a failure that stands fall. */
export function isFinal(ruling: KeptRuling): boolean {
  return ruling.action === 'fail' && ruling.result === 'FAILURE';
}

/** The ruling on the builder, unless more became known since it was made. */
export function rulingOn(run: Run, builder: Attempt['builder']): KeptRuling | null {
  const ruling = run.rulings[builder];
  if (ruling === undefined) return null;
  return isFinal(ruling) || ruling.basis === basisOf(run) ? ruling : null;
}

/**
 * Whether failures were found in a vote that must be ruled on: of one that failed always, of one that passed with warnings where the reading
 * shows a failure that the runner itself would not let pass, or that only a re-run inside the build cleared (RUNS.md 6.3), or where its log
 * could not be read to the end and may hide one. null: not read yet.
 */
export function isInQuestion({ outcome, reading }: Attempt): boolean | null {
  if (reading === null) return null;
  if (outcome?.kind === 'failed' || reading.more > 0 || reading.doubt !== null) return true;
  return reading.failures.some((failure) => failure.cleared || failure.kind !== 'env-changed');
}

/** Whether the builder has its outcome, and what went wrong there is still being read, measured or decided. */
export function awaitsRuling(run: Run, builder: Attempt['builder']): boolean {
  const vote = voteInQuestion(run, builder);
  return vote !== null && isInQuestion(vote) !== false && rulingOn(run, builder) === null;
}

/** Whether every voting builder that has its outcome has its ruling, where it needs one. */
export function isRuled(run: Run): boolean {
  return !votingBuilders(run).some(({ name }) => awaitsRuling(run, name));
}
