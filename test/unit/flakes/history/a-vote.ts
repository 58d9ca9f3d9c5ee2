// Votes of landed commits, as small as they may be.

import { day, type BaseVote, type VoteFailure } from '../../../../src/flakes/history/base-votes.ts';

export const now = 100 * day;

export function aFailure(wish: Partial<VoteFailure> = {}): VoteFailure {
  return {
    kind: 'test-failure',
    testId: 'test_ssl.A.test_b',
    excuseKey: 'f1:test_ssl.A.test_b',
    signature: null,
    incident: 'i1',
    infrastructure: false,
    ...wish,
  };
}

/** A vote of worker `one` on platform linux, on the nth of many commits, one every two hours; the last an hour ago. */
export function aVote(nth: number, wish: Partial<BaseVote> = {}): BaseVote {
  const completeAt = now - 3_600_000 * (1 + 2 * nth);
  return {
    project: 'cpython',
    branch: 'main',
    revision: `r${nth}`,
    builder: `builder of ${wish.worker ?? 'one'}`,
    worker: 'one',
    platform: 'linux',
    startedAt: completeAt - 600_000,
    completeAt,
    says: 'tests',
    failures: [],
    ...wish,
  };
}

/** Votes of one worker on commits 0 to below `count`, oldest first; `failed` gives the failures of each. */
export function votesOf(
  worker: string,
  count: number,
  failed: (nth: number) => readonly VoteFailure[] = () => [],
  wish: Partial<BaseVote> = {},
): readonly BaseVote[] {
  return Array.from({ length: count }, (_, nth) =>
    aVote(nth, { worker, failures: failed(nth), ...wish }),
  ).reverse();
}
