import { expect } from 'chai';
import fc from 'fast-check';
import { falseDiscovery } from '../../../../src/flakes/statistics/discovery.ts';
import {
  betaBinomialTail,
  binomialTail,
  hypergeometricTail,
} from '../../../../src/flakes/statistics/tails.ts';
import { exactBetaBinomial, exactBinomial, exactHypergeometric, toNumber, type Fraction } from './exact.ts';

function agree(found: number, exact: Fraction): void {
  const value = toNumber(exact);
  expect(Math.abs(found - value)).to.be.at.most(1e-11 * value);
}

describe('a tail', () => {
  const n = fc.integer({ min: 1, max: 60 });

  it('of a binomial agrees with whole numbers to eleven digits', () => {
    const share = fc.integer({ min: 1, max: 999 });
    fc.assert(
      fc.property(n, fc.nat(60), share, (trials, seen, mille) => {
        fc.pre(seen <= trials);
        agree(
          binomialTail(seen, trials, mille / 1000),
          exactBinomial(seen, trials, { over: BigInt(mille), under: 1000n }),
        );
      }),
    );
  });

  it('of a hypergeometric agrees with whole numbers to eleven digits', () => {
    fc.assert(
      fc.property(n, fc.nat(60), fc.nat(60), fc.nat(60), (all, marked, drawn, seen) => {
        fc.pre(marked <= all && drawn <= all);
        agree(
          hypergeometricTail(seen, { all, marked, drawn }),
          exactHypergeometric(seen, all, marked, drawn),
        );
      }),
    );
  });

  it('of a beta binomial agrees with whole numbers to nine digits', () => {
    const tenths = fc.integer({ min: 1, max: 40_000 });
    fc.assert(
      fc.property(n, fc.nat(60), tenths, tenths, (trials, seen, alpha, beta) => {
        fc.pre(seen <= trials);
        const found = betaBinomialTail(seen, trials, { alpha: alpha / 10, beta: beta / 10 });
        const exact = toNumber(exactBetaBinomial(seen, trials, alpha, beta));
        // What the logarithms of large gammas lose to rounding.
        expect(Math.abs(found - exact)).to.be.at.most(1e-9 * exact);
      }),
    );
  });

  it('of nothing seen is certain, and of more than there was is impossible', () => {
    expect([binomialTail(0, 5, 0.1), hypergeometricTail(0, { all: 5, marked: 2, drawn: 2 })]).to.deep.equal([
      1, 1,
    ]);
    expect([binomialTail(6, 5, 0.1), betaBinomialTail(6, 5, { alpha: 1, beta: 1 })]).to.deep.equal([0, 0]);
    expect([binomialTail(1, 5, 0), binomialTail(5, 5, 1)]).to.deep.equal([0, 1]);
  });

  it('gives Fisher the figures of FLAKES.md 6.4', () => {
    expect(hypergeometricTail(6, { all: 120, marked: 9, drawn: 8 })).to.be.closeTo(6e-7, 0.5e-7);
    expect(hypergeometricTail(2, { all: 120, marked: 5, drawn: 8 })).to.be.closeTo(0.035, 0.0005);
    expect(hypergeometricTail(4, { all: 120, marked: 4, drawn: 20 })).to.be.closeTo(6e-4, 0.5e-4);
  });
});

describe('the share of false discoveries', () => {
  /** By its definition: the smallest level at which the step-up rule rejects. */
  function byDefinition(values: readonly number[], index: number): number {
    const sorted = [...values].sort((one, other) => one - other);
    const levels = sorted.map((p, at) => (p * values.length) / (at + 1));
    const own = values[index]!;
    return Math.min(1, ...levels.filter((_, at) => sorted[at]! >= own));
  }

  it('is the smallest level at which the step-up rule rejects', () => {
    const p = fc.integer({ min: 0, max: 1000 }).map((mille) => mille / 1000);
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 30 }), (values) => {
        falseDiscovery(values).forEach((share, index) => {
          expect(share).to.be.closeTo(byDefinition(values, index), 1e-12);
        });
      }),
    );
  });

  it('is known of four values worked by hand', () => {
    const shares = falseDiscovery([0.01, 0.04, 0.03, 0.005]);
    expect(shares.map((share) => share.toFixed(3))).to.deep.equal(['0.020', '0.040', '0.040', '0.020']);
  });
});
