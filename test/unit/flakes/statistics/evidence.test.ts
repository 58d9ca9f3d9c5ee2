import { expect } from 'chai';
import fc from 'fast-check';
import { wilson } from '../../../../src/flakes/statistics/rate.ts';
import {
  proposeStability,
  type WorkerStanding,
} from '../../../../src/flakes/statistics/stability-proposal.ts';
import {
  empiricalPrior,
  expected,
  jumps,
  posterior,
  startPrior,
  tailOf,
} from '../../../../src/flakes/statistics/surprise.ts';
import { blameWorkers, type WorkerRecord } from '../../../../src/flakes/statistics/worker-blame.ts';

describe("Wilson's interval", () => {
  const table: [number, number, string][] = [
    [0, 10, '0.0 28'],
    [0, 100, '0.0 3.7'],
    [2, 100, '0.6 7.0'],
    [5, 500, '0.4 2.3'],
    [0, 50, '0.0 7'],
  ];
  for (const [failures, runs, shown] of table) {
    it(`of ${failures} in ${runs} is ${shown} % (FLAKES.md 6.4)`, () => {
      const { low, high } = wilson({ failures, runs });
      const digits = shown.split(' ').map((each) => each.split('.')[1]?.length ?? 0);
      expect(`${(low * 100).toFixed(digits[0])} ${(high * 100).toFixed(digits[1])}`).to.equal(shown);
    });
  }

  it('has the ends at which the score test just fails to reject', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(2000), (runs, failures) => {
        fc.pre(failures <= runs);
        const { low, high } = wilson({ failures, runs });
        const score = (p: number) =>
          (failures / runs - p) ** 2 - (1.959963984540054 ** 2 * p * (1 - p)) / runs;
        expect(score(low)).to.be.closeTo(0, 1e-12);
        expect(score(high)).to.be.closeTo(0, 1e-12);
        expect(low).to.be.at.most(failures / runs);
        expect(high).to.be.at.least(failures / runs);
      }),
    );
  });

  it('knows nothing without a run', () => {
    expect(wilson({ failures: 0, runs: 0 })).to.deep.equal({ low: 0, high: 1 });
  });
});

describe('a rate that jumps', () => {
  const before = { failures: 4, runs: 12_000 };

  it('is blind at one hit in a hundred runs and suspends at three where it was one in three thousand', () => {
    const [one, three] = jumps([
      { today: { failures: 1, runs: 100 }, before },
      { today: { failures: 3, runs: 100 }, before },
    ]);
    expect(one).to.include({ suspended: false, discovery: false });
    expect(three).to.include({ suspended: true, discovery: true });
  });

  it('suspends though it opens no incident where many others were looked at', () => {
    const quiet = Array.from({ length: 5000 }, () => ({ today: { failures: 0, runs: 100 }, before }));
    const [first] = jumps([{ today: { failures: 2, runs: 100 }, before }, ...quiet]);
    expect(first!.tail).to.be.within(1e-5, 1e-3);
    expect(first).to.include({ suspended: true, discovery: false });
  });

  it('is weighed against the start of 0.3 and 30 where nothing is known', () => {
    expect(expected(posterior({ failures: 0, runs: 0 }))).to.be.closeTo(0.0099, 0.0001);
    // By hand: alpha / (alpha + beta).
    expect(tailOf({ failures: 1, runs: 1 }, { failures: 0, runs: 0 })).to.be.closeTo(0.3 / 30.3, 1e-12);
  });
});

describe('the prior of a builder', () => {
  it('is the start until twenty tests ran and one failed', () => {
    const clean = Array.from({ length: 50 }, () => ({ failures: 0, runs: 100 }));
    expect(empiricalPrior(clean)).to.equal(startPrior);
    expect(empiricalPrior([{ failures: 5, runs: 100 }])).to.equal(startPrior);
  });

  it('has the common rate, and is the weaker the more the tests differ', () => {
    const alike = Array.from({ length: 100 }, (_, index) => ({ failures: index % 2, runs: 100 }));
    const apart = Array.from({ length: 100 }, (_, index) => ({ failures: index === 0 ? 50 : 0, runs: 100 }));
    const [even, odd] = [empiricalPrior(alike), empiricalPrior(apart)];
    expect(expected(even)).to.be.closeTo(0.005, 1e-12);
    expect(expected(odd)).to.be.closeTo(0.005, 1e-12);
    expect(odd.alpha + odd.beta).to.be.lessThan(even.alpha + even.beta);
  });
});

