import { expect } from 'chai';
import fc from 'fast-check';
import { fitsGlob } from '../../../../src/flakes/signature/glob.ts';

describe('a glob over a value', () => {
  it('takes the whole value, * for any text and ? for one character', () => {
    expect(fitsGlob('test_http*.KeepAlive.*', 'test_httplib.KeepAlive.test_a')).to.equal(true);
    expect(fitsGlob('test_http', 'test_httplib')).to.equal(false);
    expect(fitsGlob('*lib', 'test_httplib')).to.equal(true);
    expect(fitsGlob('a?c', 'a💥c')).to.equal(true);
    expect(fitsGlob('a.c', 'abc')).to.equal(false);
    expect(fitsGlob('ab*ba', 'aba')).to.equal(false);
    expect(fitsGlob('*', '')).to.equal(true);
  });

  it('agrees with a regex on short texts', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '\n'), maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 6 });
    fc.assert(
      fc.property(glob, text, (pattern, value) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^]*').replaceAll('?', '[^]');
        expect(fitsGlob(pattern, value)).to.equal(new RegExp(`^${source}$`).test(value));
      }),
    );
  });

  it('does not take long for a hostile glob', () => {
    const started = performance.now();

    expect(fitsGlob(`${'*a'.repeat(400)}b`, 'a'.repeat(20_000))).to.equal(false);
    expect(performance.now() - started).to.be.lessThan(1_000);
  });
});
