import { expect } from 'chai';
import { controlBase, keyEvidence, type BaseBuild } from '../../../../src/flakes/history/evidence.ts';

const day = 86_400_000;
const now = 100 * day;
const key = 'f:test_a';
const fleet = { short: 2, long: 100 };

/** Base builds, the oldest first: `x` failed with the key, `.` did not, each a commit of its own. */
function course(marks: string, ago: (nth: number) => number): readonly BaseBuild[] {
  return Array.from(marks, (mark, nth) => ({
    revision: `r${nth}`,
    at: now - ago(nth) * day,
    keys: mark === 'x' ? [key] : ['f:other'],
  }));
}

function evidence(builds: readonly BaseBuild[]) {
  return keyEvidence(key, { builds, sights: [], fleet, at: now, suspended: null });
}

describe('the evidence of base builds', () => {
  it('looks at the newest two commits for a builder that was red before', () => {
    const reds = ['..', 'x.', '.x', 'xx', 'xx.', 'x..', '.xx', ''].map(
      (marks) => evidence(course(marks, (nth) => 9 - nth)).redBase,
    );
    expect(reds).to.deep.equal([0, 1, 1, 2, 1, 0, 2, 0]);
  });

  it('takes two builds of one commit for one', () => {
    const twice = (...marks: string[]): readonly BaseBuild[] =>
      marks.map((mark, nth) => ({ revision: 'a', at: now - 9 + nth, keys: mark === 'x' ? [key] : [] }));
    expect(evidence(twice('x', 'x'))).to.deep.include({ redBase: 1, failures: 1, runs: 1 });
    // Its vote is the first attempt; how it stands now, the newest.
    expect(evidence(twice('x', '.'))).to.deep.include({ redBase: 0, failures: 1, runs: 1 });
    expect(evidence(twice('.', 'x'))).to.deep.include({ redBase: 1, failures: 0, runs: 1 });
  });

  it('gives the rate of fourteen days, and of sixty where those have fewer than twenty runs', () => {
    const old = course('xxxxx', () => 20);
    const rate = (recent: number): string => {
      const lately = Array.from({ length: recent }, (_, nth) => ({
        revision: `new${nth}`,
        at: now - day,
        keys: nth === 0 ? [key] : [],
      }));
      const { failures, runs } = evidence([...old, ...lately]);
      return `${failures} of ${runs}`;
    };
    expect(rate(19)).to.equal('6 of 24');
    expect(rate(20)).to.equal('1 of 20');
  });

  it('counts landed commits of fourteen days once each, whatever the builder', () => {
    const sights = [
      { revision: 'a', builder: 'one', at: now - day },
      { revision: 'a', builder: 'two', at: now - day },
      { revision: 'b', builder: 'one', at: now - 14 * day },
      { revision: 'c', builder: 'one', at: now - 14 * day - 1 },
    ];
    expect(keyEvidence(key, { builds: [], sights, fleet, at: now, suspended: null }).baseCommits).to.equal(2);
  });

  it('counts the votes of all builders in the same days, never more failures than runs', () => {
    const sights = Array.from({ length: 4 }, (_, nth) => ({
      revision: 'a',
      builder: `b${nth}`,
      at: now - (nth < 3 ? 1 : 20) * day,
    }));
    const known = { sights: [...sights, ...sights], fleet, at: now, suspended: null };
    const few = keyEvidence(key, { ...known, builds: course('.', () => 1) });
    expect(few.fleet).to.deep.equal({ failures: 4, runs: 100 });
    const many = keyEvidence(key, { ...known, builds: course('.'.repeat(20), () => 1) });
    expect(many.fleet).to.deep.equal({ failures: 2, runs: 2 });
  });

  it('gives a key that did not show in fourteen days its rate over all builders by sixty', () => {
    const sights = [{ revision: 'a', builder: 'b0', at: now - 20 * day }];
    const builds = course('.'.repeat(20), () => 1);
    const rare = keyEvidence(key, { sights, fleet, at: now, suspended: null, builds });
    expect(rare.fleet).to.deep.equal({ failures: 1, runs: 100 });
    expect(rare).to.include({ failures: 0, runs: 20 });
  });

  it('takes a base with at most five newer commits for a control', () => {
    const [finished] = [course('.', () => 1)];
    const newest = (newer: number): string[] => [
      ...Array.from({ length: newer }, (_, nth) => `newer${nth}`),
      'r0',
    ];
    expect(controlBase(newest(5), finished)).to.equal('r0');
    expect(controlBase(newest(6), finished)).to.equal(null);
    expect(controlBase(['r0'], [])).to.equal(null);
  });
});
