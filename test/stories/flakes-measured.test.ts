// A failing vote is read, measured on the same builder and on its base, and forgiven or not: on a real Buildbot whose factory repeats tests.

import { expect } from 'chai';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../../src/servers/buildbot.ts';
import type { JobView } from '../../src/views/document.ts';
import { until } from '../until.ts';
import { session } from '../contract/servers/force.ts';
import { gearbridge } from './command-line.ts';
import { failuresOf, haveLanded } from './base-builds.ts';
import { endOf, summaryOf } from './ending.ts';
import { change, commitOf } from './gate.ts';
import { benchOne, benchTwo, openScene, type Scene } from './scene.ts';

const roles = (requests: readonly { readonly marker: string }[]): readonly string[] =>
  requests.map(({ marker }) => / (vote|measure|control) /.exec(marker)?.[1] ?? marker).sort();

/** A change that touches nothing of the tests. */
const untouching = (name: string): Record<string, string> =>
  change(name, { GATE_FILES: '["Doc/whatsnew.rst"]' });
const base = commitOf('landed last');

const signature = `id: FLK-12
title: A reply comes too late on a machine that has much to do
owner: net-team
state: active
created: 2026-11-01
review_by: 2027-11-01
match:
  all:
    - kind: [test-failure]
    - test_id: {glob: "test_reply*.ReplyTest.*"}
    - message: {regex: "no reply in time"}
verdict: flake
exonerate: {allowed: true, max_rate: 0.05}
`;

