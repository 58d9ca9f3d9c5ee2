// How builds end and clocks run out on a real fleet, and what the gatekeeper is told then. All jobs that need no hand are submitted
// at once: they share the fleet, as jobs do.

import { expect } from 'chai';
import { startBuildbot, type Buildbot, type Scenario } from '../../src/servers/buildbot.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import type { BuilderView, JobView } from '../../src/views/document.ts';
import { session, type Session } from '../contract/servers/force.ts';
import { connectGearmanClient, type GearmanClient, type SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import { endOf, summaryOf } from './ending.ts';
import { change, commitOf, makeGate, type Gate } from './gate.ts';

const windows = 'AMD64 Windows 3.x';
const fedora = 'PPC64LE Fedora Stable 3.x';
const macos = 'ARM64 macOS 3.x';
const debian = 'AMD64 Debian 3.x';
const refleaks = 'AMD64 Debian Refleaks 3.x';
const docs = 'Docs 3.x';
/** Its worker is held down. */
const offline = 'x86 FreeBSD 3.x';
const rawhide = 'AMD64 Fedora Rawhide 3.x';
const never = 'RISC-V 64-bit Ubuntu 3.x';

const policies = `{ retries: 0 }
  again: { retries: 1 }
  covered: { coverage: { linux: 1 }, retries: 0, deadlines: { offline: 3s } }
  uncovered: { retries: 0, deadlines: { offline: 3s } }
  strict: { coverage: { linux: 1 }, retries: 0, unheard: fail, deadlines: { offline: 3s } }
  short: { retries: 0, deadlines: { running: 5s } }
  hasty: { retries: 0, deadlines: { queued: 3s } }`;

interface Told {
  readonly builders: readonly string[];
  readonly policy?: string;
  readonly does?: Readonly<Record<string, Scenario>>;
}

/** Job name to what it is made of; the commit has the job's name. */
const jobs = {
  hang: { builders: [windows], does: { [windows]: 'hang' } },
  crash: { builders: [fedora], does: { [fedora]: 'crash' } },
  compile: { builders: [macos], does: { [macos]: 'compile-fail' } },
  rerun: { builders: [debian], does: { [debian]: 'flaky-rerun' } },
  trouble: { builders: [docs], does: { [docs]: 'infra-exception' } },
  'trouble-twice': { builders: [docs], policy: 'again', does: { [docs]: 'infra-exception' } },
  'retry-once': { builders: [fedora], does: { [fedora]: 'retry-once' } },
  lost: { builders: [macos], does: { [macos]: 'worker-lost' } },
  fetch: { builders: [windows, fedora], policy: 'again', does: { [windows]: 'fetch-fail' } },
  covered: { builders: [fedora, offline], policy: 'covered' },
  uncovered: { builders: [fedora, offline], policy: 'uncovered' },
  unheard: { builders: [fedora, offline], policy: 'strict' },
  short: { builders: [debian], policy: 'short', does: { [debian]: 'slow' } },
  advisory: { builders: [windows, rawhide, never], does: { [rawhide]: 'fail-new' } },
  hasty: { builders: [debian], policy: 'hasty' },
  busy: { builders: [refleaks], does: { [refleaks]: 'slow' } },
  stopped: { builders: [macos], does: { [macos]: 'slow' } },
  cancelled: { builders: [offline] },
} as const satisfies Readonly<Record<string, Told>>;

type Name = keyof typeof jobs;

/** These need a hand, or a worker that is busy. */
const later: ReadonlySet<string> = new Set<Name>(['hasty', 'busy', 'stopped', 'cancelled']);

function isName(name: string): name is Name {
  return Object.hasOwn(jobs, name);
}

function definitions(): string {
  const all: readonly [string, Told][] = Object.entries(jobs);
  return all
    .map(([name, { builders, policy = 'gate' }]) => {
      const names = JSON.stringify(builders);
      return `  - { name: ${name}, project: cpython, builders: { names: ${names} }, policy: ${policy} }`;
    })
    .join('\n');
}

describe('builds and clocks on a real fleet', function () {
  this.timeout(240_000);
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let gate: Gate;
  let client: GearmanClient;
  let admin: Session;
  const submitted = new Map<Name, SubmittedJob>();

  before(async () => {
    [buildbot, gearmand] = await Promise.all([startBuildbot({ stepTimeout: 8 }), startGearmand()]);
    await buildbot.hold('freebsd-x86');
    const all: readonly [string, Told][] = Object.entries(jobs);
    const steering = all.map(([name, { does = {} }]) => [commitOf(name), does] as const);
    await buildbot.scenarios({ by_revision: Object.fromEntries(steering), duration: 60 });
    admin = await session(buildbot, 'admin');
    await until(async () => !(await isConnected('freebsd-x86')), {
      within: 20_000,
      what: 'the worker to be away',
    });
    gate = await makeGate({
      buildbot,
      gearman: [gearmand.address],
      policy: policies,
      jobs: definitions(),
      maxJobs: 30,
    });
    await gate.start();
    await gate.ready();
    client = await connectGearmanClient(gearmand.port);
    for (const name of Object.keys(jobs)) if (isName(name) && !later.has(name)) await submit(name);
  });

  after(async () => {
    client.close();
    await gate.close();
    await Promise.all([buildbot.stop(), gearmand.stop()]);
  });

  async function isConnected(worker: string): Promise<boolean> {
    const [row] = await admin.rows(`workers/${worker}`);
    return (row!['connected_to'] as unknown[]).length > 0;
  }

  async function submit(name: Name): Promise<SubmittedJob> {
    const job = await client.submit(`build:${name}`, change(name));
    submitted.set(name, job);
    return job;
  }

  interface End {
    readonly result: unknown;
    readonly summary: string;
    readonly view: JobView;
    readonly builder: (name: string) => BuilderView;
  }

  async function end(name: Name): Promise<End> {
    const job = submitted.get(name)!;
    const result = await endOf(gate, job, 200_000);
    const view = await gate.job(job.unique);
    return {
      result,
      summary: summaryOf(job),
      view,
      builder: (wanted) => view.builders.find((one) => one.name === wanted)!,
    };
  }

  /** Results of the builds of each vote attempt, in their order. */
  function resultsOf(builder: BuilderView): readonly (readonly (string | null)[])[] {
    return builder.attempts.map(({ builds }) => builds.map(({ result }) => result));
  }

  it('says TIMED_OUT where the header of a log says that the test step timed out (rule 6)', async () => {
    const { result, summary, builder } = await end('hang');
    expect(result).to.equal('TIMED_OUT');
    expect(summary).to.match(/^AMD64 Windows 3\.x: a step of build \d+ timed out/);
    expect(resultsOf(builder(windows))).to.deep.equal([['failure']]);
  });

  it('says FAILURE where the interpreter crashes and where it does not compile, and builds neither again (rule 6.1)', async () => {
    for (const [name, builder] of [
      ['crash', fedora],
      ['compile', macos],
    ] as const) {
      const ended = await end(name);
      expect([ended.result, ended.view.fault]).to.deep.equal(['FAILURE', 'change']);
      expect(ended.summary).to.include(builder);
      expect(resultsOf(ended.builder(builder))).to.deep.equal([['failure']]);
    }
  });

  it('lets a failure stand that a re-run inside the build cleared and that nobody has seen before (rule 6.3)', async () => {
    const { result, summary, builder } = await end('rerun');
    expect(result, summary).to.equal('FAILURE');
    expect(summary).to.include(debian);
    expect(resultsOf(builder(debian))[0]).to.deep.equal(['warnings']);
  });

  it("retries Buildbot's own trouble as often as the policy says, then INFRA_FAILURE (rule 6.1)", async () => {
    const once = await end('trouble');
    expect([once.result, once.view.fault]).to.deep.equal(['INFRA_FAILURE', 'infrastructure']);
    expect(resultsOf(once.builder(docs))).to.deep.equal([['exception']]);
    const twice = await end('trouble-twice');
    expect(twice.result).to.equal('INFRA_FAILURE');
    expect(resultsOf(twice.builder(docs))).to.deep.equal([['exception'], ['exception']]);
    const [first, second] = twice.builder(docs).attempts;
    expect(Date.parse(second!.sent_at!) - Date.parse(first!.ended_at!)).to.be.within(9_900, 60_000);
  });

  it('counts the second build of a request whose first asked for a retry (rule 5.3)', async () => {
    const { result, builder } = await end('retry-once');
    expect(result).to.equal('SUCCESS');
    expect(resultsOf(builder(fedora))).to.deep.equal([['retry', 'success']]);
  });

  it('goes on with the second build where a worker is lost during the tests (rule 5.3)', async () => {
    const { result, builder } = await end('lost');
    expect(result).to.equal('SUCCESS');
    expect(resultsOf(builder(macos))).to.deep.equal([['retry', 'success']]);
  });

  it('says INFRA_FAILURE where one builder alone cannot check out, after its retry (rule 6)', async () => {
    const { result, summary, builder } = await end('fetch');
    expect(result).to.equal('INFRA_FAILURE');
    expect(summary).to.match(/^AMD64 Windows 3\.x: build \d+ did not check out/);
    expect(resultsOf(builder(windows))).to.deep.equal([['warnings'], ['warnings']]);
    expect(builder(fedora).state).to.equal('passed');
  });

  it('withdraws an offline builder where the coverage allows it, and names it (rule 6.2)', async () => {
    const { result, summary, builder } = await end('covered');
    expect(result).to.equal('SUCCESS');
    expect(summary).to.include('1 of 2 voting builders passed; withdrawn: x86 FreeBSD 3.x (');
    expect(builder(offline)).to.include({ state: 'withdrawn', result: null });
  });

  it('says NO_COVERAGE where an offline builder is needed, or the policy fails the unheard (rule 6.2)', async () => {
    for (const name of ['uncovered', 'unheard'] as const) {
      const ended = await end(name);
      expect([ended.result, ended.view.fault], name).to.deep.equal(['NO_COVERAGE', 'fleet']);
      expect(ended.summary).to.include(offline);
      expect(ended.builder(fedora).state).to.equal('passed');
    }
  });

  it('cancels the requests that the offline clock gave up (rule 5)', async () => {
    for (const name of ['covered', 'uncovered', 'unheard'] as const) {
      const request = (await end(name)).builder(offline).attempts[0]!.request!;
      const rows = (): ReturnType<Session['rows']> => admin.rows(`buildrequests/${request}`);
      const complete = await until(async () => (await rows()).find((row) => row['complete'] === true), {
        within: 30_000,
        what: 'the request to be complete',
      });
      expect(complete).to.include({ results: 6 });
      expect(await admin.rows(`buildrequests/${request}/builds`)).to.deep.equal([]);
    }
  });

  it('stops a build whose running clock ends, and says TIMED_OUT (rule 5)', async () => {
    const { result, view, builder } = await end('short');
    expect([result, view.fault]).to.deep.equal(['TIMED_OUT', 'change']);
    const request = builder(debian).attempts[0]!.request!;
    const stopped = await until(
      async () =>
        (await admin.rows(`buildrequests/${request}/builds`)).find((row) => row['complete'] === true),
      { within: 30_000, what: 'the build to be stopped' },
    );
    expect(stopped).to.include({ results: 6 });
  });

  it('hears advisory builders and lets none of them change the verdict (rule 3.3)', async () => {
    const { result, builder } = await end('advisory');
    expect(result).to.equal('SUCCESS');
    expect(builder(rawhide).role).to.equal('advisory');
    // Its worker never came: Buildbot was not even asked.
    expect(builder(never).role).to.equal('advisory');
    expect(builder(never).attempts.map(({ request }) => request)).to.deep.equal([null]);
    const number = submitted.get('advisory')!.unique;
    await until(
      async () => (await gate.job(number)).builders.find(({ name }) => name === rawhide)?.state === 'failed',
      { within: 60_000, what: 'the advisory build to end, which is left to finish' },
    );
    expect((await gate.job(number)).result).to.equal('SUCCESS');
  });

  async function builderOf(name: Name): Promise<BuilderView> {
    const [first] = (await gate.job(submitted.get(name)!.unique)).builders;
    return first!;
  }

  async function running(name: Name): Promise<number> {
    const request = await until(
      async () => {
        const builder = await builderOf(name);
        return builder.state === 'running' ? builder.attempts[0]?.request : null;
      },
      { within: 60_000, what: `the build of ${name}` },
    );
    const [build] = await admin.rows(`buildrequests/${request}/builds`);
    return build!['buildid'] as number;
  }

  it('gives up a request that no free worker took in its time, as nobody hears it (rule 5)', async () => {
    await submit('busy');
    await running('busy');
    await submit('hasty');
    const { result, summary, view } = await end('hasty');
    expect([result, view.fault === 'change']).to.deep.equal(['INFRA_FAILURE', false]);
    expect(summary).to.include(debian);
    const stop = { name: 'busy', number: submitted.get('busy')!.unique };
    await (await client.submit('stop:gate.test', stop)).ended();
    expect((await end('busy')).result).to.equal('ABORTED');
  });

  it('says ABORTED where a person stops the build at Buildbot (rule 6)', async () => {
    await submit('stopped');
    const build = await running('stopped');
    expect((await admin.call(`builds/${build}`, 'stop', { reason: 'not now' })).status).to.equal(200);
    const { result, summary, view } = await end('stopped');
    expect([result, view.fault]).to.deep.equal(['ABORTED', 'person']);
    expect(summary).to.match(/was stopped at Buildbot/);
  });

  it('says ABORTED where a person cancels the request at Buildbot (rule 6)', async () => {
    await submit('cancelled');
    const request = await until(
      async () => {
        const builder = await builderOf('cancelled');
        return builder.attempts[0]?.state === 'queued' ? builder.attempts[0].request : null;
      },
      { within: 30_000, what: 'the request' },
    );
    expect((await builderOf('cancelled')).waits_for?.what).to.match(/a worker to come back/);
    const answer = await admin.call(`buildrequests/${request}`, 'cancel', { reason: 'not now' });
    expect(answer.status).to.equal(200);
    const { result, view } = await end('cancelled');
    expect([result, view.fault]).to.deep.equal(['ABORTED', 'person']);
  });
});
