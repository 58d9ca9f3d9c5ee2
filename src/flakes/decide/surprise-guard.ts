// A regression that wears a known flake's symptom shows on more builders of one change than the flake ever did (FLAKES.md 6.3).

import type { ReadFailure } from '../reading.ts';
import type { Count } from '../statistics/rate.ts';
import { surprising, tailOf } from '../statistics/surprise.ts';
import type { CaseAttempt } from './case.ts';

/** What counts as the same thing on another builder: what the same signature names, else what has the same excuse key. */
function isSame(one: ReadFailure, other: ReadFailure): boolean {
  return one.signature === null
    ? one.excuseKey === other.excuseKey
    : one.signature.id === other.signature?.id;
}

/** What is known of each excuse key that the signature matches in this run, added up; the keys that did not show are left out, which errs on the safe side. */
function knownRate(failures: readonly ReadFailure[]): Count {
  const byKey = new Map<string, Count>();
  for (const { excuseKey, evidence } of failures) {
    if (excuseKey === null || evidence === null) continue;
    const before = byKey.get(excuseKey);
    if (before === undefined || evidence.fleet.runs > before.runs) byKey.set(excuseKey, evidence.fleet);
  }
  const counts = [...byKey.values()];
  return {
    failures: counts.reduce((sum, count) => sum + count.failures, 0),
    runs: Math.max(0, ...counts.map(({ runs }) => runs)),
  };
}

export interface Guarded {
  /** Builders whose vote shows the signature, of how many. */
  readonly seen: number;
  readonly of: number;
  readonly surprising: boolean;
}

/**
 * Whether so many builders show it in this change that its known rate does not explain it: P(X >= seen) < 0.001. Each builder has one vote,
 * and those still open count among the builders, so that what is surprising once stays so. A run of one builder has nothing to compare.
 */
export function guard(votes: readonly CaseAttempt[], failure: ReadFailure): Guarded {
  const showing = votes
    .map((vote) => (vote.reading?.failures ?? []).filter((other) => isSame(failure, other)))
    .filter((failures) => failures.length > 0);
  const now = { failures: showing.length, runs: votes.length };
  const tail = tailOf(now, knownRate(showing.flat()));
  return { seen: now.failures, of: now.runs, surprising: votes.length > 1 && tail < surprising };
}
