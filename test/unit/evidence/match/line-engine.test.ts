// The engine against the plainest one there is: each pattern on each line, by V8, on patterns that nobody wrote.

import { expect } from 'chai';
import fc from 'fast-check';
import { createLineEngine } from '../../../../src/evidence/match/line-engine.ts';
import { re2jsDriver } from '../../../../src/evidence/match/re2js-driver.ts';
import type { LinePattern } from '../../../../src/flakes/signature/line-pattern.ts';

/** One pattern in the two dialects; V8's sees each byte as a character. */
interface Twin {
  readonly ours: string;
  readonly v8: string;
}

const both = (source: string): Twin => ({ ours: source, v8: source });
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

const atom: fc.Arbitrary<Twin> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c', 'ab', 'abc', 'cab a', 'bcabcabcabca').map(both) },
  { weight: 1, arbitrary: fc.constant({ ours: '.', v8: '[^]' }) },
  { weight: 1, arbitrary: fc.constant({ ours: '(?:é)', v8: `(?:${latin1('é')})` }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('[ab]', '[^a]', '\\d', '\\W', '\\xc3', '[\\x80-\\xff]', '\\r').map(both),
  },
  { weight: 1, arbitrary: fc.constantFrom('^', '$', '\\b', '\\B').map(both) },
);

const { pattern } = fc.letrec<{ pattern: Twin; sequence: Twin; part: Twin }>((tie) => ({
  pattern: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((options) => ({
    ours: options.map((option) => option.ours).join('|'),
    v8: options.map((option) => option.v8).join('|'),
  })),
  sequence: fc.array(tie('part'), { minLength: 1, maxLength: 4 }).map((parts) => ({
    ours: parts.map((part) => part.ours).join(''),
    v8: parts.map((part) => part.v8).join(''),
  })),
  // No repeat without end of a repeat: V8 would not come back from some.
  part: fc.oneof(
    { maxDepth: 2 },
    fc
      .tuple(atom, fc.constantFrom('', '', '*', '+', '{2,}', '*?'))
      .map(([one, repeat]) => ({ ours: `(?:${one.ours})${repeat}`, v8: `(?:${one.v8})${repeat}` })),
    fc
      .tuple(tie('pattern'), fc.constantFrom('', '?', '{2}'))
      .map(([inside, repeat]) => ({ ours: `(?:${inside.ours})${repeat}`, v8: `(?:${inside.v8})${repeat}` })),
  ),
}));

const piece = fc.constantFrom(
  'a',
  'b',
  'c',
  'ab',
  'abc',
  'bcabcabcabca',
  'cab a',
  '1',
  ' ',
  '\n',
  '\n',
  '\r\n',
  '\r',
  '\xc3',
  '\xa9',
  '\xff',
  '\0',
);
const log = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'));

/** The lines without LF or CRLF, as text of bytes. */
function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString('latin1').split('\n');
  const last = lines.pop() ?? '';
  return [...lines.map((line) => line.replace(/\r$/, '')), ...(last === '' ? [] : [last])];
}

function expectedHits(twins: readonly Twin[], bytes: Buffer): string[] {
  return linesOf(bytes).flatMap((line, index) =>
    twins.flatMap(({ v8 }, number) => (new RegExp(v8).test(line) ? [`${index + 1}:${number}`] : [])),
  );
}

const engine = createLineEngine(re2jsDriver);

function foundHits(patterns: readonly LinePattern[], bytes: Buffer, chunk: number): string[] {
  const found: string[] = [];
  const matcher = engine.compile(patterns).matcher((number, line) => found.push(`${line}:${number}`));
  for (let at = 0; at < bytes.length; at += chunk) matcher.write(bytes.subarray(at, at + chunk));
  matcher.end();
  return found;
}

describe('the line engine, on drawn patterns and logs,', function () {
  this.timeout(60_000);

  const same = (fewest: number, most: number, numRuns: number): void => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: fewest, maxLength: most }),
        log,
        fc.integer({ min: 1, max: 40 }),
        (drawn, bytes, chunk) => {
          const twins = drawn.filter(({ ours }) => engine.refusal(ours) === null);
          const patterns = twins.map(({ ours }): LinePattern => ({ kind: 'regex', source: ours }));
          expect(foundHits(patterns, bytes, chunk)).to.have.members(expectedHits(twins, bytes));
        },
      ),
      { numRuns, seed: 20_251_120 },
    );
  };

  it('finds in each line what V8 finds in it alone, with few patterns', () => same(1, 4, 400));

  it('finds the same with so many that the lanes of words take part', () => same(20, 40, 60));
});
