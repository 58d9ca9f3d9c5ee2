import { expect } from 'chai';
import { gzipSync } from 'node:zlib';
import type { BuildId } from '../../../src/gate/ids.ts';
import type { NextLines } from '../../../src/buildbot/log-pages.ts';
import { clientOf, json, startLyingMaster } from './lying-master.ts';
import type { Client, LyingMaster } from './lying-master.ts';

const textOf = ({ pieces }: NextLines): string => Buffer.concat(pieces).toString();

describe('the pages of a log', () => {
  let liar: LyingMaster;
  let client: Client;
  let lines: readonly string[];
  let gone: boolean;

  beforeEach(async () => {
    gone = false;
    liar = await startLyingMaster(({ url }, response) => {
      if (gone) {
        json(response, { error: 'not found' }, 404);
        return;
      }
      const { searchParams } = new URL(url, 'http://x');
      const offset = Number(searchParams.get('offset'));
      const part = lines.slice(offset, offset + Number(searchParams.get('limit')));
      json(response, { logchunks: [{ content: part.map((line) => `${line}\n`).join('') }] });
    });
    client = clientOf(liar.url);
  });
  afterEach(async () => {
    await client.master.close();
    await liar.close();
  });

  const read = async (claimed = lines.length, from = 0): Promise<string[]> => {
    const row = { id: 9, slug: 'stdio', type: 's', lines: claimed, complete: true };
    const pieces: string[] = [];
    for await (const piece of client.master.logPages(row, from)) pieces.push(Buffer.from(piece).toString());
    return pieces;
  };
  const whole = (from = 0): string =>
    lines
      .slice(from)
      .map((line) => `${line}\n`)
      .join('');

  it('give every line once, in pages that grow while lines are short', async () => {
    lines = Array.from({ length: 9_000 }, (_, at) => `oline ${at}`);
    expect((await read()).join('')).to.equal(whole());
    expect(liar.seen.length).to.be.lessThan(5);
    expect((await read(lines.length, 8_990)).join('')).to.equal(whole(8_990));
  });

  it('get smaller where lines are long, and never hold more than an answer may', async () => {
    lines = Array.from({ length: 1_300 }, (_, at) => `o${at} ${'\u0001'.repeat(at < 1_000 ? 3 : 4_000)}`);
    expect((await read()).join('')).to.equal(whole());
  });

  it('come as pieces that may be given away, also where a proxy packs them', async () => {
    lines = Array.from({ length: 2_000 }, (_, at) => `oline ${at} é`);
    liar.answer(({ url }, response) => {
      const { searchParams } = new URL(url, 'http://x');
      const offset = Number(searchParams.get('offset'));
      const part = lines.slice(offset, offset + Number(searchParams.get('limit'))).map((line) => `${line}\n`);
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      const packed = gzipSync(JSON.stringify({ logchunks: [{ content: part.join('') }] }));
      // What unpacks them has its buffer filled by one part after another.
      const parts = [0, 500, 1_000, 1_500].map((at) =>
        packed.subarray(at, at === 1_500 ? undefined : at + 500),
      );
      const next = (): void => {
        const part = parts.shift();
        if (part === undefined) response.end();
        else response.write(part, () => setImmediate(next));
      };
      next();
    });
    const row = { id: 9, slug: 'stdio', type: 's', lines: lines.length, complete: true };
    let text = '';
    for await (const piece of client.master.logPages(row, 0))
      text += Buffer.from(structuredClone(piece, { transfer: [piece.buffer as ArrayBuffer] })).toString();

    expect(text).to.equal(whole());
  });

  it('say so where lines are missing', async () => {
    lines = ['ha', 'ob'];
    const error: unknown = await read(5).catch((refused: unknown) => refused);
    expect(error)
      .to.be.an('error')
      .with.property('message')
      .that.includes('ends at line 2 and should have 5');
  });

  it('ask for nothing of an empty log', async () => {
    lines = [];
    expect(await read()).to.deep.equal([]);
    expect(liar.seen).to.have.length(0);
  });

  describe('that still grows', () => {
    it('are the next lines by the step or by its name, one call each, and none where nothing is new', async () => {
      lines = Array.from({ length: 3_010 }, (_, at) => `oline ${at}`);
      const first = await client.master.nextLines({ kind: 'step', step: 9 }, 0);
      const named = { kind: 'named', build: 3 as BuildId, step: 'test' } as const;
      const second = await client.master.nextLines(named, first.lines);
      const third = await client.master.nextLines(named, 3_010);

      expect([first.lines, first.full, second.lines, second.full]).to.deep.equal([3_000, true, 10, false]);
      expect(textOf(first) + textOf(second)).to.equal(whole());
      expect(third).to.deep.equal({ pieces: [], lines: 0, full: false });
      expect(liar.seen.map(({ url }) => url.split('?')[0])).to.deep.equal([
        '/api/v2/steps/9/logs/stdio/contents',
        '/api/v2/builds/3/steps/test/logs/stdio/contents',
        '/api/v2/builds/3/steps/test/logs/stdio/contents',
      ]);
    });

    it('are fewer where they are long, and none where the step has not begun', async () => {
      lines = Array.from({ length: 200 }, () => `o${'\u0001'.repeat(4_000)}`);
      const long = await client.master.nextLines({ kind: 'step', step: 9 }, 0);
      gone = true;
      const none = await client.master.nextLines({ kind: 'step', step: 9 }, 0);

      expect(long.full).to.equal(true);
      expect(whole().startsWith(textOf(long))).to.equal(true);
      expect(none).to.deep.equal({ pieces: [], lines: 0, full: false });
    });
  });
});
