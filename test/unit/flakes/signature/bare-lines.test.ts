import { expect } from 'chai';
import fc from 'fast-check';
import { withoutEscapes } from '../../../../src/flakes/line.ts';
import { bareLines } from '../../../../src/flakes/signature/bare-lines.ts';

function bare(format: 'contents' | 'raw', log: Uint8Array, size: number): Buffer {
  const pieces: Buffer[] = [];
  const lines = bareLines(format, {
    write: (chunk) => void pieces.push(Buffer.from(chunk)),
    end: () => undefined,
  });
  for (let at = 0; at < log.length; at += size) lines.write(log.slice(at, at + size));
  lines.end();
  return Buffer.concat(pieces);
}

const logs = fc
  .array(
    fc.constantFrom(
      'o',
      'e',
      'h',
      'x',
      '\n',
      '\r\n',
      '\u001b',
      '\u001b[31m',
      '\u001b[',
      '\u001b]0;t\u0007',
      '\u001b]0;',
      '[',
      'm',
      'é',
      '7',
      '\u0000',
    ),
    {
      maxLength: 40,
    },
  )
  .map((parts) => parts.join(''));

describe('bare lines', () => {
  it('are those of the text, line by line, whatever the chunks', () => {
    fc.assert(
      fc.property(
        logs,
        fc.constantFrom(1, 3, 7, 1_000),
        fc.constantFrom('contents' as const, 'raw' as const),
        (log, size, format) => {
          const letter = /^[oeh]/;
          const lines = Buffer.from(log).toString('latin1').split('\n');
          const expected = lines.map((line) =>
            withoutEscapes(format === 'contents' ? line.replace(letter, '') : line),
          );
          expect(bare(format, Buffer.from(log), size).toString('latin1')).to.equal(expected.join('\n'));
        },
      ),
    );
  });

  it('keep bytes that are no text, and do not wait for the end of a sequence that has none', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0x00, 0x1b, 0x5d]), Buffer.alloc(5_000, 0x41)]);

    expect(bare('raw', bytes, 100).subarray(0, 3)).to.deep.equal(Buffer.from([0xff, 0xfe, 0x00]));
    expect(bare('raw', bytes, 100).length).to.be.within(4_700, 4_760);
  });
});
