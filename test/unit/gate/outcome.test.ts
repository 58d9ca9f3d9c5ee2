// The table of ends (RUNS.md section 6), row by row and pair by pair where two rows fit.

import { expect } from 'chai';
import { intend, type Attempt, type Outcome } from '../../../src/gate/attempt.ts';
import type { BuildFacts, Results } from '../../../src/gate/facts.ts';
import { isProved, judge, testResult, type Proof } from '../../../src/gate/outcome.ts';
import { aBuild, aStep, commit, ids, linux, underWay } from './a-run.ts';

const proof: Proof = { revision: commit, testSteps: ['test'], trust: 'proved' };
const other = 'b2'.repeat(20);

function anAttempt(builds: readonly BuildFacts[], wish: Partial<Attempt> = {}): Attempt {
  return {
    ...intend(linux, { ordinal: 1, role: 'vote', counts: 'voting', vacant: true }),
    state: 'running',
    request: ids.request(1),
    claimed: true,
    builds: builds.map((build, at) => ({ ...build, id: ids.build(at + 1) })),
    ...wish,
  };
}

function outcomeOf(builds: readonly BuildFacts[], wish: Partial<Attempt> = {}, by: Proof = proof): Outcome {
  const judgement = judge(anAttempt(builds, wish), by);
  if (judgement.kind !== 'ended') throw new Error(judgement.kind);
  return judgement.outcome;
}

type Wish = Parameters<typeof aBuild>[0];
const retried: Wish = { results: 5, tests: null, state: 'retry lost connection' };
const missing: Wish = { revision: null };

interface Row {
  readonly seen: string;
  readonly builds: readonly Wish[];
  readonly outcome: Outcome['kind'];
  readonly by?: Partial<Proof>;
  readonly checkoutFailed?: boolean;
}

