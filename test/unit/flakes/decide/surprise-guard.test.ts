import { expect } from 'chai';
import type { CaseOutcome } from '../../../../src/flakes/decide/case.ts';
import { decide } from '../../../../src/flakes/decide/decide.ts';
import type { ReadFailure } from '../../../../src/flakes/reading.ts';
import {
  aCase,
  aFailure,
  aFlake,
  flake,
  known,
  others,
  ruled,
  seen,
  vote,
  flaky,
  novel,
  measured,
} from './a-case.ts';

describe('the surprise guard', () => {
  const on = (count: number, failure = flaky) => [
    ...others(0, count - 1, failure),
    vote([failure]),
    measured(failure, 0),
  ];

  it('forgives one builder of forty at a known rate of one in three thousand, and not two', () => {
    expect(ruled(on(1)).action).to.equal('forgive');
    const two = ruled(on(2));
    expect(two.why).to.match(/2 of 40 builders show FLK-12/);
    expect(two.action).to.equal('fail');
  });

  it('forgives two builders where the rate is one in five hundred', () => {
    const often = aFlake({ evidence: { ...known, fleet: { failures: 24, runs: 12_000 } } });
    expect(ruled(on(2, often)).action).to.equal('forgive');
  });

  it('is silent where the run has one builder', () => {
    expect(decide(aCase([vote([flaky]), measured(flaky, 0)])).action).to.equal('forgive');
  });

  it('spares the measuring of what is surprising already', () => {
    expect(ruled([...others(0, 1), vote([flaky])]).action).to.equal('fail');
  });

  it('counts votes that are open among the builders, and none that can say nothing any more', () => {
    const rest = others(38, 1);
    const why = (outcome: CaseOutcome) =>
      decide(aCase([...rest.map((each, at) => (at < 10 ? { ...each, outcome } : each)), vote([flaky])])).why;
    expect(why('open')).to.match(/2 of 40 builders/);
    for (const outcome of ['infrastructure', 'timed-out', 'aborted', 'unheard'] as const)
      expect(why(outcome), outcome).to.match(/2 of 30 builders/);
  });

  it('counts neither another signature nor another failure as the same thing', () => {
    const signed = aFlake({ signature: { ...flake, id: 'FLK-13' }, file: 'test_ftp' });
    expect(ruled([...others(0, 1, signed), vote([flaky])]).action).to.equal('measure');
    const once = (file: string) => aFailure({ touched: true, evidence: seen, file });
    expect(ruled([...others(0, 1, once('test_ftp')), vote([once('test_ssl')])]).action).to.equal('measure');
  });

  it('holds a failure that is new to no rate, though its builder has a history', () => {
    const never = aFailure({ evidence: { ...known, failures: 0, fleet: { failures: 0, runs: 12_000 } } });
    expect(ruled([...others(0, 1, never), vote([never])]).action).to.equal('measure');
  });

  it('takes the rate from what is known: the most runs of a key, and nothing of a failure without one', () => {
    const often = { ...known, fleet: { failures: 600, runs: 12_000 } };
    const withRate = (failures: number, runs: number) =>
      aFlake({ evidence: { ...known, fleet: { failures, runs } } });
    const actionOf = (there: ReadFailure, here: ReadFailure) =>
      ruled([...others(0, 1, there), vote([here])]).action;
    expect(actionOf(aFlake({ evidence: null }), flaky)).to.equal('fail');
    expect(actionOf(aFlake({ evidence: often, excuseKey: null }), flaky)).to.equal('fail');
    expect(actionOf(withRate(5, 100), flaky)).to.equal('fail');
    expect(actionOf(flaky, withRate(5, 100))).to.equal('fail');
  });

  it('counts another test of the same signature as the same thing', () => {
    const other = aFlake({ file: 'test_ftp' });
    expect(ruled([...others(0, 1, other), vote([flaky]), measured(flaky, 0)]).action).to.equal('fail');
  });

  it('holds a known flake that needs a control to its rate, and nothing that is new or whose rate jumped', () => {
    const both = (failure: ReadFailure) => ruled([...others(0, 1, failure), vote([failure])]);
    expect(both(aFlake({ touched: true })).action).to.equal('fail');
    expect(both(aFailure({ touched: true, evidence: seen })).why).to.match(/2 of 40 builders show it/);
    expect(both(novel).action).to.equal('measure');
    expect(both(aFailure({ evidence: { ...seen, suspended: '9 hits today' } })).action).to.equal('measure');
  });

  it('finds nothing in a signature that one builder showed and the base never did in sixty days but surprise', () => {
    const never = aFlake({ evidence: { ...known, failures: 0, fleet: { failures: 0, runs: 20_000 } } });
    expect(ruled(on(1, never)).why).to.match(/1 of 40 builders/);
  });
});
