import { expect } from 'chai';
import fc from 'fast-check';
import { isGlob, matchesAny, matchesGlob } from '../../../src/fleet/glob.ts';

/** The obvious matcher, exponential and therefore only for short texts. */
function matchesByDefinition(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    return (
      matchesByDefinition(pattern.slice(1), text) ||
      (text !== '' && matchesByDefinition(pattern, text.slice(1)))
    );
  }
  return (
    text !== '' &&
    (pattern.startsWith('?') || pattern[0] === text[0]) &&
    matchesByDefinition(pattern.slice(1), text.slice(1))
  );
}

describe('globs', () => {
  const table: [string, string, boolean][] = [
    ['*Debian*', 'AMD64 Debian 3.x', true],
    ['*debian*', 'AMD64 Debian 3.x', false],
    ['debian-?', 'debian-1', true],
    ['debian-?', 'debian-12', false],
    ['debian-?', 'debian-', false],
    ['?', '\u{1F40D}', true],
    ['', '', true],
    ['', 'x', false],
    ['*', '', true],
    ['**', 'x', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-b-b-c-', false],
    ['AMD64.*', 'AMD64xDebian', false],
    ['[ab]', 'a', false],
    ['a+(b)|^$', 'a+(b)|^$', true],
  ];
  for (const [pattern, text, matches] of table) {
    it(`says ${matches} for ${JSON.stringify(pattern)} and ${JSON.stringify(text)}`, () => {
      expect(matchesGlob(pattern, text)).to.equal(matches);
    });
  }

  it('agree with the definition of * and ? on all short texts', () => {
    const letters = fc.constantFrom('a', 'b', '*', '?');
    const word = fc.string({ unit: letters, maxLength: 8 });
    fc.assert(
      fc.property(word, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (pattern, text) => {
        expect(matchesGlob(pattern, text)).to.equal(matchesByDefinition(pattern, text));
      }),
      { numRuns: 2000 },
    );
  });

  it('answer a pattern made to backtrack in far less than a second', () => {
    const before = performance.now();
    expect(matchesGlob('*a'.repeat(100) + 'b', 'a'.repeat(10_000))).to.equal(false);
    expect(performance.now() - before).to.be.below(1000);
  });

  it('match any of a list, and nothing of an empty one', () => {
    expect(matchesAny(['x', 'b*'], 'bc')).to.equal(true);
    expect(matchesAny([], '')).to.equal(false);
  });

  it('know a name from a pattern', () => {
    expect(['main', '3.1?', 'release-*'].map(isGlob)).to.deep.equal([false, true, true]);
  });
});
