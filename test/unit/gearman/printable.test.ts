import { expect } from 'chai';
import fc from 'fast-check';
import { printable, reasonOf } from '../../../src/gearman/printable.ts';

describe('text of a server in a log line', () => {
  it('shows what is not plain and visible as its code', () => {
    expect(printable('a\x1b[31m\r\nü\u202e')).to.equal('a\\x1b[31m\\x0d\\x0a\\xfc\\u202e');
  });

  it('is plain ASCII of bounded length whatever came', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(printable(text, 50)).to.match(/^[\x20-\x7e]{0,350}$/);
      }),
    );
  });

  it('says how long it was where it is cut', () => {
    expect(printable('x'.repeat(300), 3)).to.equal('xxx... (300 characters)');
  });

  it('gives what was thrown as one line', () => {
    expect(reasonOf(new Error('a\nb'))).to.equal('a\\x0ab');
    expect(reasonOf('text')).to.equal('text');
  });
});
