import { expect } from 'chai';
import { logContent } from '../../../src/buildbot/log-content.ts';
import { WrongShape } from '../../../src/buildbot/read-json.ts';

/** Chunks that are buffers of their own, as an answer's are. */
function chunksOf(answer: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < answer.length; at += size) chunks.push(Buffer.from(answer.subarray(at, at + size)));
  return chunks;
}

function read(answer: string | Buffer, size = 65_536): { readonly text: string; readonly lines: number } {
  const { pieces, lines } = logContent(chunksOf(Buffer.from(answer), size));
  return { text: Buffer.concat(pieces).toString(), lines };
}

/** As Python's json writes it: nothing but ASCII. */
function escaped(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function answerWith(content: string): string {
  return `{\n "logchunks": [{"logid": 1, "content" : ${content}, "firstline": 0}], "meta": {"total": 1}}\n`;
}

const odd =
  'o"\\\b\f\n\r\t/\u0000\u001b[31m\\n\\\\n é€𝄞 \ud834x\udd1e\ud834\ud834\udd1e\n"content": "\\u0041\n\ud834';

describe('the text of an answer with a part of a log', () => {
  it('is what JSON says, wherever the chunks of the answer end', () => {
    for (const written of [escaped(odd), JSON.stringify(odd), '"\\u000A\\/\\uD834\\uDD1E"', '""']) {
      const text = Buffer.from(JSON.parse(written) as string).toString();
      const lines = text.split('\n').length - (text === '' || text.endsWith('\n') ? 1 : 0);
      for (const size of [1, 2, 3, 5, 7, 11, 64, 65_536])
        expect(read(answerWith(written), size), `${written} by ${size}`).to.deep.equal({ text, lines });
    }
  });

  it('lies in the chunks that came: no copy is made of what is large', () => {
    const line = `o${'x'.repeat(100)}`;
    const chunks = chunksOf(Buffer.from(answerWith(escaped(`${line}\n`.repeat(5_000)))), 65_536);
    const buffers = new Set(chunks.map(({ buffer }) => buffer));
    const { pieces } = logContent(chunks);

    const own = pieces.filter(
      ({ buffer, byteOffset }) => byteOffset === 0 && buffers.has(buffer as ArrayBuffer),
    );
    expect(own.length).to.be.at.least(pieces.length - 1);
  });

  it('is refused where the answer is cut at any byte, is no JSON, or has no text of a log', () => {
    const whole = answerWith(escaped(odd)).trimEnd();
    const wrong = [
      ...Array.from(whole, (_unit, at) => whole.slice(0, at)),
      answerWith('"\\x41"'),
      answerWith('"\\u00g1"'),
      answerWith('"a\nb"'),
      answerWith('null'),
      '{"logchunks": []}',
      '{"logs": [{"content": "text"}]}',
      '{"logchunks": [{"content": "a"',
      ' '.repeat(100_000),
      `${whole}${' '.repeat(100_000)}`,
      '<html>"content": "text"</html>',
    ];
    for (const answer of wrong)
      for (const size of [7, 65_536])
        expect(() => read(answer, size), answer.slice(0, 99)).to.throw(WrongShape);
  });
});
