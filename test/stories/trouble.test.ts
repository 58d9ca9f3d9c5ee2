// Trouble at Buildbot in the middle of a job: the master restarts or is away, a worker dies, requests are merged, events fail.

import { expect } from 'chai';
import { session } from '../contract/servers/force.ts';
import { until } from '../until.ts';
import { stepOf } from './evidence.ts';
import { change, commitOf } from './gate.ts';
import { benchThree, openScene, type Scene } from './scene.ts';

/** What a force call of ours for `change(name)` asks for. */
function stamp(name: string): Readonly<Record<string, string>> {
  const asked = change(name);
  return {
    branch: asked['ZUUL_REF'] ?? '',
    revision: commitOf(name),
    repository: `${asked['ZUUL_URL'] ?? ''}/${asked['ZUUL_PROJECT'] ?? ''}`,
    project: asked['ZUUL_PROJECT'] ?? '',
  };
}

describe('trouble at Buildbot in mid-job', function () {
  this.timeout(180_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({
      buildbot: { workers: 'process', respawn: 1 },
      gate: {
        jobs: `
  - { name: twin, project: cpython, builders: { names: ["${benchThree}"] }, policy: gate }`,
      },
    });
    await scene.gate.start();
    await scene.gate.ready();
  });

  after(() => scene.close());

  /** Holds the third builder with a build that hangs; gives what ends it. */
  async function hog(name: string): Promise<() => Promise<void>> {
    await scene.steer(name, 'hang');
    const job = await scene.client.submit('build:single', change(name));
    await scene.running(name, 1);
    return async () => {
      const stop = await scene.client.submit('stop:gate.test', { name: 'single', number: job.unique });
      await stop.packet('WORK_COMPLETE');
    };
  }

  it('passes by the second build where a worker is killed in the test step (rule 5.3)', async () => {
    await scene.steer('worker', 'slow', 5);
    const job = await scene.client.submit('build:single', change('worker'));
    await scene.running('worker', 1);
    const [request] = await scene.requests('worker');
    // A worker that dies while the build is still being prepared leaves Buildbot 3.7 with a build that never ends.
    const build = request?.builds[0]?.id ?? 0;
    await until(async () => (await stepOf(scene.buildbot.api, build, 'test')) === 'running', {
      within: 15_000,
      what: 'the test step to run',
    });
    await scene.buildbot.signal('bench-03', 'SIGKILL');
    await job.ended(60_000);

    expect(job.build.result).to.equal('SUCCESS');
    const requests = await scene.requests('worker');
    expect(requests).to.have.length(1);
    expect(requests[0]?.builds.map(({ results }) => results)).to.deep.equal([5, 0]);
  });

  it('follows a build to its successor where the master is killed (rule 5.3)', async () => {
    await scene.steer('crash', 'slow', 6);
    const job = await scene.client.submit('build:pair', change('crash'));
    await scene.running('crash', 2);
    await scene.buildbot.crash();
    await job.ended(90_000);

    expect(job.build.result).to.equal('SUCCESS');
    const requests = await scene.requests('crash');
    expect(requests).to.have.length(2);
    for (const { builds } of requests) {
      expect(builds.at(-1)).to.include({ results: 0, revision: commitOf('crash') });
      expect(builds.length).to.be.greaterThan(1);
    }
  });

  it('gives no negative verdict where the master restarts politely (rules 5.3, 6.1)', async () => {
    await scene.steer('restart', 'slow', 6);
    const job = await scene.client.submit('build:pair', change('restart'));
    await scene.running('restart', 2);
    await scene.buildbot.restart();
    await job.ended(90_000);

    expect(job.build.result).to.equal('SUCCESS');
    const last = (await scene.requests('restart')).map(({ builds }) => builds.at(-1));
    expect(
      last.filter((build) => build?.results === 0 && build.revision === commitOf('restart')),
    ).to.have.length(2);
  });

  it('waits where Buildbot is away for 20 s, and finds what ended meanwhile (rule 5.1)', async () => {
    const { proxy, gate } = scene;
    await scene.steer('away', 'slow', 5);
    const job = await scene.client.submit('build:pair', change('away'));
    await scene.running('away', 2);
    proxy.refuse();
    proxy.cut('rst');
    const begun = performance.now();
    await until(
      async () => {
        const { dependencies } = await gate.status();
        return dependencies.some(({ name, state }) => name === 'buildbot' && state === 'down');
      },
      { within: 20_000, what: 'the daemon to notice that Buildbot is away' },
    );
    await until(() => performance.now() - begun > 20_000, { within: 25_000, what: '20 s to pass' });
    expect(job.build.ended).to.equal(false);
    await proxy.accept();
    await job.ended(40_000);

    expect(job.build.result).to.equal('SUCCESS');
    expect((await scene.requests('away')).flatMap(({ builds }) => builds)).to.have.length(2);
  });

  it('builds twice for two jobs that ask the same of one queued builder (rule 4.5)', async () => {
    const release = await hog('hog twins');
    const one = await scene.client.submit('build:single', change('twins'));
    const other = await scene.client.submit('build:twin', change('twins'));
    await Promise.all([one.packet('WORK_STATUS'), other.packet('WORK_STATUS')]);
    await until(async () => (await scene.requests('twins')).length > 0, {
      within: 10_000,
      what: 'the first of them to be queued',
    });
    // A later job has been forced: the second of them would have been, too.
    const later = await scene.client.submit('build:pair', change('later'));
    await later.ended(30_000);
    expect(await scene.requests('twins'), 'the second one waits').to.have.length(1);
    await release();
    await Promise.all([one.ended(60_000), other.ended(60_000)]);

    expect([one.build.result, other.build.result]).to.deep.equal(['SUCCESS', 'SUCCESS']);
    const requests = await scene.requests('twins');
    expect(requests).to.have.length(2);
    for (const { builds } of requests)
      expect(builds.map(({ results, revision }) => [results, revision])).to.deep.equal([
        [0, commitOf('twins')],
      ]);
  });

  it('never takes a request for passed that a stranger’s swallowed: it is sent again (rule 4.6)', async () => {
    const release = await hog('hog swallowed');
    const job = await scene.client.submit('build:single', change('swallowed'));
    await until(async () => (await scene.requests('swallowed')).length === 1, {
      within: 10_000,
      what: 'our request to be queued',
    });
    const stranger = await session(scene.buildbot, 'admin');
    const theirs = await stranger.force(benchThree, {
      ...stamp('swallowed'),
      reason: 'mine',
      username: 'admin',
    });
    await until(async () => (await scene.requests('swallowed'))[0]?.complete === true, {
      within: 10_000,
      what: 'our request to be swallowed',
    });
    expect((await scene.requests('swallowed'))[0]).to.deep.include({ results: 3, builds: [] });
    expect(job.build.ended).to.equal(false);
    await release();
    await job.ended(60_000);

    expect(job.build.result).to.equal('SUCCESS');
    expect((await stranger.finished(theirs)).results).to.equal(0);
    const requests = await scene.requests('swallowed');
    expect(requests.map(({ builds }) => builds.length)).to.deep.equal([0, 1]);
    expect(requests[1]?.builds[0]).to.include({ results: 0, revision: commitOf('swallowed') });
  });

  it('has its verdict by asking, later, where no event comes through (rule 1.5)', async () => {
    const { proxy, client, gate } = scene;
    const refused = proxy.arm({
      match: 'GET /ws',
      fault: { kind: 'answer', bytes: 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n' },
      times: Infinity,
    });
    proxy.cut('rst');
    await refused.hit;
    await scene.steer('deaf', 'slow', 2);
    await gate.ready();
    const job = await client.submit('build:pair', change('deaf'));
    await job.ended(60_000);
    expect(job.build.result).to.equal('SUCCESS');
    refused.disarm();
  });
});