const rows: readonly Row[] = [
  { seen: 'build 0, proved, test 0', builds: [{}], outcome: 'passed' },
  { seen: 'build 1, proved, test 0', builds: [{ results: 1 }], outcome: 'passed' },
  { seen: 'build 0, proved, test 1: a re-run cleared it (6.3)', builds: [{ tests: 1 }], outcome: 'passed' },
  { seen: 'build 1, proved, test 1', builds: [{ results: 1, tests: 1 }], outcome: 'passed' },
  { seen: 'RETRY, then a good build', builds: [retried, {}], outcome: 'passed' },
  { seen: 'RETRY with test 2, then a good build', builds: [{ ...retried, tests: 2 }, {}], outcome: 'failed' },
  { seen: 'RETRY with test 1, then a good build', builds: [{ ...retried, tests: 1 }, {}], outcome: 'passed' },
  { seen: 'trusted, no got_revision', builds: [missing], by: { trust: 'trusted' }, outcome: 'passed' },
  {
    seen: 'trusted, a wrong got_revision',
    builds: [{ revision: other }],
    by: { trust: 'trusted' },
    outcome: 'infrastructure',
  },
  { seen: 'test ran, no got_revision', builds: [missing], outcome: 'config-error' },
  {
    seen: 'test 2, build 2, no got_revision',
    builds: [{ ...missing, results: 2, tests: 2 }],
    outcome: 'config-error',
  },
  { seen: 'build 0 without a test step', builds: [{ tests: null }], outcome: 'config-error' },
  { seen: 'build 0, test step skipped', builds: [{ tests: 3 }], outcome: 'config-error' },
  {
    seen: 'build 0, nothing proved, no test',
    builds: [{ ...missing, tests: null }],
    outcome: 'config-error',
  },
  {
    seen: 'build 2, proved, a step timed out',
    builds: [{ results: 2, tests: 2, stepTimedOut: true }],
    outcome: 'timed-out',
  },
  {
    seen: 'build 2, not proved, a step timed out',
    builds: [{ ...missing, results: 2, tests: null, stepTimedOut: true }],
    outcome: 'infrastructure',
    checkoutFailed: true,
  },
  { seen: 'build 2, proved, test 2', builds: [{ results: 2, tests: 2 }], outcome: 'failed' },
  { seen: 'build 2, proved, before the tests', builds: [{ results: 2, tests: null }], outcome: 'failed' },
  { seen: 'build 0, proved, test 2', builds: [{ tests: 2 }], outcome: 'failed' },
  { seen: 'build 1, proved, test 2', builds: [{ results: 1, tests: 2 }], outcome: 'failed' },
  { seen: 'build 4 after test 2', builds: [{ results: 4, tests: 2 }], outcome: 'failed' },
  { seen: 'build 6 after test 2', builds: [{ results: 6, tests: 2 }], outcome: 'failed' },
  {
    seen: 'RETRY with test 2, then EXCEPTION',
    builds: [
      { ...retried, tests: 2 },
      { results: 4, tests: null },
    ],
    outcome: 'failed',
  },
  {
    seen: 'three RETRY, the first with test 2',
    builds: [{ ...retried, tests: 2 }, retried, retried],
    outcome: 'failed',
  },
  { seen: 'build 4', builds: [{ results: 4, tests: null }], outcome: 'infrastructure' },
  { seen: 'build 4, test 0', builds: [{ results: 4 }], outcome: 'infrastructure' },
  {
    seen: 'build 6, master shutdown',
    builds: [{ results: 6, tests: null, state: 'cancelled (Master Shutdown) test (cancelled)' }],
    outcome: 'infrastructure',
  },
  { seen: 'the third RETRY', builds: [retried, retried, retried], outcome: 'infrastructure' },
  { seen: 'build 1 without a test step', builds: [{ results: 1, tests: null }], outcome: 'infrastructure' },
  {
    seen: 'build 1, no got_revision, no test',
    builds: [{ ...missing, results: 1, tests: null }],
    outcome: 'infrastructure',
    checkoutFailed: true,
  },
  {
    seen: 'build 2, no got_revision, no test',
    builds: [{ ...missing, results: 2, tests: null }],
    outcome: 'infrastructure',
    checkoutFailed: true,
  },
  { seen: 'build 0, wrong got_revision', builds: [{ revision: other }], outcome: 'infrastructure' },
  {
    seen: 'build 2, test 2, wrong got_revision',
    builds: [{ revision: other, results: 2, tests: 2 }],
    outcome: 'infrastructure',
  },
  {
    seen: 'build 6, wrong got_revision',
    builds: [{ revision: other, results: 6, tests: null }],
    outcome: 'infrastructure',
  },
  {
    seen: 'build 6, by a person',
    builds: [{ results: 6, tests: null, state: 'cancelled (bob)' }],
    outcome: 'aborted',
  },
  { seen: 'build 6, by a person, test 0', builds: [{ results: 6, state: 'cancelled' }], outcome: 'aborted' },
  { seen: 'build 3', builds: [{ results: 3, tests: null }], outcome: 'infrastructure' },
];

describe('the end of a build', () => {
  for (const { seen, builds, outcome, by, checkoutFailed } of rows) {
    it(`means ${outcome}: ${seen} (rule 6)`, () => {
      const got = outcomeOf(builds.map(aBuild), {}, { ...proof, ...by });
      expect(got.kind).to.equal(outcome);
      if (got.kind === 'infrastructure') expect(got.checkoutFailed).to.equal(checkoutFailed === true);
    });
  }

  it('says which builder setting cures a CONFIG_ERROR (rule 6)', () => {
    expect(outcomeOf([aBuild(missing)]))
      .to.have.property('why')
      .that.contains('revision: trusted');
    expect(outcomeOf([aBuild({ tests: null })]))
      .to.have.property('why')
      .that.contains('test_steps');
  });

  it('is never a pass for any results but 0 and 1, whatever the steps say (rule 6)', () => {
    for (const results of [2, 3, 4, 6] as const)
      expect(outcomeOf([aBuild({ results })]).kind, `${results}`).not.to.equal('passed');
  });

  it('is no end after one or two RETRY (rule 5.3)', () => {
    expect(judge(anAttempt([aBuild(retried)]), proof).kind).to.equal('open');
    expect(judge(anAttempt([aBuild(retried), aBuild(retried)]), proof).kind).to.equal('open');
  });

  it('is judged only once its steps are read, those of a RETRY as well (rule 6)', () => {
    const unread = aBuild({ ...retried, steps: null });
    expect(judge(anAttempt([unread, aBuild()]), proof)).to.have.nested.property('build.id', 1);
    const blind = aBuild({ results: 2, stepTimedOut: null });
    expect(judge(anAttempt([blind]), proof).kind).to.equal('look');
    expect(judge(anAttempt([underWay()]), proof).kind).to.equal('open');
  });

  it('waits for a look at an earlier build of which no event told the end (rule 6)', () => {
    const judgement = judge(anAttempt([underWay(), aBuild()]), proof);
    expect(judgement.kind).to.equal('look');
    expect(judgement).to.have.nested.property('build.id', 1);
  });
});

