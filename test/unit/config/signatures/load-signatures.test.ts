import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatFinding } from '../../../../src/config/finding.ts';
import { openCache } from '../../../../src/config/signatures/cache.ts';
import { loadSignatures } from '../../../../src/config/signatures/load-signatures.ts';
import { plainEngine } from '../../flakes/signature/plain-engine.ts';

const good = 'id: FLK-1\ntitle: a flake\nmatch: { kind: timeout }\n';

describe('the loading of signatures', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gearbridge-signatures-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function load(files: Readonly<Record<string, string | Buffer>>, cache: string | null = null) {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const kept = cache === null ? null : openCache(cache, 're2');
    const { sources, findings } = await loadSignatures([folder], { engine: plainEngine, cache: kept });
    return {
      signatures: sources.map(({ signature }) => signature),
      ids: sources.map(({ signature }) => signature.id),
      lines: findings.map((one) => formatFinding(one).slice(folder.length + 1)),
    };
  }
  /** The findings on one file. */
  async function findings(text: string): Promise<string[]> {
    return (await load({ 'a.yaml': text })).lines;
  }

  it('fills in what a short file leaves out, and only watches', async () => {
    const { signatures, lines } = await load({ 'a.yaml': good });

    expect(lines).to.deep.equal([]);
    expect(signatures).to.deep.equal([
      {
        id: 'FLK-1',
        title: 'a flake',
        bug: null,
        owner: null,
        state: 'monitor',
        created: null,
        reviewBy: null,
        resolved: { at: null, commit: null },
        scope: 'failure',
        match: { node: 'fact', fact: 'kind', test: { how: 'any', values: ['timeout'] } },
        verdict: 'flake',
        exonerate: { allowed: true, maxRate: 0.05 },
        suppress: { graph: false, notify: false },
        examples: { match: [], noMatch: [] },
      },
    ]);
  });

  it('reads block style, one-line style and what only the library reads alike', async () => {
    const block = `${good.split('match')[0] ?? ''}match:\n  all:\n    - kind:\n        - timeout\n    - log:\n        regex: a+\n`;
    const oneLine = '{id: FLK-2, title: a flake, match: {all: [{kind: [timeout]}, {log: {regex: a+}}]}}\n';
    const anchored = `id: FLK-3\ntitle: >-\n  a\n  flake\nmatch: &m\n  kind: [timeout]\n  log: {regex: "a\\x2b"}\n`;
    const { signatures, lines } = await load({ 'a.yaml': block, 'b.yaml': oneLine, 'c.yml': anchored });

    expect(lines).to.deep.equal([]);
    expect(signatures.map(({ title }) => title)).to.deep.equal(['a flake', 'a flake', 'a flake']);
    for (const { match } of signatures) expect(match).to.deep.equal(signatures[0]?.match);
  });

  it('takes whole lines for equals, any and glob of a log, parts for lines', async () => {
    const match = `match:\n  any:\n    - log: a.b\n    - log: { glob: "x*[y?" }\n    - log: { lines: [p, q], within: log }\n`;
    const { signatures } = await load({ 'a.yaml': `id: A\ntitle: t\n${match}` });
    const leaf = (source: string) => ({
      node: 'log',
      sequence: [{ kind: 'regex', source }],
      within: 'failure',
    });

    expect(signatures[0]?.match).to.deep.equal({
      node: 'any',
      nodes: [
        leaf('^a\\.b$'),
        leaf('^x.*\\[y.$'),
        {
          node: 'log',
          sequence: [
            { kind: 'literal', text: 'p' },
            { kind: 'literal', text: 'q' },
          ],
          within: 'log',
        },
      ],
    });
  });

  it('names a broken file with line and column, and keeps the others in force', async () => {
    const { ids, lines } = await load({
      'a.yaml': good,
      'b.yaml': 'id: FLK-2\ntitle: "x\nmatch: {\n',
      'c.txt': 'x',
    });

    expect(ids).to.deep.equal(['FLK-1']);
    expect(lines).to.have.lengthOf.at.least(1);
    expect(lines.join('\n')).to.match(/^b\.yaml:\d+:\d+: syntax: /);
  });

  it('says what is wrong, what was expected, and what was meant', async () => {
    const wrong = [
      ['id: FLK-1\nmatch: { kin: timeout }', '2:10: match.kin: unknown key; did you mean "kind"?'],
      [
        'id: FLK-1\nmatch: { kind: timeou }',
        /2:16: match.kind: is "timeou", expected a kind, .*; did you mean "timeout"\?/,
      ],
      [
        'id: FLK-1\nmatch: { all: [{ kind: [crash, tmeout] }] }',
        /2:32: match.all\[0\].kind\[1\]: is "tmeout", expected .*; did you mean "timeout"\?/,
      ],
      [
        'id: FLK-1\nmatch: { test_id: { regexp: a } }',
        '2:21: match.test_id.regexp: unknown key; did you mean "regex"?',
      ],
      [
        'id: FLK-1\nmatch: { test_id: { glob: a, regex: b } }',
        /2:19: match.test_id: is a mapping, expected .* one of equals, any, glob, regex/,
      ],
      ['id: FLK-1\nmatch: { all: [] }', /2:15: match.all: is an empty list, expected a list of conditions/],
      ['id: FLK-1\nmatch: {}', /2:8: match: is a mapping, expected a mapping of all, any, none or of leaves/],
      [
        'id: FLK-1\nmatch: { kind: crash }\nbug: not a link',
        '3:6: bug: is "not a link", expected an http or https URL, without user',
      ],
      [
        'id: FLK-1\nmatch: { kind: crash }\nreview_by: 2026-02-30',
        /3:12: review_by: is "2026-02-30", expected a day such as/,
      ],
      ['id: 12\nmatch: { kind: crash }', /1:5: id: is the number 12, expected a letter/],
      ['match: { kind: crash }', /1:1: id: is missing, expected a letter/],
      [
        'id: FLK-1\nmatch: { kind: crash }\nexamples: { match: [../../etc/passwd] }',
        /3:21: examples.match\[0\]: is "..\/..\/etc\/passwd", expected the path of a file in this folder or below it/,
      ],
      ['', '1:1: file: is empty, expected a signature with id and match'],
    ] as const;
    for (const [text, expected] of wrong) {
      const lines = await findings(`${text}\n`);
      expect(lines, text).to.have.lengthOf(1);
      if (typeof expected === 'string') expect(lines[0]).to.equal(`a.yaml:${expected}`);
      else expect(lines[0]).to.match(expected);
    }
  });

  it('refuses what RE2 does not take, where it stands', async () => {
    const lines = await findings(
      'id: A\nmatch:\n  all:\n    - kind: crash\n    - log: { regex: "a(?=b)" }\n',
    );

    expect(lines).to.deep.equal([
      'a.yaml:5:21: match.all[1].log.regex: is "a(?=b)", which RE2 does not take (no look-around), expected an RE2 regex of bounded size',
    ]);
  });

  it('uses neither of two files with one id, and names both', async () => {
    const { ids, lines } = await load({
      'a.yaml': good,
      'b.yaml': good,
      'c.yaml': good.replace('FLK-1', 'FLK-2'),
    });

    expect(ids).to.deep.equal(['FLK-2']);
    expect(lines.map((line) => line.replace(folder, ''))).to.deep.equal([
      'a.yaml:1:5: id: is "FLK-1", the id of /b.yaml as well, expected each id once',
      'b.yaml:1:5: id: is "FLK-1", the id of /a.yaml as well, expected each id once',
    ]);
  });

  it('does not wait for a pipe, and refuses a folder, a long file and what is no text', async () => {
    execFileSync('mkfifo', [join(folder, 'a.yaml')]);
    await mkdir(join(folder, 'b.yaml'));
    const { lines } = await load({
      'c.yaml': `# ${'x'.repeat(70_000)}`,
      'd.yaml': Buffer.from([0xff, 0xfe]),
    });

    expect(lines).to.have.lengthOf(4);
    expect(lines[0]).to.equal('a.yaml:1:1: file: is no file, expected a YAML file');
    expect(lines[1]).to.contain('b.yaml:1:1: file: is no file');
    expect(lines[2]).to.contain('expected 64 KiB at most');
    expect(lines[3]).to.contain('is no UTF-8 text');
  });

  describe('from a cache', () => {
    const cache = () => join(folder, 'cache', 'kept');

    it('gives the same, without reading the files again', async () => {
      const first = await load({ 'a.yaml': good }, cache());
      // What is kept is what is given: a title that no file has shows it.
      const text = (await readFile(cache(), 'utf8')).split('\n')[1] ?? '';
      const kept = openCache(cache(), 're2');
      const [digest = ''] = Object.keys((JSON.parse(text) as { signatures: object }).signatures);
      kept.keep(new Map([[digest, { ...first.signatures[0]!, title: 'from the cache' }]]));

      expect((await load({}, cache())).signatures[0]?.title).to.equal('from the cache');
    });

    it('is never asked about other content, another engine’s findings or a damaged file', async () => {
      await load({ 'a.yaml': good }, cache());
      expect(
        (await load({ 'a.yaml': good.replace('a flake', 'another') }, cache())).signatures[0]?.title,
      ).to.equal('another');

      await load({ 'a.yaml': good }, cache());
      const text = await readFile(cache(), 'utf8');
      const digest = /"([0-9a-f]{64})":/.exec(text)?.[1] ?? '';
      expect(openCache(cache(), 're2').get(digest)?.id).to.equal('FLK-1');
      expect(openCache(cache(), 're2js').get(digest)).to.equal(undefined);
      for (const damaged of [
        text.replace('a flake', 'b flake'),
        text.slice(0, -9),
        '',
        'x',
        `${'0'.repeat(64)}\n{`,
      ]) {
        await writeFile(cache(), damaged);
        expect(openCache(cache(), 're2').get(digest)).to.equal(undefined);
        expect((await load({}, cache())).signatures[0]?.title).to.equal('a flake');
      }
    });

    it('is done without where it cannot be written', async () => {
      await writeFile(join(folder, 'cache'), 'a file in the way');

      expect((await load({ 'a.yaml': good }, cache())).ids).to.deep.equal(['FLK-1']);
    });
  });
});
