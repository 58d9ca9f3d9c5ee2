// What a line engine has to do, whatever library does it (FLAKES.md 6.1, "Exactly").

import { expect } from 'chai';
import type { LineEngine, LinePattern } from '../../../src/flakes/signature/line-pattern.ts';

export const regex = (source: string): LinePattern => ({ kind: 'regex', source });
export const literal = (text: string): LinePattern => ({ kind: 'literal', text });

/** All hits as `line:pattern`, in the order of lines and then of patterns; the log goes in by chunks of so many bytes. */
export function hits(
  engine: LineEngine,
  patterns: readonly LinePattern[],
  log: Buffer,
  chunk = 65_536,
): string[] {
  const found: [number, number][] = [];
  const matcher = engine.compile(patterns).matcher((pattern, line) => found.push([line, pattern]));
  for (let at = 0; at < log.length; at += chunk) matcher.write(log.subarray(at, at + chunk));
  matcher.end();
  const lines = found.map(([line]) => line);
  expect(lines, 'the order of lines').to.deep.equal(lines.toSorted((one, other) => one - other));
  return found
    .toSorted(([line, pattern], [otherLine, otherPattern]) => line - otherLine || pattern - otherPattern)
    .map(([line, pattern]) => `${line}:${pattern}`);
}

const refused: readonly (readonly [string, RegExp])[] = [
  ['(?=a)b', /look-around/],
  ['a(?!b)', /look-around/],
  ['(?<=a)b', /look-around/],
  ['(?<!a)b', /look-around/],
  ['(a)\\1', /back-reference/],
  ['(?s)a.b', /\(\?s\)/],
  ['(?i-m:x)(?is:a.b)', /\(\?s\)/],
  ['\\C', /\\C/],
  ['\\pL', /bytes/],
  ['[é]', /more than one byte/],
  ['\\x{100}', /more than one byte/],
  ['a**', /repeats a repeat/],
  ['*a', /nothing before/],
  ['(a', /no end/],
  ['a)', /closes nothing/],
  ['[a', /no end/],
  ['[b-a]', /backwards/],
  ['[[:letters:]]', /no class/],
  ['\\Z', /no escape/],
  ['a\\', /backslash/],
  ['(?P<n>a)(?P<n>b)', /twice/],
  ['x{1001}', /repeat/],
  ['x{3,2}', /repeat/],
  ['(?:(?:a{100}){100}){100}', /states/],
  ['(?>a)', /no group/],
  ['('.repeat(500) + ')'.repeat(500), /groups in each other/],
  ['a'.repeat(5_000), /longer/],
];

function matchesLines(engine: LineEngine): void {
  it('finds each pattern once in each line that holds it, with lines counted from 1', () => {
    const log = Buffer.from('one\ntwo two\n\nthree\n');

    expect(hits(engine, [literal('two'), regex('t[wh]'), literal('absent')], log)).to.deep.equal([
      '2:0',
      '2:1',
      '4:1',
    ]);
  });

  it('ends lines with LF or CRLF, or with the end of the log, and takes no empty line after the last', () => {
    const log = Buffer.from('ab\r\ncab\nab\r\r\n\r\n\nab');

    expect(hits(engine, [regex('^ab$'), regex('^ab\r$'), regex('^$')], log)).to.deep.equal([
      '1:0',
      '3:1',
      '4:2',
      '5:2',
      '6:0',
    ]);
    expect(hits(engine, [regex('^ab\r$'), regex('^$')], Buffer.from('ab\r')), 'a CR alone').to.deep.equal([
      '1:0',
    ]);
    expect(hits(engine, [regex('^$')], Buffer.alloc(0))).to.deep.equal([]);
  });

  it('takes ^ and $ for the ends of the line only, also with (?m), \\A and \\z', () => {
    const log = Buffer.from('b ab\nab\n');

    for (const source of ['^ab$', '(?m)^ab$', '\\Aab\\z', '(?:^)ab(?:$|x)'])
      expect(hits(engine, [regex(source)], log), source).to.deep.equal(['2:0']);
  });

  it('knows the classes of ASCII only, and . as any byte', () => {
    const log = Buffer.concat([
      Buffer.from('aéb\n'),
      Buffer.from([0x61, 0xff, 0x62, 0x0a]),
      Buffer.from('a\0b\n'),
    ]);

    expect(hits(engine, [regex('^a.b$'), regex('^a..b$'), regex('a\\b'), regex('a\\wb')], log)).to.deep.equal(
      ['1:1', '1:2', '2:0', '2:2', '3:0', '3:2'],
    );
    expect(hits(engine, [regex('a[^x]b'), regex('a\\Wb'), regex('a[\\x80-\\xff]b')], log)).to.deep.equal([
      '2:0',
      '2:1',
      '2:2',
      '3:0',
      '3:1',
    ]);
  });

  it('takes a character over ASCII for the bytes of its UTF-8, a repeated one as a whole', () => {
    const log = Buffer.from('xééy\nxéy\nxÉy\nx\u2713y\n');

    expect(
      hits(engine, [literal('é'), regex('x(?:é)+y'), regex('xé{2}y'), regex('(?i)XÉ')], log),
    ).to.deep.equal(['1:0', '1:1', '1:2', '2:0', '2:1', '3:3']);
    expect(hits(engine, [literal('\u2713'), regex('x\\xe2\\x9c\\x93y')], log)).to.deep.equal(['4:0', '4:1']);
  });

  it('folds case for ASCII letters, and only where (?i) says so', () => {
    const log = Buffer.from('Failed to CONNECT\nfailed to connect\n\u212aelvin\n');

    expect(
      hits(
        engine,
        [literal('failed to'), regex('(?i)FAILED'), regex('(?i:F)ailed to C'), regex('(?i)k')],
        log,
      ),
    ).to.deep.equal(['1:1', '1:2', '2:0', '2:1']);
  });

  it('finds a pattern without any literal, one that is always true, and one that never is', () => {
    const log = Buffer.from('12 ab\n\nab 34\n');

    expect(
      hits(engine, [regex('^\\d+'), regex('.*'), regex('[^\\x00-\\xff]'), regex('\\d$')], log),
    ).to.deep.equal(['1:0', '1:1', '2:1', '3:1', '3:3']);
  });
}

