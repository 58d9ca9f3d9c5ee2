import { expect } from 'chai';
import fc from 'fast-check';
import type { BuilderCase, CaseAttempt, CaseOutcome, Ruling } from '../../../../src/flakes/decide/case.ts';
import { decide } from '../../../../src/flakes/decide/decide.ts';
import { kinds } from '../../../../src/flakes/kind.ts';
import type { KeyEvidence, ReadFailure, Repeats } from '../../../../src/flakes/reading.ts';
import { aCase, aFailure, aReading, builder, flake, others } from './a-case.ts';

const files = ['test_a', 'test_a', 'test_b', 'test_b', 'test_c', 'test_c', 'test x', null];

const evidence: fc.Arbitrary<KeyEvidence | null> = fc.option(
  fc.record({
    redBase: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
    baseCommits: fc.nat(2),
    failures: fc.nat(3),
    runs: fc.constantFrom(0, 10, 300),
    fleet: fc.constantFrom(
      { failures: 0, runs: 0 },
      { failures: 4, runs: 12_000 },
      { failures: 90, runs: 12_000 },
    ),
    suspended: fc.constantFrom(null, null, 'it jumped'),
  }),
);

const failure: fc.Arbitrary<ReadFailure> = fc
  .record({
    file: fc.constantFrom(...files),
    kind: fc.constantFrom('test-failure' as const, 'timeout' as const, 'test-failure' as const, ...kinds),
    class: fc.constantFrom('new' as const, 'new' as const, 'infrastructure' as const),
    touched: fc.constantFrom(false, false, true),
    cleared: fc.boolean(),
    evidence,
    signature: fc.constantFrom(
      null,
      flake,
      { ...flake, state: 'monitor' as const },
      { ...flake, allowed: false },
    ),
  })
  .map((over) => aFailure(over));

/** Mostly what the repeats say. */
const outcome = fc.constantFrom<CaseOutcome | null>(
  ...Array<null>(12).fill(null),
  'open',
  'passed',
  'failed',
  'infrastructure',
  'aborted',
);

function repeatsOf(failures: readonly ReadFailure[]): fc.Arbitrary<Repeats> {
  const keys = [...failures.map(({ excuseKey }) => excuseKey ?? ''), 'f00d:stranger'];
  return fc
    .record({
      ran: fc.constantFrom(1, 6, 12, 20, 20, 20),
      failed: fc.constantFrom(0, 0, 1, 3, 5, 6, 7),
      key: fc.constantFrom(...keys),
    })
    .map(({ ran, failed, key }) => ({ ran, failed, byKey: { [key]: failed } }));
}

function builds(failures: readonly ReadFailure[]): fc.Arbitrary<CaseAttempt> {
  return fc
    .record({
      role: fc.constantFrom('measure' as const, 'control' as const),
      outcome,
      repeats: fc.option(repeatsOf(failures)),
      doubt: fc.constantFrom(null, null, null, 'cut'),
    })
    .map(({ role, outcome: how, repeats, doubt }) => ({
      builder,
      role,
      outcome: how ?? ((repeats?.failed ?? 0) > 0 ? 'failed' : 'passed'),
      reading: aReading([], { repeats, doubt }),
    }));
}

const anyCase: fc.Arbitrary<BuilderCase> = fc
  .record({ failures: fc.array(failure, { maxLength: 3 }), spare: fc.boolean(), fits: fc.boolean() })
  .chain(({ failures, spare, fits }) =>
    fc.array(builds(failures), { maxLength: 6 }).map((measured) => {
      const vote: CaseAttempt = { builder, role: 'vote', outcome: 'failed', reading: aReading(failures) };
      return aCase([...others(39), vote, ...measured], { coverageWithout: spare, wholeBuildsFit: fits });
    }),
  );

const isExcused = ({ action }: Ruling) => action === 'forgive' || action === 'withdraw';

/** The case with something else in its vote's reading. */
function withVote(given: BuilderCase, change: (vote: CaseAttempt) => CaseAttempt): BuilderCase {
  const attempts = given.attempts.map((each) =>
    each.role === 'vote' && each.builder === builder ? change(each) : each,
  );
  return { ...given, attempts };
}

describe('whatever the case', () => {
  const check = (property: (given: BuilderCase) => void, options: { readonly seed?: number } = {}) => {
    fc.assert(fc.property(anyCase, property), { numRuns: 3000, ...options });
  };

  it('the decision comes to a ruling with one plain line for people', () => {
    check((given) => {
      const ruling = decide(given);
      expect(ruling.builder).to.equal(builder);
      expect(ruling.why).to.match(/^[^\n]{10,}$/);
    });
  });

  it('the cases tried here come to all six actions', () => {
    const seen = new Set<string>();
    check((given) => void seen.add(decide(given).action), { seed: 1 });
    expect([...seen]).to.have.members(['measure', 'control', 'forgive', 'withdraw', 'infra', 'fail']);
  });

  it('nothing is excused in doubt, or with failures that nobody saw', () => {
    check((given) => {
      const change = (over: object) =>
        withVote(given, (vote) => ({ ...vote, reading: { ...vote.reading!, ...over } }));
      expect(decide(change({ doubt: 'cut' })).action).to.equal('fail');
      expect(decide(change({ more: 1 })).action).to.equal('fail');
      expect(decide(change({ failures: [] })).action).to.equal('fail');
    });
  });

  it('one more failure makes nothing excused that was not', () => {
    const third = aFailure({ file: 'test_third' });
    check((given) => {
      const more = withVote(given, (vote) => ({
        ...vote,
        reading: { ...vote.reading!, failures: [...vote.reading!.failures, third] },
      }));
      // A control that clean whole builds or repeats never showed cannot vouch for it.
      expect(isExcused(decide(more))).to.equal(false);
    });
  });

  it('nothing is forgiven without a measurement of the change, and nothing withdrawn but for its base', () => {
    check((given) => {
      const ruling = decide(given);
      const measures = given.attempts.filter(
        ({ role, outcome: how }) => role === 'measure' && how !== 'open',
      );
      const controls = given.attempts.filter(({ role }) => role === 'control');
      if (ruling.action === 'forgive') expect(measures.length).to.be.greaterThan(0);
      if (ruling.action !== 'withdraw') return;
      const red = ruling.excused.some(({ by }) => by === 'already-red');
      expect(red || (measures.length > 0 && controls.length > 0)).to.equal(true);
    });
  });

  it('every failure of the vote is named among the excused', () => {
    check((given) => {
      const ruling = decide(given);
      if (ruling.action !== 'forgive' && ruling.action !== 'withdraw') return;
      const vote = given.attempts.find((each) => each.role === 'vote' && each.builder === builder);
      expect(ruling.excused.map((each) => each.failure)).to.have.members([...vote!.reading!.failures]);
    });
  });

  it('a vote is withdrawn only where the coverage holds without it (rule 6.2)', () => {
    check((given) => {
      const ruling = decide({ ...given, policy: { ...given.policy, coverageWithout: false } });
      expect(ruling.action).to.not.equal('withdraw');
    });
  });

  it('only names that a shell takes as they are go to a worker', () => {
    check((given) => {
      const ruling = decide(given);
      if (ruling.action !== 'measure' && ruling.action !== 'control') return;
      for (const name of ruling.tests ?? []) expect(name).to.match(/^[A-Za-z0-9_.]+$/);
    });
  });
});
