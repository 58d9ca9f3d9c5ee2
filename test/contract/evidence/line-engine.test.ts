// Both libraries keep one contract, with each other and with ripgrep.

import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLineEngine } from '../../../src/evidence/match/line-engine.ts';
import { loadLineEngine } from '../../../src/evidence/match/load-line-engine.ts';
import { re2jsDriver } from '../../../src/evidence/match/re2js-driver.ts';
import type { LineEngine, LinePattern } from '../../../src/flakes/signature/line-pattern.ts';
import { seededLog, seededPatterns } from '../../bench/match-corpus.ts';
import { describeLineEngine, hits } from './line-engine-suite.ts';

const run = promisify(execFile);
const inJavaScript = createLineEngine(re2jsDriver);

/** `line:pattern` as ripgrep finds it, pattern by pattern. */
async function byRipgrep(file: string, pattern: LinePattern, index: number): Promise<string[]> {
  const wanted = pattern.kind === 'literal' ? ['-F', '-e', pattern.text] : ['-e', pattern.source];
  const args = ['--no-config', '--no-unicode', '--crlf', '-a', '-n', '--no-filename', ...wanted, file];
  try {
    const { stdout } = await run('rg', args, {
      maxBuffer: 64 * 1024 * 1024,
      encoding: 'latin1',
      timeout: 20_000,
    });
    const lines = stdout.split('\n').filter((line) => /^\d+:/.test(line));
    return [...new Set(lines.map((line) => `${line.slice(0, line.indexOf(':'))}:${index}`))];
  } catch (error) {
    // 1: nothing found.
    if (error instanceof Error && 'code' in error && error.code === 1) return [];
    throw error;
  }
}

describe('the line engines', function () {
  this.timeout(60_000);

  let here: LineEngine = inJavaScript;
  before(async () => {
    here = await loadLineEngine();
  });

  describeLineEngine('re2 where it was compiled', () => here);
  describeLineEngine('re2js', () => inJavaScript);

  it('find the same (line, pattern) pairs as ripgrep does pattern by pattern, for every split of the log', async () => {
    const patterns = seededPatterns(120, 7);
    const log = seededLog(400_000, 7, 4);
    const folder = await mkdtemp(join(tmpdir(), 'gearbridge-match-'));
    try {
      const file = join(folder, 'log');
      await writeFile(file, log);
      const expected: string[] = [];
      for (const [index, pattern] of patterns.entries())
        expected.push(...(await byRipgrep(file, pattern, index)));

      expect(expected.length).to.be.greaterThan(100);
      for (const chunk of [1, 7, 4_096, 1_048_576])
        expect(hits(here, patterns, log, chunk), `chunks of ${chunk}`).to.have.members(expected);
      expect(hits(inJavaScript, patterns, log), 're2js').to.have.members(expected);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
