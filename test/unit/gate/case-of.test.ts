// What of a run goes into the question on one of its failures (FLAKES.md 6.3).

import { expect } from 'chai';
import type { WorkerName } from '../../../src/fleet/fleet.ts';
import { caseOf } from '../../../src/gate/case-of.ts';
import type { KeptRuling } from '../../../src/gate/kept-ruling.ts';
import { aFailure, base } from '../flakes/decide/a-case.ts';
import { failed, two, yellow } from './a-question.ts';
import { aBuild, aPlanned, aReading, aWorld, hour, linux, minute, name, started, windows } from './a-run.ts';

const three = [...two, aPlanned('macos')];
const novel = aReading({ failures: [aFailure()], base });

const asked = (course: ReturnType<typeof started>) => caseOf(course.run, linux, course.world);

/** A run on linux, windows and macos whose vote on linux failed. */
function inDoubt(coverage: Record<string, number> = { windows: 1 }) {
  const course = started(three, { coverage });
  course.reads = () => novel;
  return course.ends('linux', failed);
}

describe('the question on a vote', () => {
  it('holds every attempt of the voting builders, with what was read of it', () => {
    const course = inDoubt().ends('windows');
    const [first, second, third] = asked(course).attempts;
    expect(first).to.include({ builder: 'linux', role: 'vote', outcome: 'failed' });
    expect(first?.reading?.failures).to.have.length(1);
    expect(second).to.deep.equal({ builder: 'windows', role: 'vote', outcome: 'passed', reading: null });
    expect(third).to.deep.equal({ builder: 'macos', role: 'vote', outcome: 'open', reading: null });
  });

  it('holds nothing of an advisory builder', () => {
    const course = started([aPlanned('linux'), aPlanned('extra', 'advisory')]).ends('extra', failed);
    expect(asked(course).attempts.map(({ builder }) => builder)).to.deep.equal(['linux']);
  });

  it('holds nothing of what was merged away (rule 4.6)', () => {
    const course = started(two);
    course.seen('linux', { complete: true, results: 3 });
    const outcomes = asked(course).attempts.map(({ builder, outcome }) => `${builder} ${outcome}`);
    expect(outcomes).to.have.members(['linux open', 'windows open']);
    expect(course.run.attempts).to.have.length(3);
  });

  it('is in doubt where two builds of the request failed, for only the last was read', () => {
    const course = started(two);
    course.reads = () => novel;
    const retried = aBuild({ id: aBuild().id, number: 1, results: 5, tests: 2 });
    course.seen('linux', { claimed: true, builds: [retried] });
    course.ends('linux', failed);
    expect(asked(course).attempts[0]?.reading?.doubt).to.match(/2 builds .* only the last was read/);
    expect(asked(inDoubt()).attempts[0]?.reading?.doubt).to.equal(null);
  });

  it('shows what a re-run cleared, and nothing of warnings behind which is nothing (rule 6.3)', () => {
    const course = started(two);
    course.reads = ({ builder }) =>
      aReading({ failures: builder === linux ? [aFailure({ cleared: true })] : [] });
    course.ends('linux', yellow).ends('windows', yellow);
    const [cleared, clean] = asked(course).attempts;
    expect(cleared?.reading?.failures).to.have.length(1);
    expect(clean).to.include({ outcome: 'passed', reading: null });
  });
});

describe('the coverage without a vote (rule 6.2)', () => {
  const without = (course: ReturnType<typeof started>) => asked(course).policy.coverageWithout;

  it('may still be met by builders that are open, and not by the vote itself', () => {
    expect(without(inDoubt({ windows: 1, macos: 1 }))).to.equal(true);
    expect(without(inDoubt({ linux: 1 }))).to.equal(false);
  });

  it('is met by those that passed and not by those that ended otherwise', () => {
    expect(without(inDoubt().ends('windows'))).to.equal(true);
    const cancelled = { results: 6, tests: null, state: 'cancelled' } as const;
    expect(without(inDoubt().ends('windows', cancelled))).to.equal(false);
    expect(without(inDoubt().ends('macos', cancelled))).to.equal(true);
  });

  it('is met by those whose failures are open or forgiven, and not by those that stand or are withdrawn', () => {
    const course = inDoubt().ends('windows', failed);
    expect(without(course)).to.equal(true);
    const ruling: KeptRuling = {
      action: 'forgive',
      result: null,
      why: '',
      summary: '',
      unmeasured: false,
      basis: '',
    };
    const actions = { forgive: true, withdraw: false, fail: false } as const;
    for (const action of ['forgive', 'withdraw', 'fail'] as const) {
      course.run = { ...course.run, rulings: { [windows]: { ...ruling, action } } };
      expect(without(course), action).to.equal(actions[action]);
    }
  });

  it('is not met where nobody else votes, though the policy asks for none', () => {
    const course = started([aPlanned('linux')], { coverage: {} });
    expect(without(course)).to.equal(false);
  });
});

describe('the budgets for measuring', () => {
  const spentOf = (course: ReturnType<typeof started>) =>
    Object.fromEntries(asked(course).policy.budgets.map(({ of, spent }) => [of, spent]));

  it('are of the run, the builder, its most used owner and the day, with their limits', () => {
    const owned = { ...aPlanned('linux'), workers: ['ann-1', 'bob-1'] as WorkerName[] };
    const spent = {
      byBuilder: new Map([[linux, 3]]),
      byOwner: new Map([
        ['ann', 5],
        ['bob', 7],
        ['eve', 50],
      ]),
      inAll: 90,
    };
    const course = started([owned, aPlanned('windows')]).see({ spent });
    expect(asked(course).policy.budgets).to.deep.equal([
      { of: 'job', limit: 60, spent: 0 },
      { of: 'builder', limit: 40, spent: 3 },
      { of: 'owner', limit: 80, spent: 7 },
      { of: 'day', limit: 400, spent: 90 },
    ]);
  });

  it('count nothing where nothing was spent', () => {
    expect(spentOf(started(two))).to.deep.equal({ job: 0, builder: 0, owner: 0, day: 0 });
  });

  it('count of the run the measures that were sent, and no votes', () => {
    const course = inDoubt();
    expect(course.attempt('linux')).to.include({ role: 'measure', request: null });
    expect(spentOf(course)).to.include({ job: 0 });
    course.wait(minute);
    course.forced();
    expect(spentOf(course)).to.include({ job: 1 });
  });
});

describe('the time for whole builds', () => {
  const fits = (median: number | null, age: number) => {
    const course = started(two);
    course.ends('linux', { ...failed, startedAt: 100, completeAt: 100 + 30 * 60 });
    const medians = new Map(median === null ? [] : [[linux, median]]);
    return caseOf({ ...course.run, age }, linux, aWorld({ medians })).policy.wholeBuildsFit;
  };

  it("is there while five of the builder's median fit the run's own deadline", () => {
    expect(fits(hour, 3 * hour)).to.equal(true);
    expect(fits(hour, 3 * hour + 1)).to.equal(false);
    expect(caseOf(started(two).run, name('unknown'), aWorld()).policy.wholeBuildsFit).to.equal(true);
  });

  it('is reckoned by twice the longest build of the run where no median is known', () => {
    expect(fits(null, 3 * hour)).to.equal(true);
    expect(fits(null, 3 * hour + minute)).to.equal(false);
  });
});
