// Which logs of running steps are looked at next, and how many looks a green job has.

import { expect } from 'chai';
import { createLookPurse, dueTurns, type Turn } from '../../../src/daemon/look-turns.ts';
import type { RunId } from '../../../src/gate/ids.ts';

const one = 'r1' as RunId;
const two = 'r2' as RunId;
const now = 1_000_000;

const turn = (wish: Partial<Turn> = {}): Turn => ({
  run: one,
  hot: false,
  besides: false,
  looking: false,
  lookedAt: now - 30_000,
  listening: true,
  unread: 40,
  toldAt: now - 1_000,
  onlyHead: false,
  stale: false,
  ...wish,
});
const due = (
  turns: readonly Turn[],
  wish: { room?: number; free?: (run: RunId) => boolean } = {},
): number[] =>
  dueTurns(turns, { now, room: 10, free: () => true, ...wish }).map((each) => turns.indexOf(each));

describe('the turns of logs that are followed', () => {
  it('come to those that show a failure first, then to the one of each run with the most unread lines', () => {
    const turns = [turn(), turn({ unread: 90 }), turn({ run: two }), turn({ hot: true, unread: 1 })];

    expect(due(turns)).to.deep.equal([3, 1, 2]);
    expect(due(turns, { room: 2 })).to.deep.equal([3, 1]);
    expect(due(turns, { free: (run) => run === two })).to.deep.equal([3, 2]);
  });

  it('are not spent on the head of a log, on one that has just grown, or on one that is being looked at', () => {
    expect(
      due([turn({ onlyHead: true }), turn({ toldAt: now - 100 }), turn({ looking: true })]),
    ).to.deep.equal([]);
    expect(due([turn({ onlyHead: true, lookedAt: now - 61_000 })])).to.deep.equal([0]);
  });

  it('come each five seconds to the logs beside one that failed, for the job is green no more', () => {
    const beside = { besides: true };
    const never = { free: () => false };

    expect(due([turn(beside), turn({ ...beside, unread: 50 })], never)).to.deep.equal([1]);
    expect(due([turn({ ...beside, lookedAt: now - 3_000 }), turn(beside)], never)).to.deep.equal([]);
  });

  it('ask a log that shows a failure for nothing while nothing is told of, unless it must be read anew', () => {
    expect(due([turn({ hot: true, unread: 0, lookedAt: 0 })])).to.deep.equal([]);
    expect(due([turn({ hot: true, unread: 0, stale: true })])).to.deep.equal([0]);
    expect(due([turn({ hot: true, listening: false, unread: null })])).to.deep.equal([0]);
    expect(due([turn({ hot: true, listening: false, unread: null, lookedAt: now - 4_000 })])).to.deep.equal(
      [],
    );
  });
});

describe('the looks that a green job has', () => {
  const taken = (minutes: number, { builders, runs }: { builders: number; runs: number }): number => {
    const purse = createLookPurse();
    let count = 0;
    for (let second = 0; second < minutes * 60; second += 1)
      if (purse.take(one, { builders, runs, now: second * 1_000 })) count += 1;
    return count;
  };

  it('are a fifth of its builders at once, then what three requests a minute leave', () => {
    expect(taken(0.1, { builders: 10, runs: 1 })).to.equal(2);
    expect(taken(0.1, { builders: 1, runs: 1 })).to.equal(1);
    expect(taken(60, { builders: 10, runs: 1 })).to.be.within(13, 14);
  });

  it('are more where several runs share what is asked for in any case, and never three a minute', () => {
    expect(taken(10, { builders: 1, runs: 2 })).to.be.within(16, 17);
    expect(taken(10, { builders: 1, runs: 100 })).to.be.within(28, 31);
  });
});
