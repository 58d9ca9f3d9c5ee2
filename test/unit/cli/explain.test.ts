// `gearbridge flakes explain` of jobs and builds: what is told apart, what is said, and how it ends. Of files: flakes-explain.test.ts.

import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { targetOf } from '../../../src/cli/explain-target.ts';
import { gearbridge } from '../../../src/cli/program.ts';
import type { FoundFailureView, JobView } from '../../../src/views/document.ts';
import type { FlakeView } from '../../../src/views/flakes.ts';
import { jobView } from '../../../src/views/job-view.ts';
import { createWeb, type Web } from '../../../src/web/web.ts';
import { attempt, build, context, debian, startedRun } from '../views/sample.ts';
import { flake } from '../web/flakes-sample.ts';
import { json, startLyingMaster, type LyingMaster } from '../buildbot/lying-master.ts';
import { createPort, type Port } from '../web/port.ts';
import { createTerminal } from './terminal.ts';

const silent = { info: () => undefined, warn: () => undefined };
const number = '0a1b2c3d';
const here = 'http://127.0.0.1:8010/#/builders/1/builds/9';

const failure = (wish: Partial<FoundFailureView> = {}): FoundFailureView => ({
  test_id: 'test_ssl.T.test_x',
  kind: 'test-failure',
  class: 'new',
  signature: null,
  message: 'AssertionError: 1 != 2',
  step: 'test',
  lines: [3, 8],
  cleared: false,
  incident: 'i1',
  seen: { failures: 2, runs: 100 },
  excuses_nothing: null,
  ...wish,
});

type Wish = Partial<JobView> & { readonly found?: readonly FoundFailureView[]; readonly builder?: object };

function jobOf({ found = [failure()], builder = {}, ...wish }: Wish): JobView {
  const run = startedRun([attempt(debian, { state: 'running', builds: [build(null)] })]);
  const view = jobView(run, run.jobs[0]!, context());
  const told = { so_far: false, failures: found, more: 0, doubt: null };
  const builders = view.builders
    .filter(({ name }) => name === debian)
    .map((one) => ({ ...one, state: 'failed' as const, url: here, why: 'its why', found: told, ...builder }));
  return { ...view, state: 'finished', builders, summary: 'as it came out', ...wish };
}

/** One failure at home, one in another build. */
const seenTwice: FlakeView = {
  ...flake,
  of: 'incident',
  name: 'i1',
  count: 2,
  commits: 1,
  failures: [
    ...flake.failures.map((one) => ({ ...one, url: here })),
    ...flake.failures.map((one) => ({ ...one, source: 'base' as const, builder: 'ARM Debian 3.x' })),
  ],
};

describe('what flakes explain is asked about', () => {
  const page = (text: string) => targetOf(text);

  it('is a file where there is one, whatever its name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gearbridge-explain-'));
    await writeFile(join(folder, '4711'), '');
    expect(await targetOf(join(folder, '4711'))).to.deep.equal({ kind: 'log' });
    await rm(folder, { recursive: true });
    for (const name of ['-', 'missing.log', './7', 'nobody', '']) {
      expect(await targetOf(name), name).to.deep.equal({ kind: 'log' });
    }
  });

  it('is a job by its number, or by the page that the gatekeeper was given', async () => {
    for (const id of ['4711', number, 'g-0123456789ab', 'f'.repeat(31) + '0'])
      expect(await targetOf(id), id).to.deep.equal({ kind: 'job', number: id, url: null });
    expect(await page('https://gate.example.org/ci/jobs/a%20b')).to.deep.equal({
      kind: 'job',
      number: 'a b',
      url: 'https://gate.example.org/ci/',
    });
  });

  it('is a build by its page, whose address says the master and no credential', async () => {
    const pages = {
      'http://ci.example.org/#/builders/1/builds/2': 'http://ci.example.org/',
      'https://user:secret@ci.example.org:8010/bb/#builders/1/builds/2': 'https://ci.example.org:8010/bb/',
      'http://ci.example.org/bb/index.html?a=b#/builders/1/builds/2/steps/3': 'http://ci.example.org/bb/',
    };
    for (const [text, master] of Object.entries(pages)) {
      const expected = { kind: 'build', page: text, master, builder: 1, number: 2 };
      expect(await page(text), text).to.deep.equal(expected);
    }
  });

  it('is a build request by its page, also as the gate links to it', async () => {
    for (const rest of ['', '?redirect_to_build=true']) {
      const text = `https://ci.example.org/bb/#/buildrequests/3${rest}`;
      const expected = { kind: 'request', page: text, master: 'https://ci.example.org/bb/', request: 3 };
      expect(await page(text), text).to.deep.equal(expected);
    }
  });

  it('is refused where an address is none of these, and another page of Buildbot’s is called what it is', async () => {
    const terminal = createTerminal();
    expect(await gearbridge(['flakes', 'explain', 'http://ci.example.org/#/workers/3'], terminal)).to.equal(
      2,
    );
    expect(terminal.written.err).to.contain(
      'is a page of workers, not of a build; expected the page of a build',
    );
    for (const text of ['http://', 'http://ci.example.org/', 'http://ci.example.org/#/builders/x/builds/2']) {
      const terminal = createTerminal();
      expect(await gearbridge(['flakes', 'explain', text], terminal), text).to.equal(2);
      expect(terminal.written.err).to.contain('#/builders/1/builds/2');
    }
  });
});

