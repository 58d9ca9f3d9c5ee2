// `stop:` in every state that a job can be in (RUNS.md section 8), on gearmand.

import { expect } from 'chai';
import type { SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import { change, commitOf } from './gate.ts';
import { openScene, type Scene } from './scene.ts';

const ends = (job: SubmittedJob): readonly string[] =>
  job.packets.map(({ name }) => name).filter((name) => /^WORK_(COMPLETE|FAIL|EXCEPTION)$/.test(name));

/** How the stop itself ended. */
async function stop(scene: Scene, number: string, name = ''): Promise<string> {
  const asked = await scene.client.submit('stop:gate.test', { name, number });
  return (await asked.ended(20_000)).name;
}

/** Every request of the change is complete; gives the results of their builds. */
async function over(scene: Scene, name: string): Promise<readonly (number | null)[]> {
  const requests = await until(
    async () => {
      const found = await scene.requests(name);
      return found.length > 0 && found.every(({ complete }) => complete) ? found : null;
    },
    { within: 15_000, what: `every request of ${name} to be complete` },
  );
  return requests.flatMap(({ builds }) => builds.map(({ results }) => results));
}

function expectAborted(job: SubmittedJob): void {
  expect(ends(job)).to.deep.equal(['WORK_COMPLETE']);
  expect(job.build.result).to.equal('ABORTED');
}

describe('a stop', function () {
  this.timeout(120_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({ gate: { maxJobs: 20 } });
    await scene.gate.start();
    await scene.gate.ready();
  });

  after(() => scene.close());

  it('aborts a job whose builds run, and ends them at Buildbot (rules 8.1, 8.2)', async () => {
    await scene.steer('runs', 'hang');
    const job = await scene.client.submit('build:pair', change('runs'));
    await scene.running('runs', 2);
    expect(await stop(scene, job.unique, 'pair')).to.equal('WORK_COMPLETE');
    await job.ended();
    expectAborted(job);
    expect(await over(scene, 'runs')).to.deep.equal([6, 6]);
  });

  it('aborts a job whose request is queued, and cancels it without a build (rule 8.2)', async () => {
    await scene.steer('holds', 'hang');
    const holder = await scene.client.submit('build:single', change('holds'));
    await scene.running('holds', 1);
    const job = await scene.client.submit('build:single', change('queues'));
    await until(async () => (await scene.requests('queues')).length === 1, {
      within: 10_000,
      what: 'the request to be queued',
    });
    expect(await stop(scene, job.unique)).to.equal('WORK_COMPLETE');
    await job.ended();
    expectAborted(job);
    expect(await over(scene, 'queues')).to.deep.equal([]);
    expect(holder.build.ended, 'another job on that builder goes on').to.equal(false);
    await stop(scene, holder.unique);
    await over(scene, 'holds');
  });

  it('answers at once while the force call is under way, and cancels what that makes (rules 4.2, 8.2)', async () => {
    const held = scene.proxy.arm({
      match: 'POST /api/v2/forceschedulers/',
      fault: { kind: 'hold', cut: 'hang' },
    });
    await scene.steer('forcing', 'hang');
    const job = await scene.client.submit('build:pair', change('forcing'));
    await held.hit;
    expect(await stop(scene, job.unique)).to.equal('WORK_COMPLETE');
    await job.ended();
    expectAborted(job);
    held.release();
    await over(scene, 'forcing');
    expect(await scene.requests('forcing')).to.have.length(2);
  });

  it('answers at once while leftovers are looked for, and forces nothing (rule 8.2)', async () => {
    const held = scene.proxy.arm({ match: /reason__contains=%20/, fault: { kind: 'hold', cut: 'hang' } });
    const job = await scene.client.submit('build:pair', change('adopting'));
    await held.hit;
    expect(await stop(scene, job.unique)).to.equal('WORK_COMPLETE');
    await job.ended();
    expectAborted(job);
    held.release();
    await until(() => scene.gate.words().includes('checkpoint after-effect adopt'), {
      within: 10_000,
      what: 'the search for leftovers to end',
    });
    // A job that came later has gone all the way: what was to be forced would have been forced by then.
    const later = await scene.client.submit('build:pair', change('later'));
    await later.ended(30_000);
    expect(await scene.requests('adopting')).to.deep.equal([]);
  });

  it('adds nothing to a job that is answered, and is complete each time (rule 8.1)', async () => {
    const job = await scene.client.submit('build:pair', change('answered'));
    await job.ended(30_000);
    const packets = job.packets.length;
    expect(await stop(scene, job.unique)).to.equal('WORK_COMPLETE');
    expect(await stop(scene, job.unique)).to.equal('WORK_COMPLETE');
    expect(job.packets).to.have.length(packets);
    expect(job.build.result).to.equal('SUCCESS');
  });

  it('fails for a number that nobody has, and for one of a job of another name (rule 8.1)', async () => {
    expect(await stop(scene, 'nobody-has-it')).to.equal('WORK_FAIL');
    await scene.steer('named', 'hang');
    const job = await scene.client.submit('build:pair', change('named'));
    await scene.running('named', 2);
    expect(await stop(scene, job.unique, 'single')).to.equal('WORK_FAIL');
    expect(job.build.ended).to.equal(false);
    expect(await stop(scene, job.unique, 'pair')).to.equal('WORK_COMPLETE');
    expect(await stop(scene, job.unique, 'pair'), 'twice').to.equal('WORK_COMPLETE');
    await job.ended();
    expectAborted(job);
    await over(scene, 'named');
  });

  it('aborts a job by its number from before a restart, and ends its builds (rules 8.1, 9.1)', async () => {
    await scene.steer('before', 'hang');
    const job = await scene.client.submit('build:pair', change('before'));
    await scene.running('before', 2);
    const number = String(job.build.number);
    await scene.gate.kill();
    await scene.gate.start();
    expect(await stop(scene, number)).to.equal('WORK_COMPLETE');
    await job.ended(20_000);
    expectAborted(job);
    expect(await over(scene, 'before')).to.deep.equal([6, 6]);
  });

  it('is answered 400 times in one burst, and every job among them is aborted once (rules 8.1, 8.2)', async () => {
    const { client, buildbot } = scene;
    await buildbot.scenarios({ default: 'hang' });
    const names = Array.from({ length: 20 }, (_, at) => `burst ${at}`);
    const jobs = await Promise.all(names.map((name) => client.submit('build:pair', change(name))));
    await Promise.all(jobs.map((job) => job.packet('WORK_STATUS', 20_000)));
    await until(async () => (await scene.requests('burst 19')).length === 2, {
      within: 20_000,
      what: 'the last job to be forced',
    });
    const numbers = Array.from({ length: 400 }, (_, at) => jobs[at % 40]?.unique ?? `nobody-${at}`);
    const stops = await Promise.all(
      numbers.map((number) => client.submit('stop:gate.test', { name: 'pair', number })),
    );
    const answers = await Promise.all(stops.map((each) => each.ended(30_000)));
    await Promise.all(jobs.map((job) => job.ended(10_000)));

    const known = new Set(jobs.map(({ unique }) => unique));
    const wanted = numbers.map((number) => (known.has(number) ? 'WORK_COMPLETE' : 'WORK_FAIL'));
    expect(answers.map(({ name }) => name)).to.deep.equal(wanted);
    jobs.forEach(expectAborted);
    for (const name of names) await over(scene, name);
    await buildbot.scenarios({});
  });
});

