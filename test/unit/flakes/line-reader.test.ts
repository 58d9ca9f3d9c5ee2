// Bytes to lines: chunks that end anywhere, prefixes, escapes, cut and endless lines.

import { expect } from 'chai';
import { guessFormat } from '../../../src/flakes/guess-format.ts';
import { createLineReader } from '../../../src/flakes/line-reader.ts';
import type { LogFormat } from '../../../src/flakes/line.ts';

function linesOf(bytes: Uint8Array | string, format: LogFormat | 'auto' = 'raw', chunk = 1 << 20) {
  const lines: { number: number; header: boolean; text: string }[] = [];
  const reader = createLineReader({ format, onLine: (line) => void lines.push(line) });
  const all = Buffer.from(bytes);
  for (let at = 0; at < all.length; at += chunk) reader.write(all.subarray(at, at + chunk));
  return { count: reader.end(), lines, texts: lines.map(({ text }) => text) };
}

describe('the line reader', () => {
  it('takes off one character of the prefix, even where the text begins with the same letter', () => {
    expect(linesOf('eerror: x\nooh\nhhello\n', 'contents').lines).to.deep.equal([
      { number: 1, header: false, text: 'error: x' },
      { number: 2, header: false, text: 'oh' },
      { number: 3, header: true, text: 'hello' },
    ]);
  });

  it('takes no line of a raw log for a header', () => {
    expect(linesOf('hello\n', 'raw').lines).to.deep.equal([{ number: 1, header: false, text: 'hello' }]);
  });

  it('gives out a last line without a newline, and characters that a chunk cut in two', () => {
    expect(linesOf('añ\n€x', 'raw', 1).texts).to.deep.equal(['añ', '€x']);
  });

  it('reads on behind bytes that are no UTF-8', () => {
    expect(linesOf(Buffer.from([0x61, 0xff, 0xc3, 0x0a, 0x62])).texts).to.deep.equal(['a\ufffd\ufffd', 'b']);
  });

  it('takes off colours, and parts a progress bar at its returns without losing a piece', () => {
    const { lines } = linesOf(
      '\u001b[1;31mFAIL\u001b[0m: x\r\n\r\n10 %\r20 %\rdone\r\n\u001b]0;title\u0007y\n',
    );

    expect(lines.map(({ number, text }) => `${number} ${text}`)).to.deep.equal([
      '1 FAIL: x',
      '2 ',
      '3 10 %',
      '3 20 %',
      '3 done',
      '4 y',
    ]);
  });

  it('keeps 64 KiB of a line of megabytes, and counts on behind it', () => {
    const { lines } = linesOf(`${'x'.repeat(3 << 20)}\nnext\n`, 'raw', 4_096);

    expect(lines.map(({ number, text }) => [number, text.length])).to.deep.equal([
      [1, 65_536],
      [2, 4],
    ]);
  });

  it('finds out the format of a log, of an excerpt that begins within a line, and of words that look like prefixes', () => {
    expect(guessFormat('hpython -m test\noFAIL\no\nh\n')).to.equal('contents');
    expect(guessFormat('cut line\noa\nob\noc\noTraceback\nod')).to.equal('contents');
    expect(guessFormat('Builder: x\noa\n')).to.equal('raw');
    expect(guessFormat('error: one\nexit 2\n')).to.equal('raw');
    expect(guessFormat('oTraceback (most recent call last):\no  File "x"\n')).to.equal('contents');
    expect(guessFormat('')).to.equal('raw');
  });
});