describe('a request without an end of its own', () => {
  const done = (requestResults: Results): Partial<Attempt> => ({
    complete: true,
    claimed: false,
    requestResults,
  });

  it('that is SKIPPED was merged away, also with RETRY as its last build (rule 4.6)', () => {
    expect(outcomeOf([], done(3))).to.include({ kind: 'void', merged: true });
    expect(outcomeOf([aBuild(retried)], done(3))).to.include({ kind: 'void', merged: true });
  });

  it('that is SKIPPED has failed all the same if a build showed a test step with 2 (rule 4.6)', () => {
    expect(outcomeOf([aBuild({ ...retried, tests: 2 })], done(3)).kind).to.equal('failed');
  });

  it('that is 6 was cancelled by a person (rule 6)', () => {
    expect(outcomeOf([], done(6)).kind).to.equal('aborted');
  });

  it('is never a pass, whatever its results (rule 6)', () => {
    for (const results of [0, 1, 2, 4, 5] as const)
      expect(outcomeOf([], done(results)).kind).to.equal('infrastructure');
  });

  it('is open when only an event has said that it is complete (rule 5.5)', () => {
    expect(judge(anAttempt([], { complete: true }), proof).kind).to.equal('open');
  });
});

describe('the proof of a checkout', () => {
  const proofs: readonly (readonly [string, string, string | null, boolean])[] = [
    ['the same commit', commit, commit, true],
    ['the same commit in capitals', commit, commit.toUpperCase(), true],
    ['a commit that 12 digits begin', 'a1a1a1a1a1a1', commit, true],
    ['a commit that 11 digits begin', 'a1a1a1a1a1a', commit, false],
    ['a shorter commit than asked for', commit, commit.slice(0, 39), false],
    ['another commit', commit, other, false],
    ['what is no commit, though it begins so', 'a1a1a1a1a1a1', 'a1a1a1a1a1a1+', false],
    ['an empty one', commit, '', false],
    ['none', commit, null, false],
  ];
  for (const [what, revision, got, expected] of proofs) {
    it(`is ${expected ? 'given' : 'not given'} by ${what} (rule 6)`, () => {
      expect(isProved(aBuild({ revision: got }), { ...proof, revision })).to.equal(expected);
    });
  }

  it('may be missing only where revisions are trusted (rule 6)', () => {
    const trusted: Proof = { ...proof, trust: 'trusted' };
    expect(isProved(aBuild({ revision: null }), trusted)).to.equal(true);
    expect(isProved(aBuild({ revision: other }), trusted)).to.equal(false);
  });
});

describe('the test step', () => {
  const steps: readonly (readonly [string, readonly (readonly [string, Results | null])[], number | null])[] =
    [
      ['ran with 0', [['test', 0]], 0],
      [
        'ran with the worst of several',
        [
          ['test', 0],
          ['check', 1],
          ['test', 2],
        ],
        2,
      ],
      ['did not run when it is not there', [['compile', 0]], null],
      ['did not run when it was skipped', [['test', 3]], null],
      [
        'did not run when one of several was skipped',
        [
          ['test', 0],
          ['check', 3],
        ],
        null,
      ],
      [
        'did not run when one of several was cancelled',
        [
          ['test', 0],
          ['check', 6],
        ],
        null,
      ],
      ['did not run when it has not ended', [['test', null]], null],
      ['is known by its whole name', [['test2', 0]], null],
    ];
  for (const [what, list, expected] of steps) {
    it(`${what} (rule 6)`, () => {
      const facts = list.map(([step, results]) => aStep({ name: step, results, complete: results !== null }));
      expect(testResult(aBuild({ steps: facts }), ['test', 'check'])).to.equal(expected);
    });
  }
});