describe('a failing vote', function () {
  this.timeout(180_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({
      // A worker that is killed is back long before the offline clock ends, one that is held is not.
      buildbot: { respawn: 0 },
      gate: { policy: '{ retries: 0, coverage: {}, deadlines: { offline: 8s } }', maxJobs: 4 },
    });
    const flake = await failuresOf('test_ssl=1', scene.gate.folder);
    const red = await failuresOf('test_red=99', scene.gate.folder);
    const [first, second] = [commitOf('landed first'), commitOf('landed second')];
    await haveLanded(scene.gate, [
      { builder: benchOne, revision: first, daysAgo: 3, failures: flake },
      { builder: benchOne, revision: second, daysAgo: 2 },
      { builder: benchOne, revision: base, daysAgo: 1 },
      { builder: benchTwo, revision: second, daysAgo: 2, failures: red },
      { builder: benchTwo, revision: base, daysAgo: 1, failures: red },
    ]);
    await mkdir(join(scene.gate.folder, 'signatures'));
    await writeFile(join(scene.gate.folder, 'signatures', 'FLK-12.yaml'), signature);
    await scene.gate.start();
    await scene.gate.ready();
  });

  after(() => scene.close());

  const fails = (name: string, scenario: Scenario, builder = benchOne): Promise<void> =>
    scene.steer(name, { [builder]: scenario });

  it('that fails as it did on the base is repeated twenty times, and forgiven and named when all are clean', async () => {
    await fails('flaky', 'says vote:test_ssl=1');
    const job = await scene.client.submit('build:pair', untouching('flaky'));
    expect(await endOf(scene.gate, job)).to.equal('SUCCESS');
    expect(summaryOf(job)).to.equal(
      `1 of 2 voting builders passed; 1 forgiven: test_ssl.ReplyTest.test_reply on ${benchOne}, seen on the base, 0 of 20`,
    );
    const requests = await scene.requests('flaky');
    expect(roles(requests)).to.deep.equal(['measure', 'vote', 'vote']);
    const view = await scene.gate.job(job.unique);
    const forgiven = view.builders.find((builder) => builder.name === benchOne);
    expect(forgiven).to.include({ state: 'forgiven' });
    expect(forgiven?.attempts.map(({ role, outcome }) => [role, outcome])).to.deep.equal([
      ['vote', 'failed'],
      ['measure', 'passed'],
    ]);
  });

  it('is explained by the number of its job, and by the page of its build with and without a configuration', async () => {
    await fails('explained', 'says vote:test_ssl=1');
    const job = await scene.client.submit('build:pair', untouching('explained'));
    expect(await endOf(scene.gate, job)).to.equal('SUCCESS');
    const byJob = await gearbridge(scene.gate, 'flakes', 'explain', job.unique);
    const [first] = byJob.stdout.split('\n');
    expect([byJob.code, first]).to.deep.equal([0, `not yours, it passed: ${summaryOf(job)}`]);
    expect(byJob.stdout)
      .to.match(/ {2}seen-on-base: test-failure {2}test_ssl\.ReplyTest\.test_reply {2}\(test, lines? \d+/)
      .and.to.include(`rate: 1 of 3 builds of landed commits on this builder, 33 % (6.1 %-79 %) n too small`)
      .and.to.match(new RegExp(` base {2}${benchOne} {2}${commitOf('landed first').slice(0, 12)} `));

    const page = (await scene.gate.job(job.unique)).builders.find(({ name }) => name === benchOne)?.url ?? '';
    const explain = async (...words: readonly string[]) =>
      gearbridge(scene.gate, 'flakes', 'explain', ...words);
    const byBuild = await explain(page);
    const answer = `unknown: test-failure in test_ssl.ReplyTest.test_reply on ${benchOne}`;
    expect([byBuild.code, byBuild.stdout.split('\n')[0], byBuild.stderr]).to.deep.equal([4, answer, '']);
    expect(byBuild.stdout)
      .to.include('on 1 landed commit, last ')
      .and.to.include(commitOf('landed first').slice(0, 12));

    const attempts = (await scene.gate.job(job.unique)).builders.find(
      ({ name }) => name === benchOne,
    )?.attempts;
    const byRequest = await explain(attempts?.find(({ role }) => role === 'vote')?.url ?? '');
    expect([byRequest.code, byRequest.stdout.split('\n')[0]]).to.deep.equal([4, answer]);
    const noRequest = await explain(page.replace(/#.*/, '#/buildrequests/999999'));
    expect([noRequest.code, noRequest.stderr]).to.satisfy(
      ([code, said]: [number, string]) => code === 6 && said.includes('it may still be queued'),
    );

    const anonymous = await gearbridge({ config: '' }, 'flakes', 'explain', page, '--json');
    const document = JSON.parse(anonymous.stdout) as { builders: { failures: object[] }[] };
    expect(anonymous.code).to.equal(4);
    expect(document).to.include({ answer, revision: commitOf('explained') });
    expect(document.builders[0]?.failures[0]).to.include({
      kind: 'test-failure',
      rate: null,
      elsewhere: null,
    });

    const gone = await explain(page.replace(/\d+$/, '999999'));
    expect([gone.code, gone.stderr]).to.deep.equal([
      6,
      `gearbridge: Buildbot has no build at ${page.replace(/\d+$/, '999999')}; it may have been deleted there\n`,
    ]);
    const away = await explain('http://127.0.0.1:9/#/builders/1/builds/1');
    expect([away.code, away.stderr]).to.satisfy(
      ([code, said]: [number, string]) => code === 3 && said.includes('127.0.0.1:9'),
    );
  });

  it('is shown with its likely class while its step still runs, and told to the gatekeeper', async () => {
    await fails('still runs', 'says vote:test_ssl=1 vote:stays=90');
    const job = await scene.client.submit('build:pair', untouching('still runs'));
    const classOf = (builders: readonly { name: string; class: string | null }[]) =>
      builders.find(({ name }) => name === benchOne)?.class ?? null;
    const told = () =>
      job.packets.some(({ name, body }) => {
        if (name !== 'WORK_DATA') return false;
        const { builders = [] } = JSON.parse(body.toString()) as Partial<Pick<JobView, 'builders'>>;
        return classOf(builders) === 'seen-on-base';
      });
    await until(told, { within: 60_000, what: 'the class at the gatekeeper' });
    const shown = (await scene.gate.job(job.unique)).builders.find(({ name }) => name === benchOne);
    expect(shown).to.include({ state: 'running', class: 'seen-on-base', result: null });
    expect(shown?.found).to.include({ so_far: true, doubt: 'the build still runs' });
    const stop = await scene.client.submit('stop:gate.test', { name: 'pair', number: job.unique });
    await stop.ended(20_000);
    expect(await endOf(scene.gate, job)).to.equal('ABORTED');
  });

  it('that an active signature names is forgiven when it comes again once in twenty, by the name of the signature', async () => {
    await fails('known flake', 'says test_reply=1');
    const job = await scene.client.submit('build:pair', untouching('known flake'));
    expect(await endOf(scene.gate, job)).to.equal('SUCCESS');
    expect(summaryOf(job)).to.equal(
      `1 of 2 voting builders passed; 1 forgiven: FLK-12 on ${benchOne}, 1 of 20`,
    );
  });

  it('that an active signature names stands when it comes again each time', async () => {
    await fails('wears it', 'says test_reply=99');
    const job = await scene.client.submit('build:pair', untouching('wears it'));
    expect(await endOf(scene.gate, job)).to.equal('FAILURE');
    expect(summaryOf(job)).to.include(`known-flake: test_reply.ReplyTest.test_reply on ${benchOne}`);
  });

  it('that fails each time stands, though it looks like what is known, and the measure stops early', async () => {
    await fails('breaks ssl', 'says test_ssl=99');
    const job = await scene.client.submit('build:pair', untouching('breaks ssl'));
    expect(await endOf(scene.gate, job)).to.equal('FAILURE');
    expect(summaryOf(job))
      .to.include(`test_ssl.ReplyTest.test_reply on ${benchOne}`)
      .and.to.include('6 of 6 repeats');
    expect(roles(await scene.requests('breaks ssl'))).to.deep.equal(['measure', 'vote', 'vote']);

    const asked = await scene.gate.post(`/api/v1/jobs/${job.unique}/recheck`, { bug: 'BUG-7' });
    expect([asked.status, JSON.parse(asked.body)]).to.deep.equal([
      201,
      { number: job.unique, builders: [benchOne] },
    ]);
    const again = await until(
      async () => {
        const { builders, result } = await scene.gate.job(job.unique);
        expect(result).to.equal('FAILURE');
        const attempts = builders.find(({ name }) => name === benchOne)?.attempts ?? [];
        return attempts.find(({ recheck, repeats }) => recheck === 'BUG-7' && repeats !== null);
      },
      { within: 60_000, what: 'the recheck to be read' },
    );
    expect(again).to.deep.include({ role: 'measure', repeats: { failed: 6, ran: 6 } });
  });

  it('that is new is compared with the base of the same builder, and stands where that is clean', async () => {
    await fails('is new', 'says test_new=1');
    const job = await scene.client.submit('build:pair', untouching('is new'));
    expect(await endOf(scene.gate, job)).to.equal('FAILURE');
    expect(summaryOf(job)).to.match(new RegExp(`^new: test_new.ReplyTest.test_reply on ${benchOne}`));
    expect(roles(await scene.requests('is new'))).to.deep.equal(['measure', 'vote', 'vote']);
    const [control, ...more] = await scene.requests('landed last');
    expect(more).to.deep.equal([]);
    expect(control).to.include({ builder: benchOne, complete: true });
    expect(control?.builds[0]).to.include({ revision: base, results: 0 });
  });

  it('of a builder that was red twice on the base is withdrawn and named, without a build', async () => {
    await fails('meets red', 'says test_red=99', benchTwo);
    const job = await scene.client.submit('build:pair', untouching('meets red'));
    expect(await endOf(scene.gate, job)).to.equal('SUCCESS');
    expect(summaryOf(job)).to.include(`withdrawn: ${benchTwo} (test_red.ReplyTest.test_reply on ${benchTwo}`);
    expect(roles(await scene.requests('meets red'))).to.deep.equal(['vote', 'vote']);
  });

  it('that only the re-run inside the build cleared is measured like any other (rule 6.3)', async () => {
    await fails('reruns', 'says vote:test_ssl=1 vote:rerun');
    const job = await scene.client.submit('build:pair', untouching('reruns'));
    expect(await endOf(scene.gate, job)).to.equal('SUCCESS');
    expect(summaryOf(job)).to.include('1 forgiven: test_ssl.ReplyTest.test_reply');
  });

  it('whose summary is cut is not forgiven', async () => {
    await fails('is cut', 'says vote:test_ssl=1 vote:cut');
    const job = await scene.client.submit('build:pair', untouching('is cut'));
    expect(await endOf(scene.gate, job)).to.equal('FAILURE');
    expect(roles(await scene.requests('is cut'))).to.deep.equal(['vote', 'vote']);
  });

  /** The measure of a change while it runs. */
  const measuring = (name: string) =>
    until(
      async () => {
        const requests = await scene.requests(name);
        const measure = requests.find(({ marker }) => marker.includes(' measure '));
        return measure?.builds.some(({ complete }) => !complete) === true ? measure : null;
      },
      { within: 45_000, what: `the measure of ${name} to run` },
    );

  it('whose measure a person stops stands (rule 1.3)', async () => {
    await fails('stopped', 'says vote:test_ssl=1 measure:hang');
    const job = await scene.client.submit('build:pair', untouching('stopped'));
    const measure = await measuring('stopped');
    const admin = await session(scene.buildbot, 'admin');
    await admin.call(`builds/${measure.builds[0]?.id ?? 0}`, 'stop', { reason: 'enough' });
    expect(await endOf(scene.gate, job)).to.equal('FAILURE');
    expect(roles(await scene.requests('stopped'))).to.deep.equal(['measure', 'vote', 'vote']);
  });

  /** The build of a measure whose repeats have begun. A worker that dies before the first step leaves a build that hangs (3.7). */
  const repeating = async (name: string): Promise<number> => {
    const { builds } = await measuring(name);
    const build = builds[0]?.id ?? 0;
    await until(
      async () => {
        const answer = await fetch(`${scene.buildbot.api}/builds/${build}/steps?name=test`);
        const { steps } = (await answer.json()) as {
          steps: { started_at: number | null; complete: boolean }[];
        };
        return steps.some(({ started_at, complete }) => started_at !== null && !complete);
      },
      { within: 20_000, what: `the repeats of ${name} to begin` },
    );
    return build;
  };

  it('whose measure loses its worker is measured anew by the next build of that request, and the lost one proves nothing (rule 1.3)', async () => {
    // Its first build fails in each repeat, so it would let the failure stand if it counted.
    await fails('loses its worker', 'says vote:test_ssl=1 measure:test_ssl=99 measure:ms=1500');
    const job = await scene.client.submit('build:pair', untouching('loses its worker'));
    const lost = await repeating('loses its worker');
    await fails('loses its worker', 'says vote:test_ssl=1');
    await scene.buildbot.signal('all', 'SIGKILL');
    expect(await endOf(scene.gate, job)).to.equal('SUCCESS');
    expect(summaryOf(job)).to.include('1 forgiven: ').and.to.include('0 of 20');
    const requests = await scene.requests('loses its worker');
    expect(roles(requests)).to.deep.equal(['measure', 'vote', 'vote']);
    const measure = requests.find(({ marker }) => marker.includes(' measure '));
    expect(measure?.builds.map(({ id, results }) => [id === lost, results])).to.deep.equal([
      [true, 5],
      [false, 0],
    ]);
    const page = `${scene.buildbot.url}#/buildrequests/${measure?.id ?? 0}`;
    const { code, stdout } = await gearbridge({ config: '' }, 'flakes', 'explain', page);
    expect([code, stdout.split('\n')[0]]).to.deep.equal([0, `nothing wrong found on ${benchOne}: success`]);
    expect(stdout.match(/^build \d+: /gm), stdout).to.have.length(2);
    expect(stdout).to.include(`${benchOne}: retry`).and.to.include(`${benchOne}: success`);
  });

  it('whose measure loses its worker for good stands, and the measure is cancelled (rule 1.3)', async () => {
    await fails('loses it for good', 'says vote:test_ssl=1 measure:hang');
    const job = await scene.client.submit('build:pair', untouching('loses it for good'));
    await repeating('loses it for good');
    await scene.buildbot.hold('all');
    expect(await endOf(scene.gate, job)).to.equal('FAILURE');
    expect(summaryOf(job)).to.include(`test_ssl.ReplyTest.test_reply on ${benchOne}`);
    const requests = await scene.requests('loses it for good');
    expect(roles(requests)).to.deep.equal(['measure', 'vote', 'vote']);
    expect(requests.find(({ marker }) => marker.includes(' measure '))).to.include({
      complete: true,
      results: 6,
    });
    await scene.buildbot.release('all');
  });

  it('is measured in vain when the job is stopped: the measure ends with it (rule 8.2)', async () => {
    await fails('dequeued', 'says vote:test_ssl=1 measure:hang');
    const job = await scene.client.submit('build:pair', untouching('dequeued'));
    await measuring('dequeued');
    const stop = await scene.client.submit('stop:gate.test', { name: 'pair', number: job.unique });
    await stop.ended(20_000);
    expect(await endOf(scene.gate, job)).to.equal('ABORTED');
    const over = await until(
      async () => {
        const requests = await scene.requests('dequeued');
        return requests.every(({ complete }) => complete) ? requests : null;
      },
      { within: 15_000, what: 'every request to be complete' },
    );
    expect(over.find(({ marker }) => marker.includes(' measure '))?.results).to.equal(6);
  });

  it('is measured once also by a daemon that is killed meanwhile (rule 1.3)', async () => {
    await fails('killed', 'says vote:test_ssl=1 measure:ms=200');
    const job = await scene.client.submit('build:pair', untouching('killed'));
    await measuring('killed');
    await scene.gate.kill();
    await scene.gate.start();
    expect(await endOf(scene.gate, job)).to.equal('SUCCESS');
    expect(summaryOf(job)).to.include('1 forgiven: ').and.to.include('0 of 20');
    expect(roles(await scene.requests('killed'))).to.deep.equal(['measure', 'vote', 'vote']);
  });
});
