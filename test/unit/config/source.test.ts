import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { formatFinding } from '../../../src/config/finding.ts';
import { load } from '../../../src/config/load.ts';
import { folder, good, type Folder } from './sample.ts';

const mebibyte = 1024 * 1024;
const bomb = Array.from({ length: 9 }, (_, at) => {
  const last = at === 0 ? 'x' : `*b${at - 1}`;
  return `b${at}: &b${at} [${Array(9).fill(last).join(', ')}]`;
}).join('\n');

const damaged: readonly (readonly [title: string, text: string | Buffer, line: RegExp])[] = [
  ['an empty file', '', /^1:1: file: is empty, expected a mapping/],
  ['a file of comments', '# x\n', /^1:1: file: is empty/],
  ['a list', '- a\n', /^1:1: file: is no mapping, expected/],
  ['a text', 'hello', /^1:1: file: is no mapping/],
  [
    'a key given twice',
    'a: 1\nb: 2\na: 3\n',
    /^3:1: syntax: the key "a" is given twice, expected each key once/,
  ],
  ['a tab', 'a:\n\tb: 1\n', /^2:1: syntax: a tab indents this line, expected spaces/],
  ['a second document', 'a: 1\n---\nb: 1\n', /^2:1: syntax: a second document begins/],
  ['an unknown tag', 'a: !!js/function x\n', /^1:4: syntax: the tag "!!js\/function" is not known/],
  ['an open bracket', 'a: [1,\n', /^2:1: syntax: is no valid YAML: /],
  ['an alias without an anchor', 'a: *b\n', /^1:4: syntax: the alias \*b has no anchor before it/],
  ['an alias of itself', 'a: &a [*a]\n', /^1:8: syntax: the alias \*a stands inside what it repeats/],
  ['a prototype', '__proto__: { a: 1 }\n', /^1:1: syntax: the key __proto__ is not allowed/],
  ['aliases of aliases', bomb, /^1:1: syntax: unfolds to too much/],
  [
    'too many aliases',
    `a: &a 1\nb: [${Array(101).fill('*a').join(', ')}]`,
    /^1:1: syntax: has 101 aliases, expected at most 100/,
  ],
  ['a mebibyte of brackets', '['.repeat(mebibyte), /^1:1: syntax: is nested deeper than 50 levels/],
  ['brackets on lines of their own', `a:\n${' [\n'.repeat(100_000)}`, /^1:1: syntax: is nested deeper/],
  ['a mebibyte of hyphens', '- '.repeat(mebibyte / 2), /^1:1: syntax: is nested deeper/],
  ['a mebibyte of question marks', '? '.repeat(mebibyte / 2), /^1:1: syntax: is nested deeper/],
  ['a file that is too long', 'x'.repeat(mebibyte + 1), /^1:1: file: is too long, expected 1 MiB at most/],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0xfa]), /^1:1: file: is no UTF-8 text/],
];

describe('a damaged configuration file', () => {
  let place: Folder;
  beforeEach(async () => (place = await folder()));
  afterEach(() => place.dispose());

  for (const [title, text, line] of damaged) {
    it(`that is or has ${title} is refused at its place`, async () => {
      const lines = await place.lines(text);
      expect(lines[0]).to.match(line);
      expect(lines.length).to.be.below(200);
    });
  }

  it('that is a folder, a pipe or not there is refused without waiting', async () => {
    execFileSync('mkfifo', [`${place.path}/pipe`]);
    for (const name of ['', '/pipe', '/nowhere']) {
      const { kind, findings } = await load(place.path + name);
      expect(kind).to.equal('refused');
      expect(findings.map(formatFinding)[0]).to.match(
        /:1:1: file: cannot be read \(.*\), expected a YAML file$/,
      );
    }
  });

  it('with fifty thousand unknown keys is refused with a bounded number of findings', async () => {
    const text = Array.from({ length: 50_000 }, (_, at) => `k${at}: 1`).join('\n');
    expect(await place.lines(text)).to.have.length(200);
  });

  it('whose name holds control characters is reported on one clean line', async () => {
    const { findings } = await load('/no\nwhere\u001b[31m');
    expect(findings.map(formatFinding)[0]).to.match(/^\/no\\u\{a\}where\\u\{1b\}\[31m:1:1: file: /);
  });

  it('is none when anchors and aliases are used with measure', async () => {
    const text = good
      .replace('stable: ["debian-*"]', 'stable: &s ["debian-*"]')
      .replace('tags: ["3.x"]', 'names: *s');
    expect(await place.lines(text)).to.deep.equal([]);
  });
});
