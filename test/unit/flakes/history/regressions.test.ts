// Regressions that landed commits show by themselves (FLAKES.md 6.3, 6.4).

import { expect } from 'chai';
import { day, type BaseVote } from '../../../../src/flakes/history/base-votes.ts';
import { watchRegressions, type Regression } from '../../../../src/flakes/history/regressions.ts';
import { aFailure, aVote, now, votesOf } from './a-vote.ts';

function regressionsIn(
  votes: readonly BaseVote[],
  terms: Parameters<typeof watchRegressions>[0],
): readonly Regression[] {
  const watch = watchRegressions(terms);
  for (const vote of votes) watch.add(vote);
  return watch.found();
}

const none = new Map<string, number>();
const flk = aFailure({ signature: 'FLK-1' });
/** Forty workers, twelve commits of the last day and 148 before: 1,920 votes before. */
const fleet = Array.from({ length: 12 }, (_, worker) => votesOf(`w${worker}`, 160)).flat();
const today = (count: number, failure = flk) =>
  Array.from({ length: count }, (_, nth) => aVote(nth, { worker: `sick ${nth}`, failures: [failure] }));
const before = (failure = flk) => aVote(50, { worker: 'other', failures: [failure] });

describe('a regression incident', () => {
  it('is opened where the rate of a signature jumped within a day', () => {
    const [found, ...more] = regressionsIn([...fleet, before(), ...today(5)], { now, resolved: none });
    expect(more).to.deep.equal([]);
    expect(found).to.deep.include({
      kind: 'rate-jump',
      name: 'FLK-1',
      branch: 'main',
      lastSeen: now - 3_600_000,
    });
    expect(found?.why).to.match(/^FLK-1 failed on 5 of \d+ runs of landed commits in 24 hours, and on 1 of /);
    expect(regressionsIn([...fleet, before(), ...today(1)], { now, resolved: none })).to.deep.equal([]);
  });

  it('is not opened by what no signature names and nobody saw before, nor a day later', () => {
    const key = aFailure();
    const open = (votes: readonly BaseVote[], at = now) =>
      regressionsIn(votes, { now: at, resolved: none }).map(({ name }) => name);
    expect(open([...fleet, ...today(5, key)])).to.deep.equal([]);
    expect(open([...fleet, before(key), ...today(5, key)])).to.deep.equal([key.excuseKey]);
    expect(open([...fleet, before(key), ...today(5, key)], now + 2 * day)).to.deep.equal([]);
  });

  it('is opened by each hit of a resolved signature on a commit that was first seen after it', () => {
    const old = aVote(30, { failures: [flk] });
    const late = aVote(5, { failures: [flk] });
    const resolved = new Map([['FLK-1', now - 2 * day]]);
    const found = regressionsIn([old, late], { now, resolved });
    expect(found.map(({ kind, why }) => `${kind}: ${why}`)).to.deep.equal([
      'fix-undone: FLK-1 is resolved, and commit r5, which contains the fix, failed so on builder of one',
    ]);
    expect(regressionsIn([old], { now, resolved })).to.deep.equal([]);
  });

  it('is not opened by a late build of a commit that landed before the fix', () => {
    const landed = aVote(30, { worker: 'other', revision: 'old' });
    const late = aVote(5, { revision: 'old', failures: [flk] });
    const resolved = new Map([['FLK-1', now - 2 * day]]);
    expect(regressionsIn([landed, late], { now, resolved })).to.deep.equal([]);
  });
});
