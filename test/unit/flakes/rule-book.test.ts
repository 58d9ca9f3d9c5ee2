// One walk over a line must find the same rules as looking for each hint.

import { expect } from 'chai';
import { createRuleBook } from '../../../src/flakes/rule-book.ts';
import type { Rule } from '../../../src/flakes/tool.ts';

const rule = (hint: string): Rule => ({ hint, pattern: /^/, take: () => true });

function tried(hints: readonly string[], text: string): string[] {
  const found: string[] = [];
  createRuleBook(hints.map(rule))(text, ({ hint }) => {
    found.push(hint);
    return false;
  });
  return found;
}

describe('the book of rules', () => {
  // More rules than two words of bits have: some share one.
  const fillers = Array.from({ length: 90 }, (_none, at) => `filler ${at} of`);
  const hints = ['', ']', ': ', 'Killed', 'é\u2019', 'OK', ...fillers, 'the end', 'x'];

  it('tries each rule whose hint the line has, in order, wherever it stands', () => {
    for (const text of [
      '',
      ']',
      'x',
      'KilledKilled',
      'a: b]',
      'é\u2019 OK',
      'this is the end',
      'filler 3 of filler 89 of: x',
      '\u{1f600}: OK',
    ]) {
      expect(tried(hints, text), text).to.deep.equal(hints.filter((hint) => text.includes(hint)));
    }
  });

  it('stops at the rule that takes the line', () => {
    const found: string[] = [];
    createRuleBook(['a', 'b', 'c'].map(rule))('abc', ({ hint }) => {
      found.push(hint);
      return hint === 'b';
    });

    expect(found).to.deep.equal(['a', 'b']);
  });
});
