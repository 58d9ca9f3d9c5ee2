import { expect } from 'chai';
import { readErrorAnswer } from '../../../src/buildbot/error-answer.ts';
import { oneLine } from '../../../src/buildbot/one-line.ts';

describe('an error answer', () => {
  const rows: readonly (readonly [string, string, object])[] = [
    [
      'names fields where its message is an object',
      `{"error":{"code":-32602,"message":{"gate_job":"'Gate job id' needs to be specified","b":"bad"}}}`,
      { kind: 'fields', sentence: "gate_job: 'Gate job id' needs to be specified; b: bad" },
    ],
    [
      'has a code and a sentence otherwise',
      `{"error":{"code":-32603,"message":"AttributeError(x)"},"id":1}`,
      { kind: 'rpc', code: -32603, sentence: 'AttributeError(x)' },
    ],
    [
      'has no code where the origin is invalid',
      `{"error":{"message":"invalid origin"}}`,
      { kind: 'plain', sentence: 'invalid origin' },
    ],
    [
      'is a bare text for a bad path',
      `{"error":"Invalid path: nope"}`,
      { kind: 'plain', sentence: 'Invalid path: nope' },
    ],
    ['is foreign when it is empty', ' \n', { kind: 'foreign', sentence: 'an empty answer' }],
    [
      'is foreign when it is a page',
      '<html>502</html>',
      { kind: 'foreign', sentence: "not an answer of Buildbot's: <html>502</html>" },
    ],
    [
      'is foreign when error is a number',
      '{"error":5}',
      { kind: 'foreign', sentence: `not an answer of Buildbot's: {"error":5}` },
    ],
  ];
  for (const [title, body, expected] of rows) {
    it(title, () => {
      expect(readErrorAnswer(body)).to.deep.equal(expected);
    });
  }

  it('is one bounded line without control characters, whatever stood in it', () => {
    const message = { field: `two\r\nlines \u001b[31m${'x'.repeat(5000)}` };
    const answer = readErrorAnswer(JSON.stringify({ error: { code: 1, message } }));
    expect(answer.sentence).to.match(/^field: two lines \\u\{1b\}\[31mx+…$/);
    expect(answer.sentence.length).to.be.at.most(500);
  });
});

describe('one line', () => {
  it('makes what cannot be seen visible', () => {
    expect(oneLine('a\u0000b\u202ec\u2028d\u0085e\ud800f', 100)).to.equal(
      'a\\u{0}b\\u{202e}c\\u{2028}d\\u{85}e\\u{d800}f',
    );
  });
  it('leaves other text alone, up to its length', () => {
    expect(oneLine('  grün  and\n 猫 ', 100)).to.equal('grün and 猫');
    expect(oneLine('x'.repeat(10), 10)).to.equal('x'.repeat(10));
    expect(oneLine('x'.repeat(11), 10)).to.equal(`${'x'.repeat(9)}…`);
  });
});
