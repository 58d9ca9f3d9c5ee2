// Two daemons on one gearmand, one Buildbot and one Redis: one of them is killed, paused, or asked for what the other holds.

import { expect } from 'chai';
import { startRedis, type Redis } from '../../src/servers/redis.ts';
import type { SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import { change, makeGate, type Gate } from './gate.ts';
import { openScene, sceneJobs, type Scene } from './scene.ts';

const ends = (job: SubmittedJob): readonly string[] =>
  job.packets.map(({ name }) => name).filter((name) => /^WORK_(COMPLETE|FAIL|EXCEPTION)$/.test(name));
const announced = (job: SubmittedJob): number =>
  job.packets.filter(({ name }) => name === 'WORK_STATUS').length;

describe('two instances on one Redis', function () {
  this.timeout(120_000);
  let redis: Redis;
  let scene: Scene;
  let one: Gate;
  let other: Gate;

  before(async () => {
    redis = await startRedis();
    const gate = { maxJobs: 2, redis: redis.url };
    scene = await openScene({ gate });
    one = scene.gate;
    other = await makeGate({
      ...gate,
      buildbot: { url: `http://127.0.0.1:${scene.proxy.port}/`, users: scene.buildbot.users },
      gearman: [`127.0.0.1:${scene.gearmanProxy.port}`],
      jobs: sceneJobs,
    });
    await one.start();
    await one.ready();
  });
  after(async () => {
    await other.close();
    await scene.close();
    await redis.stop();
  });

  const both = async (): Promise<void> => {
    for (const gate of [one, other]) if (!gate.running()) await gate.start();
    await Promise.all([one.ready(), other.ready()]);
  };

  it('take over the runs of a killed one within 15 s, with no second request and no try used (rule 9.9)', async () => {
    await scene.steer('killed', 'slow', 6);
    const job = await scene.client.submit('build:pair', change('killed'));
    await scene.running('killed', 2);
    await both();
    await one.kill();
    const killedAt = performance.now();
    await until(() => announced(job) === 2, { within: 20_000, what: 'first data of the other instance' });
    expect(performance.now() - killedAt).to.be.lessThan(15_000);
    await job.ended(60_000);
    expect(job.build).to.include({ number: job.unique, manager: 'gate.test', result: 'SUCCESS' });
    expect(ends(job)).to.deep.equal(['WORK_COMPLETE']);
    expect(await scene.requests('killed')).to.have.length(2);
  });

  it('stop a job within a second, whichever of them the stop reaches (rule 8.4)', async () => {
    await both();
    await scene.steer('stopped', 'hang');
    const job = await scene.client.submit('build:pair', change('stopped'));
    const single = await scene.client.submit('build:single', change('stopped'));
    await scene.running('stopped', 3);
    const holder = one.log().includes(job.unique) ? one : other;
    const wrong = holder === one ? other : one;
    const asked = performance.now();
    const answer = await wrong.post(`/api/v1/jobs/${job.unique}/cancel`, { reason: 'a test' });
    expect(answer.status).to.equal(200);
    await job.ended(10_000);
    expect(performance.now() - asked).to.be.lessThan(1_000);
    // A gearmand hands this one to either.
    const stop = await scene.client.submit('stop:gate.test', { name: 'single', number: single.unique });
    await single.ended(10_000);
    expect(performance.now() - stop.submittedAt).to.be.lessThan(1_000);
    for (const each of [job, single]) {
      expect(each.build.result).to.equal('ABORTED');
      expect(ends(each)).to.deep.equal(['WORK_COMPLETE']);
    }
    expect((await stop.ended(5_000)).name).to.equal('WORK_COMPLETE');
  });

  it('make one run of a change that both are asked for at once, and start no more than max_jobs (rules 1.5, 2.4 d, 2.5)', async () => {
    await both();
    await scene.steer('twice a', 'slow', 4);
    const names = ['twice a', 'twice b', 'twice c'];
    const clients = [scene.client, await scene.connect()];
    const jobs = await Promise.all(
      names.flatMap((name) => clients.map((client) => client.submit('build:single', change(name)))),
    );
    let most = 0;
    await until(
      async () => {
        most = Math.max(most, (await one.status()).slots.taken);
        return jobs.every(({ build }) => build.ended);
      },
      { within: 60_000, what: 'all six to end' },
    );
    expect(jobs.map(({ build }) => build.result)).to.deep.equal(jobs.map(() => 'SUCCESS'));
    expect(most).to.be.within(1, 2);
    // The first pair had both slots at once; of the others the second may have come when the first was over.
    expect(await scene.requests('twice a')).to.have.length(1);
  });

  it('take no job while Redis is away, and settle what runs and what waits once it is back (rule 2.3)', async () => {
    await both();
    await scene.steer('away', 'slow', 3);
    const job = await scene.client.submit('build:pair', change('away'));
    await scene.running('away', 2);
    await redis.kill();
    await until(async () => (await one.get('readyz')).status !== 200, { within: 5_000, what: 'not ready' });
    const late = await scene.client.submit('build:single', change('late'));
    await until(async () => (await scene.requests('away')).every(({ complete }) => complete), {
      within: 30_000,
      what: 'the builds to end without Redis',
    });
    expect([ends(job), late.packets]).to.deep.equal([[], []]);
    await redis.restart();
    for (const each of [job, late]) {
      await each.ended(60_000);
      expect(each.build.result).to.equal('SUCCESS');
    }
    expect(await scene.requests('away')).to.have.length(2);
    expect(await scene.requests('late')).to.have.length(1);
  });

  it('refuse the writes of one that was paused while the other took over, and lose no job of it (rule 9.9)', async () => {
    await both();
    // Longer than the takeover takes: what its builds say then comes to both.
    await scene.steer('paused', 'slow', 14);
    const job = await scene.client.submit('build:pair', change('paused'));
    await scene.running('paused', 2);
    const holder = one.log().includes(job.unique) ? one : other;
    const rest = holder === one ? other : one;
    // It may have taken over others in a story before.
    const takeovers = (): number => rest.log().split('took over open runs').length;
    const before = takeovers();
    holder.freeze();
    await until(() => takeovers() > before, { within: 20_000, what: 'the takeover' });
    holder.thaw();
    await job.ended(60_000);
    expect(job.build.result).to.equal('SUCCESS');
    expect(ends(job)).to.deep.equal(['WORK_COMPLETE']);
    expect(await scene.requests('paused')).to.have.length(2);
    await until(() => holder.log().includes('another instance holds the run'), {
      within: 10_000,
      what: 'the refused write',
    });
  });
});
