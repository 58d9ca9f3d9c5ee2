// Text from outside, made fit to be shown.

import { expect } from 'chai';
import fc from 'fast-check';
import { clip, oneLine, visible } from '../../../src/views/text.ts';

describe('text from outside', () => {
  it('has its control characters written out, C1, bidirectional overrides and half characters too', () => {
    expect(visible('a\u001b[2J\u009b\r\n\t\u202e\ud800')).to.equal(
      'a\\x1b[2J\\x9b\\r\\n\\t\\u{202e}\\u{d800}',
    );
    expect(visible('Grüße, 世界 🎉')).to.equal('Grüße, 世界 🎉');
  });

  it('is one bounded line without control characters, whatever it was, and reads the same the second time', () => {
    const any = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 100 }), (text, max) => {
        const line = oneLine(text, max);
        expect(line.length).to.be.at.most(max);
        expect(line).to.not.match(/[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e]/u);
        expect(oneLine(line, max)).to.equal(line);
      }),
    );
  });

  it('is never cut through a character', () => {
    expect(clip('ab🎉cd', 4)).to.equal('ab…');
    expect(clip('ab🎉', 4)).to.equal('ab🎉');
  });
});
