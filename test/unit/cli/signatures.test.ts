// The commands on signature files that need no daemon: what they print and how they end.

import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gearbridge } from '../../../src/cli/program.ts';
import { createTerminal } from './terminal.ts';

const failing = `0:00:01 load avg: 1.0 [1/1/1] test_a failed (1 failure)
test test_a failed -- Traceback (most recent call last):
  File "/b/Lib/test/test_a.py", line 3, in test_x
TimeoutError: no answer within 30 s

`;
const flake = (state: string, more = ''): string =>
  `id: FLK-1\ntitle: no answer\nstate: ${state}\nmatch: { exception: [TimeoutError], log: { regex: "no answer within \\\\d+ s" } }\n${more}`;

describe('the commands on signature files', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gearbridge-signatures-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function run(...words: string[]) {
    const terminal = createTerminal({ env: { XDG_CACHE_HOME: join(folder, 'cache') } });
    const code = await gearbridge(words, terminal);
    return { code, ...terminal.written };
  }
  async function file(name: string, text: string): Promise<string> {
    await mkdir(join(folder, 'signatures', 'examples'), { recursive: true });
    await writeFile(join(folder, name), text);
    return join(folder, name);
  }
  const signatures = () => join(folder, 'signatures');

  describe('flakes explain', () => {
    async function explain(state: string) {
      await file('signatures/a.yaml', flake(state));
      const words = ['flakes', 'explain', await file('a.log', failing), '--signatures', signatures()];
      const { out } = await run(...words, '--json');
      const [failure] = (JSON.parse(out) as { failures: { signature: string; class: string }[] }).failures;
      return { ...(await run(...words)), failure };
    }

    it('knows a flake by an active signature, and ends with 0', async () => {
      const { code, out, failure } = await explain('active');

      expect(failure).to.include({ signature: 'FLK-1', class: 'known-flake' });
      expect(out).to.match(/^known flake FLK-1: test-failure in test_a\.test_x\n/);
      expect(out).to.contain('signature FLK-1: no answer  (line 4)');
      expect(code).to.equal(0);
    });

    it('names any other signature, which excuses nothing', async () => {
      for (const state of ['monitor', 'resolved', 'expired']) {
        const { code, out, failure } = await explain(state);

        expect(failure).to.include({ signature: 'FLK-1', class: 'unknown' });
        expect(out).to.contain(`signature FLK-1, ${state}: it excuses nothing`);
        expect(code).to.equal(4);
      }
    });

    it('goes on with the others where a file is broken, and ends with 6 without a folder', async () => {
      await file('signatures/b.yaml', 'id: [\n');
      const { code, err } = await explain('active');

      expect(err).to.match(/b\.yaml:\d+:\d+: syntax: /);
      expect(code).to.equal(0);
      expect(
        await run('flakes', 'explain', await file('a.log', failing), '--signatures', join(folder, 'none')),
      ).to.include({
        code: 6,
        out: '',
      });
    });
  });

  describe('signatures test', () => {
    it('puts out each match once, sorted, from raw bytes, the second time from the cache', async () => {
      await file('signatures/a.yaml', flake('monitor'));
      await file('signatures/b.yaml', 'id: FLK-0\nmatch: { log: { lines: [no answer] } }\n');
      const one = await file('b.log', `ono answer within 3 s\n${failing}`);
      const two = await file('a.log', 'no answer within 3 s');
      const expected = [
        { signature: 'FLK-0', file: two, line: 1 },
        { signature: 'FLK-1', file: two, line: 1 },
        { signature: 'FLK-0', file: one, line: 1 },
        { signature: 'FLK-1', file: one, line: 1 },
        { signature: 'FLK-0', file: one, line: 5 },
        { signature: 'FLK-1', file: one, line: 5 },
      ];
      for (let round = 0; round < 2; round++) {
        const { code, out, err } = await run(
          'signatures',
          'test',
          signatures(),
          '--log',
          one,
          two,
          one,
          '--json',
        );
        const document = JSON.parse(out) as { matches: object[]; bytes: number; seconds: number };

        expect({ code, err }).to.deep.equal({ code: 0, err: '' });
        expect(document).to.have.all.keys('matches', 'bytes', 'seconds');
        expect(document.matches).to.deep.equal(expected);
        expect(document.bytes).to.equal(failing.length + 22 + 20);
      }
    });

    it('prints nothing of a log raw, and ends with 6 for a file that is not there, 2 for a folder', async () => {
      const path = await file('signatures/a.yaml', flake('monitor'));
      const odd = await file('x\u001b[31m.log', failing);

      expect((await run('signatures', 'test', path, '--log', odd)).out).to.contain('x\\x1b[31m.log:4: FLK-1');
      expect(await run('signatures', 'test', path, '--log', join(folder, 'none'))).to.include({
        code: 6,
        out: '',
      });
      expect(await run('signatures', 'test', path, '--log', folder)).to.include({ code: 2, out: '' });
      expect(await run('signatures', 'test', path)).to.include({ code: 2 });
    });
  });

  describe('signatures lint', () => {
    const lint = (...words: string[]) => run('signatures', 'lint', signatures(), ...words);
    const examples = 'examples: { match: [examples/1.txt], no_match: [examples/2.txt] }\n';

    it('has nothing to say against a file whose examples hold', async () => {
      await file('signatures/a.yaml', flake('monitor', examples));
      await file('signatures/examples/1.txt', failing);
      await file('signatures/examples/2.txt', failing.replace('TimeoutError', 'ValueError'));

      expect(await lint()).to.include({ code: 0, out: '1 file: nothing to say against\n' });
    });

    it('refuses an example that is not matched, one that is, and one that is not there', async () => {
      await file('signatures/a.yaml', flake('monitor', examples));
      await file('signatures/examples/1.txt', failing.replace('no answer', 'an answer'));
      await file('signatures/examples/2.txt', failing);
      const { code, out } = await lint();

      expect(code).to.equal(1);
      expect(out).to.contain(
        'a.yaml:5:21: examples.match[0]: examples/1.txt is not matched (found in it: test-failure in test_a.test_x)',
      );
      expect(out).to.contain('a.yaml:5:49: examples.no_match[0]: examples/2.txt is matched');
      await rm(join(folder, 'signatures/examples/1.txt'));
      expect((await lint()).out).to.contain('1.txt cannot be read (ENOENT');
    });

    it('refuses what RE2 does not take, with file and line', async () => {
      for (const source of ['a(?=b)', 'a(?<!b)', '(a)\\\\1', '(?s)a.b', 'a\\\\Cb', '(a']) {
        await file('signatures/a.yaml', `id: FLK-1\nmatch:\n  log:\n    regex: "${source}"\n`);
        const { code, out } = await lint();

        expect(code, source).to.equal(1);
        expect(out, source).to.match(/a\.yaml:4:12: match\.log\.regex: is .*, which RE2 does not take \(/);
      }
    });

    it('warns and ends with 0 where a file is right but unusual', async () => {
      const match = 'match: { worker: [bolen-1], log: { regex: "ab+c", within: log } }\n';
      await file('signatures/a.yaml', `id: FLK-1\nstate: active\nreview_by: 2020-01-01\n${match}`);
      const { code, out } = await lint();

      expect(code).to.equal(0);
      expect(
        out.split('\n').map((line) => /: ([a-z_]+): warning: /.exec(line)?.[1] ?? ''),
      ).to.include.members(['title', 'bug', 'review_by', 'examples']);
      expect(out).to.contain('a.yaml:4:8: match: warning: names a worker');
      expect(out).to.contain(
        'warning: looks in logs for "ab+c", which slows every log down, expected 7 bytes in a row',
      );
      expect(out).to.contain('warning: names every failure of a build that prints a text');
      expect(out).to.match(/1 file: 0 errors, \d warnings\n$/);
    });

    it('puts its findings out as JSON', async () => {
      await file('signatures/a.yaml', 'id: FLK-1\nmatch: { kin: x }\n');
      const { code, out } = await lint('--json');

      expect(code).to.equal(1);
      expect(JSON.parse(out)).to.deep.include({ ok: false, files: 1 });
      expect((JSON.parse(out) as { findings: object[] }).findings[0]).to.include({
        line: 2,
        column: 10,
        key: 'match.kin',
        level: 'error',
      });
    });

    it('ends with 6 where a path is not there', async () => {
      expect(await lint()).to.include({ code: 6, out: '' });
    });
  });

  describe('signatures new', () => {
    it('prints a file that names the failure, which lint takes', async () => {
      const log = await file('a.log', failing);
      const { code, out } = await run('signatures', 'new', '--from', log);
      await file('signatures/a.yaml', out);
      const explained = await run('flakes', 'explain', log, '--signatures', signatures());

      expect(code).to.equal(0);
      expect(explained.out).to.contain(`signature ${/^id: (\S+)/.exec(out)?.[1] ?? '-'}, monitor`);
      expect(await run('signatures', 'lint', signatures())).to.include({ code: 0 });
    });

    it('ends with 1 without such a failure, 6 without the log', async () => {
      const log = await file('a.log', failing);

      expect(await run('signatures', 'new', '--from', log, '--test', 'test_b')).to.include({
        code: 1,
        out: '',
      });
      expect(await run('signatures', 'new', '--from', await file('b.log', 'fine\n'))).to.include({
        code: 1,
        out: '',
      });
      expect(await run('signatures', 'new', '--from', join(folder, 'none'))).to.include({ code: 6, out: '' });
    });
  });

  describe('signatures list', () => {
    let server: Server | null = null;
    afterEach(() => server?.close());

    async function daemon(rows: readonly object[]): Promise<string> {
      server = createServer((request, response) => {
        expect(request.url).to.match(/^\/api\/v1\/flakes\?since=90d/);
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ rows }));
      });
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    }

    it('shows the hits that the daemon knows and what to retire', async () => {
      await file('signatures/a.yaml', flake('active', 'created: 2020-01-01\nreview_by: 2020-04-01\n'));
      await file('signatures/b.yaml', 'id: FLK-2\ntitle: old\ncreated: 2020-01-01\nmatch: { kind: crash }\n');
      const today = new Date().toISOString().slice(0, 10);
      const url = await daemon([
        { of: 'signature', name: 'FLK-1', seen: 7, last_seen: today },
        { of: 'test', name: 'FLK-2', seen: 9, last_seen: today },
      ]);
      const { code, out } = await run('signatures', 'list', signatures(), '--url', url, '--json');
      const listed = (JSON.parse(out) as { signatures: Record<string, unknown>[] }).signatures;

      expect(code).to.equal(0);
      expect(listed[0]).to.include({ id: 'FLK-1', state: 'active', hits: 7, last_hit: today });
      expect(listed[0]?.['advice']).to.match(/^review it/);
      expect(listed[1]).to.include({ id: 'FLK-2', hits: 0, last_hit: null });
      expect(listed[1]?.['advice']).to.match(/^set it to expired/);
      expect((await run('signatures', 'list', signatures(), '--url', url)).out).to.match(/FLK-1 +active +7 /);
    });

    it('lists the files where no daemon answers, and says that hits are not known', async () => {
      await file('signatures/a.yaml', flake('active'));
      const { code, out, err } = await run(
        'signatures',
        'list',
        signatures(),
        '--url',
        'http://127.0.0.1:1/',
      );

      expect(code).to.equal(0);
      expect(out).to.match(/FLK-1 +active +- /);
      expect(err).to.contain('hits are not known');
    });
  });

  describe('signatures test --since', () => {
    let server: Server | null = null;
    afterEach(() => server?.close());

    const past = (build: string, given: object = {}) => ({
      ...{ build, passed: false, source: 'base', kind: 'test-failure', test_id: 'test_a.T.test_x' },
      ...{
        message: 'no answer',
        step: 'test',
        builder: 'AMD64',
        worker: 'w',
        platform: 'linux',
        branch: 'main',
      },
      ...{ signature: null, ...given },
    });

    /** Answers with one page after another. */
    async function daemon(...pages: readonly (readonly object[])[]): Promise<string> {
      server = createServer((request, response) => {
        const at = Number(/before=(\d+)/.exec(request.url ?? '')?.[1] ?? 0);
        const next = at + 1 < pages.length ? at + 1 : null;
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ failures: pages[at], next }));
      });
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    }
    const tried = async (match: string, url: string) => {
      const path = await file('signatures/a.yaml', `id: FLK-1\ntitle: a\nmatch: ${match}\n`);
      return run('signatures', 'test', path, '--since', '90d', '--url', url);
    };

    it('counts what a signature would have named, over all pages, each build once', async () => {
      const url = await daemon(
        [past('1'), past('2', { kind: 'crash' })],
        [past('2', { kind: 'crash' }), past('3')],
      );

      expect(
        await tried('{ kind: test-failure, exception: [X], log: { regex: no answer } }', url),
      ).to.include({
        code: 0,
        out:
          'fit: FLK-1 matches 2 of 3 failures, in 2 builds of 1 builders\n' +
          '    read again: the logs of 0 builds that failed so, of 2 the facts only; of 0 builds that passed\n' +
          'logs read: 0 builds with failures, 0 that passed, 0 MB; no build of the history has a page\n',
      });
    });

    it('refuses one that matches nothing, failures of builds that passed, or every line slowly', async () => {
      const url = await daemon([past('1', { passed: true })]);

      expect(await tried('{ kind: crash }', url)).to.include({ code: 1 });
      expect((await tried('{ kind: crash }', url)).out).to.contain('it matches none of 1 failures');
      expect((await tried('{ kind: test-failure }', url)).out).to.contain(
        'it matches 1 failures of builds that passed',
      );
      expect((await tried('{ kind: test-failure, log: { regex: "[a-z]+" } }', url)).out).to.contain(
        'it is too slow',
      );
    });

    it('refuses one that names what a narrower signature names already', async () => {
      const url = await daemon([past('1', { signature: 'FLK-9' })]);
      await file('signatures/b.yaml', 'id: FLK-9\nmatch: { kind: test-failure, test_id: test_a.T.test_x }\n');
      await file('signatures/a.yaml', 'id: FLK-1\nmatch: { kind: test-failure }\n');
      const { code, out } = await run('signatures', 'test', signatures(), '--since', '90d', '--url', url);

      expect(code).to.equal(1);
      expect(out).to.contain('it names 1 failures that FLK-9, which is narrower, names already');
      expect(out).to.contain('fit: FLK-9 matches 1 of 1');
    });

    it('begins a new one from the address of a build, too', async () => {
      const at = 'http://127.0.0.1:1/#/builders/3/builds/41';
      const url = await daemon([past('1', { url: 'x' })], [past('2', { url: at, incident: 'abcdef0123' })]);
      const { code, out } = await run('signatures', 'new', '--from', at, '--url', url);

      expect(code).to.equal(0);
      expect(out).to.contain('id: NEW-abcdef01').and.to.contain('test_id: "test_a.T.test_x"');
      expect(await run('signatures', 'new', '--from', `${at}2`, '--url', url)).to.include({
        code: 1,
        out: '',
      });
    });

    it('ends with 3 without a daemon, 2 without a time or with both', async () => {
      expect(await tried('{ kind: crash }', 'http://127.0.0.1:1/')).to.include({ code: 3, out: '' });
      expect(await run('signatures', 'test', signatures())).to.include({ code: 2 });
      expect(await run('signatures', 'test', signatures(), '--since', 'ever')).to.include({ code: 2 });
      expect(await run('signatures', 'test', signatures(), '--since', '9d', '--log', 'x')).to.include({
        code: 2,
      });
    });
  });
});
