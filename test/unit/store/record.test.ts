import { expect } from 'chai';
import fc from 'fast-check';
import { printable, seal, sortable, unseal } from '../../../src/store/ordered/record.ts';
import { StoreError } from '../../../src/store/store-error.ts';

describe('a stored record', () => {
  it('comes back as it was, whatever JSON it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(unseal('k', seal(value))).to.deep.equal(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is refused with its key when one character of it has changed', () => {
    const text = seal({ word: 'FAILURE', at: 12 });
    for (let at = 0; at < text.length; at++) {
      const damaged = text.slice(0, at) + (text[at] === '1' ? '2' : '1') + text.slice(at + 1);
      expect(() => unseal('run/\u001b1', damaged), damaged).to.throw(StoreError, '"run/\\u001b1" is damaged');
    }
  });

  it('is refused when it is cut, or empty', () => {
    for (const text of ['', 'a', seal({ a: 1 }).slice(0, -1), seal({ a: 1 }).slice(0, 8)]) {
      expect(() => unseal('k', text)).to.throw(StoreError, 'damaged');
    }
  });

  it('has numbers in its key that sort as text as they do as numbers', () => {
    const number = fc.maxSafeNat();
    fc.assert(
      fc.property(number, number, (one, other) => {
        expect(sortable(one, 'it') < sortable(other, 'it')).to.equal(one < other);
      }),
    );
  });

  for (const value of [-1, 1.5, NaN, Infinity, 2 ** 53]) {
    it(`refuses ${value} as a number of its key`, () => {
      expect(() => sortable(value, 'the arrival')).to.throw(StoreError, `the arrival is ${value}, expected`);
    });
  }

  it('has its key shown in one line of bounded length', () => {
    expect(printable(`a\n${'x'.repeat(1000)}`))
      .to.match(/^"a\\nx+\.\.\."$/)
      .and.have.length.below(220);
  });
});
