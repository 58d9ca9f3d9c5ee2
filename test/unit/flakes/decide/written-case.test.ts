import { expect } from 'chai';
import { readCase } from '../../../../src/config/decision/read-case.ts';
import { caseOf } from '../../../../src/flakes/decide/case-of.ts';
import type { CaseAttempt } from '../../../../src/flakes/decide/case.ts';
import type { ReadFailure } from '../../../../src/flakes/reading.ts';

const day = 86_400_000;
const now = Date.parse('2026-11-21T12:00:00Z');
const key = 'test-failure:test_ssl.A.b';

function attempts(document: object): readonly CaseAttempt[] {
  const read = readCase(JSON.stringify({ builder: 'one', ...document }));
  if (read.document === null) throw new Error(read.error);
  return caseOf(read.document).attempts;
}

/** The one failure of the builder's vote. */
function failureOf(document: object): ReadFailure {
  const vote = attempts({ failures: [{ test_id: 'test_ssl.A.b' }], ...document }).find(
    (each) => each.builder === 'one',
  );
  return vote!.reading!.failures[0]!;
}

/** A base build so many days ago. */
function built(days: number, over: object = {}): object {
  return { builder: 'one', revision: `r${days}`, finished_at: now - days * day, ...over };
}

const red = { failures: [key] };

describe('a written case', () => {
  it('takes the file and the excuse key from the test', () => {
    expect(failureOf({})).to.include({ file: 'test_ssl', excuseKey: key, touched: true });
    expect(failureOf({ failures: [{}] })).to.include({ file: null, excuseKey: null });
    expect(failureOf({ failures: [{ file: 'test_a', fingerprint: 'f' }] })).to.include({
      excuseKey: 'f:test_a',
    });
  });

  it('gives every builder that is spoken of a vote, and the others one that passed', () => {
    const all = attempts({ failures: [{ builder: 'two' }], policy: { voting_builders: 4 } });
    expect(all.map(({ outcome }) => outcome).toSorted()).to.deep.equal([
      'failed',
      'failed',
      'passed',
      'passed',
    ]);
  });

  it('counts base builds: red ones, commits, rates by commit and builder', () => {
    const base_builds = [
      built(1, red),
      built(2, red),
      built(2, { finished_at: now - 1.9 * day, builder: 'two', ...red }),
      built(3),
      built(20, red),
      built(70, red),
    ];
    const { evidence } = failureOf({ at: now, history: { base_builds } });
    expect(evidence).to.deep.include({ redBase: 2, baseCommits: 2, failures: 3, runs: 4 });
    expect(evidence?.fleet).to.deep.equal({ failures: 4, runs: 5 });
  });

  it('does not look past its moment', () => {
    const base_builds = [built(-1, red), built(1)];
    expect(failureOf({ at: now, history: { base_builds } }).evidence).to.deep.include({
      redBase: 0,
      runs: 1,
    });
  });

  it('suspends what jumped today by its base builds', () => {
    const calm = Array.from({ length: 400 }, (_, index) =>
      built(1.5 + index / 10, { revision: `c${index}` }),
    );
    const today = ['a', 'b', 'c'].map((revision) => built(0.5, { revision, ...red }));
    const of = (base_builds: readonly object[]) =>
      failureOf({ at: now, history: { base_builds } }).evidence?.suspended;
    expect(of([...calm, ...today])).to.match(/^3 of 3 failed so in the last 24 hours, 0 of 400 before$/);
    expect(of(calm)).to.equal(null);
  });

  it('takes counts before builds', () => {
    const history = { base_builds: [built(1, red)], evidence: [{ excuse_key: key, failures: 1, runs: 9 }] };
    expect(failureOf({ at: now, history }).evidence).to.deep.include({ redBase: 0, failures: 1, runs: 9 });
  });

  it('controls on the newest revision that the builder finished, at most five others since', () => {
    const others = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        built(1 + index / 10, { builder: 'two', revision: `o${index}` }),
      );
    const base = (count: number) =>
      attempts({ history: { base_builds: [built(2, { revision: 'own' }), ...others(count)] } })[0]!.reading!
        .base;
    expect(base(5)).to.include({ revision: 'own' });
    expect(base(6)).to.equal(null);
  });

  it('says by the list of changed files what is touched', () => {
    expect(failureOf({ policy: { changed_files: ['Lib/ssl.py'] } }).touched).to.equal(true);
    expect(failureOf({ policy: { changed_files: ['Lib/json/decoder.py'] } }).touched).to.equal(false);
  });
});
