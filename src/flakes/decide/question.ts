// A case taken apart: the vote that is judged, what was measured after it, and how the other builders voted.

import type { BuilderCase, CaseAttempt, CasePolicy } from './case.ts';
import { measured, type Measured } from './measured.ts';

export interface Question {
  readonly builder: string;
  readonly policy: CasePolicy;
  readonly vote: CaseAttempt;
  readonly change: Measured;
  readonly base: Measured;
  /** The newest vote of each builder that can still say something, this one's included. */
  readonly votes: readonly CaseAttempt[];
}

function isHeard({ outcome }: CaseAttempt): boolean {
  return outcome === 'open' || outcome === 'passed' || outcome === 'failed';
}

/** null: no vote of the builder has ended. */
export function questionOf({ builder, attempts, policy }: BuilderCase): Question | null {
  const own = attempts.filter((attempt) => attempt.builder === builder);
  const at = own.findLastIndex(({ role, outcome }) => role === 'vote' && outcome !== 'open');
  const vote = own[at];
  if (vote === undefined) return null;
  const after = own.slice(at + 1);
  const newest = new Map(
    attempts.filter(({ role }) => role === 'vote').map((attempt) => [attempt.builder, attempt]),
  );
  const of = (role: CaseAttempt['role']) => after.filter((attempt) => attempt.role === role);
  return {
    builder,
    policy,
    vote,
    change: measured(of('measure'), 'the measuring build'),
    base: measured(of('control'), 'the control on the base'),
    votes: [...newest.values()].filter(isHeard),
  };
}