describe('a stop of a job that waits for a slot', function () {
  this.timeout(60_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({ gate: { maxJobs: 1 } });
    await scene.gate.start();
    await scene.gate.ready();
  });

  after(() => scene.close());

  it('takes it out of the line, and nothing of it was ever forced (rules 2.5, 8.1)', async () => {
    await scene.steer('first', 'hang');
    const { client, gate } = scene;
    const first = await client.submit('build:pair', change('first'));
    await scene.running('first', 2);
    // Past the slots nothing is grabbed; what is submitted here waits in line.
    const submitted = await gate.post('/api/v1/jobs', {
      job: 'single',
      branch: 'main',
      revision: commitOf('second'),
      parameters: { ZUUL_URL: 'https://git.example.org', ZUUL_PROJECT: 'cpython' },
    });
    expect(submitted.status, submitted.body).to.equal(201);
    const { number } = JSON.parse(submitted.body) as { number: string };
    expect((await gate.job(number)).state).to.equal('waiting');
    expect(await stop(scene, number)).to.equal('WORK_COMPLETE');
    expect(await gate.job(number)).to.include({ state: 'finished', result: 'ABORTED' });
    await stop(scene, first.unique);
    await over(scene, 'first');
    const later = await client.submit('build:single', change('later'));
    await later.ended(20_000);
    expect(await scene.requests('second')).to.deep.equal([]);
  });
});
