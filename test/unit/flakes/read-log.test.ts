// What must come out of excerpts of every format that is known, whatever the chunks.

import { expect } from 'chai';
import { endings } from './endings.ts';
import { excerpts as formats } from './excerpts.ts';
import { quirks } from './quirks.ts';
import { quoted } from './quoted.ts';
import { runnerFormats } from './runner-formats.ts';
import { brief, read } from './read.ts';

const excerpts = [...formats, ...quirks, ...endings, ...quoted, ...runnerFormats];

function prefixed(log: string): string {
  return log.replace(/^/gm, 'o').replace(/\no$/, '\n');
}

describe('the log reader', () => {
  for (const { title, log, expected, format } of excerpts) {
    it(`reads ${title}`, async () => {
      expect(brief(await read(log, { format: format ?? 'raw' }))).to.deep.equal(expected);
    });
  }

  it('gives the same in contents and raw format, found out by itself, with CRLF and colours', async () => {
    for (const { log, expected, title, format } of excerpts) {
      if (format !== undefined) continue;
      const colored = log.replace(/^(\S)/gm, '\u001b[31m$1\u001b[0m').replaceAll('\n', '\r\n');

      expect(brief(await read(prefixed(log), { format: 'contents' })), title).to.deep.equal(expected);
      expect(brief(await read(colored, { format: 'raw' })), title).to.deep.equal(expected);
    }
  });

  it('gives the same failures, to the last field, for chunks of 1, 7 and 4,096 bytes', async () => {
    const log = excerpts
      .filter(({ format }) => format === undefined)
      .map((one) => one.log)
      .join('\n');
    const whole = await read(log, { format: 'raw' });

    expect(whole).to.have.length.greaterThan(10);
    for (const chunk of [1, 7, 4_096]) {
      expect(await read(log, { format: 'raw', chunk }), String(chunk)).to.deep.equal(whole);
    }
  });
});