describe('flakes explain of a job', () => {
  let folder: string;
  let port: Port;
  let web: Web;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-explain-'));
    port = createPort([]);
    const flakes = {
      ...port.views.flakes,
      show: async (name: string) => (name === 'i1' ? seenTwice : null),
    };
    web = await createWeb({
      ...port,
      views: { ...port.views, flakes },
      listen: { host: '127.0.0.1', port: 0 },
      socketPath: join(folder, 'control.sock'),
      publicUrl: 'https://gate.example.org/',
      log: silent,
    });
  });
  afterEach(async () => {
    await web.close();
    await rm(folder, { recursive: true });
  });

  async function explain(job: JobView, ...words: readonly string[]) {
    port.put(job);
    const terminal = createTerminal({ env: { RUNTIME_DIRECTORY: folder } });
    const code = await gearbridge(['flakes', 'explain', number, ...words], terminal);
    const { out, err } = terminal.written;
    return { code, out, err, first: out.split('\n')[0] };
  }

  it('answers in its first line and gives lines, elsewhere, rate and what would change it', async () => {
    const { code, out, first } = await explain(jobOf({ result: 'FAILURE', fault: 'change' }));

    expect(code).to.equal(4);
    expect(first).to.equal(
      `yours, as far as can be told: new: test-failure in test_ssl.T.test_x on ${debian}`,
    );
    expect(out)
      .to.contain(`${debian}: failed: its why\n`)
      .and.to.contain('  new: test-failure  test_ssl.T.test_x  (test, lines 3-8)\n')
      .and.to.contain('elsewhere: 2 in all, on 1 landed commit, last ')
      .and.to.match(/ {2}base {2}ARM Debian 3\.x {2}3f786850e387 {2}http:/)
      .and.to.contain('rate: 2 of 100 builds of landed commits on this builder, 2.0 % (0.6 %-7.0 %)\n')
      .and.to.contain('would change it: the same failure in repeats of the base on this builder\n');
  });

  it('ends with 0 where it passed or the machines failed, and names what was forgiven', async () => {
    const forgiven = [failure({ class: 'seen-on-base', cleared: true })];
    const passed = await explain(
      jobOf({ result: 'SUCCESS', fault: null, found: forgiven, builder: { state: 'forgiven' } }),
    );
    expect([passed.code, passed.first]).to.deep.equal([0, 'not yours, it passed: as it came out']);
    expect(passed.out).to.contain('lines 3-8, passed when it ran again');

    const clean = await explain(
      jobOf({ result: 'SUCCESS', fault: null, builder: { state: 'passed', found: null } }),
    );
    expect([clean.code, clean.first]).to.deep.equal([0, 'nothing went wrong']);

    const sick = await explain(jobOf({ result: 'INFRA_FAILURE', fault: 'infrastructure' }));
    expect([sick.code, sick.first]).to.deep.equal([
      0,
      'not yours: the build machines failed: as it came out',
    ]);
  });

  it('tells what is likely while it is not decided, and names the failure that nothing explains first', async () => {
    const known = failure({ class: 'known-flake', signature: 'FLK-1', incident: 'i2' });
    const open = { state: 'running', result: null, fault: null, builder: { state: 'measuring' } } as const;
    const likely = await explain(jobOf({ ...open, found: [known] }));
    expect(likely.code).to.equal(0);
    expect(likely.first).to.match(/^not decided yet, likely not yours: known-flake FLK-1: test-failure in /);
    expect(likely.out).to.contain('elsewhere: in no other build that is known\n');

    const perhaps = await explain(jobOf({ ...open, found: [known, failure()] }));
    expect(perhaps.code).to.equal(4);
    expect(perhaps.first).to.match(/^not decided yet, perhaps yours: new: .* and 1 more$/);

    const nothing = await explain(jobOf({ ...open, builder: { state: 'running', found: null } }));
    expect([nothing.code, nothing.first]).to.deep.equal([4, 'not decided yet: nothing went wrong so far']);
  });

  it('says of a known flake whose rate jumped that it excuses nothing now, and takes it for explained no more', async () => {
    const why = 'its rate jumped: FLK-1 failed on 5 of 9 runs';
    const jumped = failure({ class: 'known-flake', signature: 'FLK-1', excuses_nothing: why });
    const open = { state: 'running', result: null, fault: null, builder: { state: 'measuring' } } as const;
    const { code, first, out } = await explain(jobOf({ ...open, found: [jumped] }));

    expect(code).to.equal(4);
    expect(first).to.match(/^not decided yet, perhaps yours: known-flake FLK-1: /);
    expect(out).to.contain(`excuses nothing now: ${why}\n`);
    expect(out).to.contain('would change it: the same failure in repeats of the base on this builder\n');
  });

  it('says of what nothing explains whether repeats, what landed or a signature could', async () => {
    const unknown = failure({ class: 'unknown' });
    const words = async (wish: Partial<FoundFailureView>) => {
      const { out } = await explain(
        jobOf({ result: 'FAILURE', fault: 'change', found: [{ ...unknown, ...wish }] }),
      );
      return /would change it: (.*)/.exec(out)?.[1];
    };
    expect(await words({})).to.equal(
      '20 clean repeats on this builder, which a gate job makes: it was seen on 1 landed commit',
    );
    expect(await words({ incident: 'i2' })).to.match(
      /^the same failure in builds .* signature that names it/,
    );
    expect(await words({ incident: 'i2', signature: 'FLK-1' })).to.match(/, or FLK-1 being active$/);
  });

  it('prints one document with --json, and nothing of a build raw', async () => {
    const hostile = failure({ message: 'a\u001b[31m\u202e', test_id: '\u0007x', step: 'te\u001bst' });
    const { out } = await explain(jobOf({ result: 'FAILURE', fault: 'change', found: [hostile] }), '--json');
    const document = JSON.parse(out) as { answer: string; builders: { failures: object[] }[] };
    expect(document).to.include({ job: number, result: 'FAILURE' });
    expect(document.builders[0]?.failures[0])
      .to.include({ class: 'new', incident: 'i1' })
      .and.to.have.keys(...Object.keys(failure()), 'rate', 'elsewhere', 'would_change');

    const text = await explain(jobOf({ result: 'FAILURE', fault: 'change', found: [hostile] }));
    for (const one of [out, text.out]) expect(one).to.not.match(/[^\P{Cc}\n]|\u202e/u);
  });

  it('ends with 6 for a job that is not there, 3 without a daemon, 2 for what goes with a log only', async () => {
    const ask = async (env: Record<string, string>, ...words: readonly string[]) => {
      const terminal = createTerminal({ env });
      return [await gearbridge(['flakes', 'explain', ...words], terminal), terminal.written.err] as const;
    };
    const daemon = { RUNTIME_DIRECTORY: folder };
    const [missing, why] = await ask(daemon, '4711');
    expect([missing, why]).to.deep.equal([
      6,
      'gearbridge: there is no file and no job 4711; gearbridge jobs list shows the jobs\n',
    ]);
    const [away, said] = await ask({}, '4711', '--url', 'http://127.0.0.1:9/');
    expect(away).to.equal(3);
    expect(said).to.contain('there is no file 4711').and.to.contain('no daemon answers');
    const [wrong, which] = await ask(daemon, '4711', '--junit', 'x.xml');
    expect([wrong, which]).to.deep.equal([2, 'gearbridge: --junit does not go with a job; leave it out\n']);
  });
});