describe('a worker that dies after a test has failed', function () {
  this.timeout(180_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({
      fleet: true,
      buildbot: { respawn: 1 },
      gate: {
        jobs: `
  - { name: windows, project: cpython, builders: { names: ["AMD64 Windows 3.x"] }, policy: gate }`,
      },
    });
    await scene.gate.start();
    await scene.gate.ready();
  });

  after(() => scene.close());

  /** Kills the worker between the end of the test step and that of the build; false where it came too late. */
  async function killAfterTests(name: string): Promise<boolean> {
    const { buildbot } = scene;
    await scene.running(name, 1);
    const build = (await scene.requests(name))[0]?.builds[0]?.id ?? 0;
    await until(async () => (await stepOf(buildbot.api, build, 'test')) === 'running', {
      within: 30_000,
      what: 'the test step to run',
    });
    // As often as it can be asked: some tenths of a second are left after it.
    while ((await stepOf(buildbot.api, build, 'test')) === 'running');
    await buildbot.signal('windows-amd64', 'SIGKILL');
    await scene.steer(name, 'pass');
    const [request] = await until(
      async () => {
        const found = await scene.requests(name);
        return found[0]?.builds[0]?.complete === true && found;
      },
      { within: 20_000, what: 'the first build to end' },
    );
    return request?.builds[0]?.results === 5;
  }

  it('is no SUCCESS, though the second build passes (section 6, rule 1.5)', async () => {
    let caught = false;
    for (let at = 0; !caught && at < 4; at += 1) {
      const name = `flaky ${at}`;
      await scene.steer(name, 'fail-new');
      const job = await scene.client.submit('build:windows', change(name));
      caught = await killAfterTests(name);
      await job.ended(60_000);
      expect(job.build.result, name).to.equal('FAILURE');
      if (caught)
        expect((await scene.requests(name))[0]?.builds.map(({ results }) => results)).to.deep.equal([5, 0]);
    }
    expect(caught, 'the worker was killed between the test step and the end of its build').to.equal(true);
  });
});
