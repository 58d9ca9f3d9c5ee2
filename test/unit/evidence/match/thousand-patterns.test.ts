// A thousand patterns of the shapes that people write, as many as `npm run bench -- --only match-same` compares with ripgrep on far longer
// logs: here with V8, each pattern alone on each line.

import { expect } from 'chai';
import { loadLineEngine } from '../../../../src/evidence/match/load-line-engine.ts';
import type { CompiledLines, LinePattern } from '../../../../src/flakes/signature/line-pattern.ts';
import { seededLog, seededPatterns } from '../../../bench/match-corpus.ts';

const patterns = seededPatterns(1_000, 7);
const log = Buffer.concat([
  seededLog(40_000, 11, 1),
  Buffer.from('rc=-1\xff\n12 34 -5\r\n\n0x12345f\xc3\n', 'latin1'),
  seededLog(60_000, 12, 1),
]);

function alone(pattern: LinePattern): (line: string) => boolean {
  if (pattern.kind === 'literal') return (line) => line.includes(pattern.text);
  const folds = pattern.source.startsWith('(?i)');
  const regex = new RegExp(folds ? pattern.source.slice(4) : pattern.source, folds ? 'i' : '');
  return (line) => regex.test(line);
}

function expectedPairs(): string[] {
  const lines = log.toString('latin1').split('\n').slice(0, -1);
  const bare = lines.map((line) => line.replace(/\r$/, ''));
  return patterns
    .flatMap((pattern, number) => {
      const test = alone(pattern);
      return bare.flatMap((line, index) => (test(line) ? [`${index + 1}:${number}`] : []));
    })
    .sort();
}

function foundPairs(compiled: CompiledLines, size: number): string[] {
  const found: string[] = [];
  const matcher = compiled.matcher((number, line) => found.push(`${line}:${number}`));
  for (let at = 0; at < log.length; at += size) matcher.write(log.subarray(at, at + size));
  matcher.end();
  return found.sort();
}

describe('a thousand patterns at once', function () {
  this.timeout(60_000);

  it('occur on the lines on which each alone does, in chunks of any size', async () => {
    const expected = expectedPairs();
    const compiled = (await loadLineEngine()).compile(patterns);

    expect(expected.length).to.be.above(1_000);
    for (const size of [1, 7, 4_096, 1_048_576])
      expect(foundPairs(compiled, size), `chunks of ${size}`).to.deep.equal(expected);
  });
});