describe('flakes explain of a build', () => {
  let folder: string;
  let liar: LyingMaster;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-explain-'));
    liar = await startLyingMaster((_seen, response) => json(response, { error: 'not for you' }, 403));
  });
  afterEach(async () => {
    await liar.close();
    await rm(folder, { recursive: true });
  });

  async function explain(buildbot: string) {
    const config = join(folder, 'gearbridge.yaml');
    await writeFile(join(folder, 'password'), 'secret');
    await writeFile(
      config,
      `buildbot: { url: "${buildbot}", username: gate, password_file: password, force_scheduler: gate }
gearman: { servers: ["127.0.0.1:4730"] }
web: { public_url: "http://127.0.0.1:8077/" }
fleet: { stable: ["*"] }
jobs: [{ name: a, project: a, builders: { names: ["*"] }, policy: gate }]
policies: { gate: { coverage: {} } }
`,
    );
    const terminal = createTerminal({ env: { XDG_CACHE_HOME: folder } });
    const words = ['flakes', 'explain', `${liar.url}#/builders/1/builds/2`, '--config', config];
    const code = await gearbridge(words, terminal);
    const sent = liar.seen.map(({ headers }) => headers.authorization ?? null);
    return { code, sent, ...terminal.written };
  }

  it('gives the password of the configuration to the master of the configuration alone', async () => {
    const other = await explain('http://127.0.0.1:9/');
    expect(other.code).to.equal(5);
    expect(other.err).to.contain('not for you');
    expect(other.sent).to.have.lengthOf.at.least(1);
    expect(new Set(other.sent)).to.deep.equal(new Set([null]));

    const own = await explain(liar.url);
    expect(own.sent).to.include(`Basic ${Buffer.from('gate:secret').toString('base64')}`);
  });

  it('ends with 3 where what answers is no Buildbot, and with 6 where the build is not there', async () => {
    liar.answer((_seen, response) => response.end('<html>'));
    expect((await explain('http://127.0.0.1:9/')).code).to.equal(3);
    liar.answer((_seen, response) => json(response, { builds: [], builders: [] }));
    const gone = await explain('http://127.0.0.1:9/');
    expect([gone.code, gone.err]).to.deep.equal([
      6,
      `gearbridge: Buildbot has no build at ${liar.url}#/builders/1/builds/2; it may have been deleted there\n`,
    ]);
  });
});