function matchesLongLines(engine: LineEngine): void {
  const filler = (length: number): string => 'x'.repeat(length);

  it('matches a line of 64 KiB whole', () => {
    const log = Buffer.from(`begin${filler(65_526)}final\r\nnext\n`);

    expect(hits(engine, [regex('^begin.*final$'), regex('^next$')], log, 10_007)).to.deep.equal([
      '1:0',
      '2:1',
    ]);
  });

  it('matches a longer line in pieces that overlap by 4 KiB, with ^ and $ at its true ends only', () => {
    const log = Buffer.from(`first${filler(61_440)}middle${filler(80_000)}final\nnext\n`);
    const patterns = [
      regex('^first'),
      literal('middle'),
      regex('final$'),
      regex('^x'),
      regex('x$'),
      regex('^next$'),
      regex('first.*middle'),
    ];

    for (const chunk of [1_000, 65_536, 1_000_000])
      expect(hits(engine, patterns, log, chunk)).to.deep.equal(['1:0', '1:1', '1:2', '1:6', '2:5']);
  });

  it('finds across the seam of two pieces what is not longer than the overlap', () => {
    for (const before of [61_400, 61_440, 65_500, 65_530, 65_536, 65_537]) {
      const log = Buffer.from(`${filler(before)}needle in it${filler(70_000)}\r\n`);

      expect(
        hits(engine, [literal('needle in it'), regex('needle \\w+ it')], log),
        `${before}`,
      ).to.deep.equal(['1:0', '1:1']);
    }
  });
}

/** The engine comes by a function: it is loaded when the tests run. */
export function describeLineEngine(name: string, load: () => LineEngine): void {
  describe(`the line engine on ${name}`, () => {
    const engine: LineEngine = {
      get name() {
        return load().name;
      },
      refusal: (source) => load().refusal(source),
      compile: (patterns) => load().compile(patterns),
    };

    matchesLines(engine);
    matchesLongLines(engine);

    for (const [source, reason] of refused) {
      it(`refuses ${source.slice(0, 30)} with its reason`, () => {
        expect(engine.refusal(source)).to.match(reason);
      });
    }

    it('refuses nothing that RE2 knows and that can be had on bytes', () => {
      const sources = [
        'a|b',
        '(?P<n>x+?)y*?',
        '[]a^-]',
        '\\Q*.\\E+',
        '(?U)a+',
        '{',
        'a{,3}',
        '[[:^alpha:]\\d]',
        '(?:a long text that may be there or not, and it is longer than a hundred bytes, which takes no time to match)?[0-9a-f]{64}',
        '\\07\\x7f',
      ];

      expect(sources.filter((source) => engine.refusal(source) !== null)).to.deep.equal([]);
    });
  });
}