/** A fleet of 40 healthy workers on another platform: the discoveries are counted over all of them. */
function judged(own: Partial<WorkerRecord>, siblings: Partial<WorkerRecord>) {
  const kind = { platform: 'linux', family: 'timeout', alone: false };
  const plain = { ...kind, causes: 2, infrastructure: false, failures: 0, runs: 100 };
  const healthy = Array.from({ length: 40 }, (_, index) => ({
    ...plain,
    worker: `healthy ${index}`,
    platform: 'mac',
  }));
  const all = [
    { ...plain, worker: 'sick', ...own },
    { ...plain, worker: 'sibling', ...siblings },
    ...healthy,
  ];
  return blameWorkers(all)[0]!;
}

describe('the blame of a worker', () => {
  const six = { failures: 6, runs: 8 };
  const few = { failures: 3, runs: 112 };

  it('falls on six of eight against three of 112 (FLAKES.md 6.4)', () => {
    const blame = judged(six, few);
    expect(blame).to.include({ blame: 'blamed' });
    expect(blame.p).to.be.closeTo(6e-7, 0.5e-7);
  });

  it('waits at two of eight against three of 112', () => {
    expect(judged({ failures: 2, runs: 8 }, few)).to.include({ blame: 'unclear' });
  });

  it('suspects the worker that ran 20 of 120 and had all four failures', () => {
    expect(judged({ failures: 4, runs: 20 }, { failures: 0, runs: 100 })).to.include({ blame: 'suspect' });
  });

  it('only suspects where all its failures are one cause, unless Buildbot calls it infrastructure', () => {
    expect(judged({ ...six, causes: 1 }, few)).to.include({ blame: 'suspect' });
    expect(judged({ ...six, causes: 1, infrastructure: true }, few)).to.include({ blame: 'blamed' });
  });

  it('cannot separate the only worker of a platform from the platform', () => {
    const blame = judged({ ...six, platform: 'bsd', alone: true }, few);
    expect(blame).to.include({ blame: 'inseparable', p: null });
    expect(blame.why).to.match(/cannot separate worker from platform bsd/);
  });
});

describe('a proposal for the lists', () => {
  const worker = (over: Partial<WorkerStanding>): WorkerStanding => ({
    worker: 'one',
    platform: 'linux',
    standing: 'stable',
    failures: 0,
    q: 1,
    clean: 0,
    ...over,
  });
  const sick = { failures: 5, q: 0.001 };
  const proposed = (...workers: WorkerStanding[]) =>
    proposeStability(workers).map(({ worker: name, to }) => `${name} ${to}`);
  const spare = worker({ worker: 'spare' });

  it('takes a worker off at five failures in a week that are not chance', () => {
    expect(proposed(worker(sick), spare)).to.deep.equal(['one unstable']);
    expect(proposed(worker({ ...sick, failures: 4 }), spare)).to.deep.equal([]);
    expect(proposed(worker({ ...sick, q: 0.01 }), spare)).to.deep.equal([]);
    expect(proposed(worker({ ...sick, q: null }), spare)).to.deep.equal([]);
  });

  it('never takes the last stable worker of a platform, and the surest first', () => {
    expect(proposed(worker(sick), worker({ worker: 'mac', platform: 'mac' }))).to.deep.equal([]);
    expect(proposed(worker(sick), worker({ ...sick, worker: 'two', q: 0.0001 }))).to.deep.equal([
      'two unstable',
    ]);
  });

  it('takes one back after fifty clean runs and not before', () => {
    expect(proposed(worker({ standing: 'unstable', clean: 50 }))).to.deep.equal(['one stable']);
    expect(proposed(worker({ standing: 'unstable', clean: 49 }))).to.deep.equal([]);
  });
});
