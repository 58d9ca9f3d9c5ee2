// Signatures drafted from, and tried on, the logs that a Buildbot master holds: a stand-in of its paths, and of the daemon's beside them.

import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gearbridge } from '../../../src/cli/program.ts';
import { createTerminal } from './terminal.ts';

const failing = (error: string): string => `0:00:01 load avg: 1.0 [1/1/1] test_a failed (1 failure)
test test_a failed -- Traceback (most recent call last):
  File "/b/Lib/test/test_a.py", line 3, in test_x
${error}: no answer within 30 s

== Tests result: FAILURE ==
`;
const passing =
  '0:00:01 load avg: 1.0 [1/1] test_a passed\nkept socket 7 open\n\n== Tests result: SUCCESS ==\n';

interface Kept {
  readonly results: number;
  /** null: the janitor was there. */
  readonly log: string | null;
}

const began = Math.floor(Date.now() / 1_000) - 3_600;

/** The answers of a master whose nth build, of builder 1, is the nth of these. */
function masterOf(builds: readonly Kept[]): (path: string, query: URLSearchParams) => object | null {
  const row = ({ results }: Kept, at: number) => ({
    ...{ buildid: at + 1, number: at + 1, builderid: 1, buildrequestid: at + 1, complete: true, results },
    ...{ started_at: began + at, complete_at: began + at + 60, state_string: 'done' },
    properties: { got_revision: ['abc', 'git'], workername: ['w', 'Worker'], branch: ['main', 'Build'] },
  });
  const rows = builds.map(row);
  const lines = (at: number) =>
    (builds[at]?.log ?? '')
      .split('\n')
      .slice(0, -1)
      .map((line) => `o${line}\n`);
  return (path, query) => {
    const [, what, number = '0', below] = /^(\w+)(?:\/(\d+))?(?:\/(\w+))?$/.exec(path) ?? [];
    const at = Number(number) - 1;
    if (what === 'builders') return { builders: [{ builderid: 1, name: 'AMD64' }] };
    if (what === 'builds' && below === 'steps') {
      const { results, started_at, complete_at } = rows[at] ?? {};
      const step = { stepid: at + 1, number: 3, name: 'test', complete: true, state_string: 'done' };
      return { steps: [{ ...step, results, started_at, complete_at }] };
    }
    if (what === 'builds' && at >= 0) return { builds: [rows[at]] };
    if (what === 'builds') {
      const [above, wanted] = [Number(query.get('buildid__gt') ?? 0), query.get('number')];
      const found = rows.filter(
        ({ buildid, number: own }) => buildid > above && (wanted ?? `${own}`) === `${own}`,
      );
      return { builds: query.get('order') === '-buildid' ? found.toReversed() : found };
    }
    if (what === 'steps') {
      const type = builds[at]?.log === null ? 'd' : 's';
      return { logs: [{ logid: at + 1, slug: 'stdio', type, num_lines: lines(at).length, complete: true }] };
    }
    const offset = Number(query.get('offset'));
    const content = lines(at).slice(offset, offset + Number(query.get('limit')));
    return what === 'logs' ? { logchunks: [{ content: content.join('') }] } : null;
  };
}

describe('signatures and the logs that Buildbot holds', function () {
  this.timeout(60_000);
  let folder = '';
  let server: Server | null = null;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gearbridge-replay-'))));
  afterEach(async () => {
    server?.close();
    server?.closeAllConnections();
    await rm(folder, { recursive: true });
  });

  /** A master with these builds, and a daemon whose history keeps the failure of each that failed. */
  async function serve(builds: readonly Kept[]): Promise<string> {
    const master = masterOf(builds);
    let url = '';
    const past = builds.flatMap(({ results }, at) => ({
      ...{ build: `${at + 1} ${(began + at) * 1_000}`, passed: results === 0, source: 'base' },
      ...{ kind: 'test-failure', test_id: 'test_a.test_x', message: 'TimeoutError: no answer within 30 s' },
      ...{ step: 'test', builder: 'AMD64', worker: 'w', platform: 'linux', branch: 'main', signature: null },
      ...{ incident: 'abcdef0123', url: `${url}#/builders/1/builds/${at + 1}` },
    }));
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x/');
      const failures = past
        .filter((_one, at) => builds[at]?.results !== 0)
        .map((one) => ({ ...one, url: url + one.url }));
      const document = pathname.startsWith('/api/v1/')
        ? { failures, next: null }
        : master(pathname.replace('/api/v2/', ''), searchParams);
      response.writeHead(document === null ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(document ?? { error: 'a stand-in has no such path' }));
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return url;
  }

  async function run(...words: string[]) {
    const terminal = createTerminal({ env: { XDG_CACHE_HOME: join(folder, 'cache') } });
    const code = await gearbridge(words, terminal);
    return { code, ...terminal.written };
  }
  async function tried(match: string, url: string) {
    const path = join(folder, 'a.yaml');
    await writeFile(path, `id: FLK-1\ntitle: a\nmatch: ${match}\n`);
    return run('signatures', 'test', path, '--since', '90d', '--url', url);
  }

  it('take hits away that the facts allowed, and say how many builds had a log', async () => {
    const url = await serve([
      { results: 2, log: failing('TimeoutError') },
      { results: 2, log: failing('OSError') },
      { results: 2, log: null },
      { results: 0, log: passing },
    ]);

    expect(
      await tried('{ test_id: test_a.test_x, exception: TimeoutError, platform: linux }', url),
    ).to.include({
      code: 0,
      out:
        'fit: FLK-1 matches 2 of 3 failures, in 2 builds of 1 builders\n' +
        '    read again: the logs of 2 builds that failed so, of 1 the facts only; of 1 builds that passed\n' +
        'logs read: 2 builds with failures, 1 that passed, 0 MB\n',
    });
  });

  it('refuse what stands in the logs of builds that passed, unless it is looked for in failures only', async () => {
    const url = await serve([
      { results: 2, log: `kept socket 9 open\n${failing('TimeoutError')}` },
      { results: 0, log: passing },
      { results: 0, log: passing.replace('kept', 'left') },
    ]);
    const leaf = (within: string) =>
      `{ kind: test-failure, log: { regex: "kept socket . open", within: ${within} } }`;
    const { code, out } = await tried(leaf('step'), url);

    expect(code).to.equal(1);
    expect(out).to.match(/^refused: FLK-1 matches 1 of 1 /);
    expect(out).to.contain('    what it looks for stands in the logs of 1 of 2 builds that passed\n');
    expect((await tried(leaf('failure'), url)).out).to.contain('it matches none of 1 failures');
    expect(await tried('{ log: { regex: "no answer within" } }', url)).to.include({ code: 0 });
  });

  it('are the source of a draft, whether the daemon keeps the build or not', async () => {
    const url = await serve([{ results: 2, log: failing('TimeoutError') }]);
    const { code, out } = await run('signatures', 'new', '--from', `${url}#/builders/1/builds/1`);

    expect(code).to.equal(0);
    expect(out).to.contain('test_id: "test_a.test_x"').and.to.contain('exception: "TimeoutError"');
    const gone = await run('signatures', 'new', '--from', `${url}#/builders/1/builds/7`);
    expect([gone.code, gone.err]).to.satisfy(
      ([end, said]: [number, string]) => end === 6 && said.includes('may have been deleted there'),
    );
  });
});
