// What is kept of compiled patterns: the same hits with it, and nothing of it where it is of something else.

import { expect } from 'chai';
import type { KeptBytes } from '../../../../src/evidence/match/keep-prepared.ts';
import { loadLineEngine } from '../../../../src/evidence/match/load-line-engine.ts';
import type { LinePattern } from '../../../../src/flakes/signature/line-pattern.ts';
import { seededLog, seededPatterns } from '../../../bench/match-corpus.ts';

const log = seededLog(30_000, 3, 5);
const hard: readonly LinePattern[] = [
  { kind: 'regex', source: '^the' },
  { kind: 'regex', source: '\\d+$' },
  { kind: 'literal', text: 'ok' },
  { kind: 'literal', text: 'é' },
];
const patterns = [...seededPatterns(120, 5), ...hard];

/** What is kept in memory, and how often it was written. */
function memory(): KeptBytes & { content: Buffer | null; written: number } {
  return {
    content: null,
    written: 0,
    read() {
      return this.content;
    },
    write(bytes) {
      this.content = Buffer.from(bytes);
      this.written += 1;
    },
  };
}

async function hits(kept?: KeptBytes, wanted: readonly LinePattern[] = patterns): Promise<string[]> {
  const found: string[] = [];
  const compiled = (await loadLineEngine(kept)).compile(wanted);
  const one = compiled.matcher((pattern, line) => found.push(`${line}:${pattern}`));
  one.write(log);
  one.end();
  return found;
}

describe('what is kept of compiled patterns', () => {
  let plain: string[] = [];
  before(async () => {
    plain = await hits();
  });

  it('finds what the patterns themselves do', async () => {
    const kept = memory();

    expect(await hits(kept)).to.deep.equal(plain);
    expect(await hits(kept)).to.deep.equal(plain);
    expect(kept.written).to.equal(1);
    expect(plain.length).to.be.above(100);
  });

  it('is made anew for other patterns, of which one more is enough', async () => {
    const kept = memory();
    await hits(kept);
    const more: readonly LinePattern[] = [...patterns, { kind: 'literal', text: 'test_socket' }];

    expect(await hits(kept, more)).to.deep.equal(await hits(undefined, more));
    expect(kept.written).to.equal(2);
  });

  it('is made anew where other code, or nobody of ours, has written it', async () => {
    const kept = memory();
    await hits(kept);
    const text = kept.content?.toString('latin1') ?? '';
    for (const foreign of [
      text.replace(/"key":"[0-9a-f]/, (key) => `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`),
      '',
      '\n',
      'null\n',
      '{"key":1}',
    ]) {
      kept.content = Buffer.from(foreign, 'latin1');
      kept.written = 0;
      expect(await hits(kept)).to.deep.equal(plain);
      expect(kept.written, foreign.slice(0, 99)).to.equal(1);
    }
  });

  it('is not kept of a few patterns, which are ready as fast', async () => {
    const kept = memory();
    await hits(kept, hard);

    expect(kept.written).to.equal(0);
  });
});
