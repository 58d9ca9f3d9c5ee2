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
    await scene.steer('killed', 'slow', 12);
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
    await scene.running('stopped', 2);
    // The job is on the connection of one; the stop is asked of both.
    const asked = performance.now();
    const answers = await Promise.all(
      [one, other].map((gate) => gate.post(`/api/v1/jobs/${job.unique}/cancel`, { reason: 'a test' })),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200]);
    await job.ended(10_000);
    expect(performance.now() - asked).to.be.lessThan(1_500);
    expect(job.build.result).to.equal('ABORTED');
  });

  it('run no more jobs at once than max_jobs allows to all of them together (rule 2.5)', async () => {
    await both();
    const names = ['slot a', 'slot b', 'slot c', 'slot d'];
    const jobs = await Promise.all(names.map((name) => scene.client.submit('build:single', change(name))));
    let most = 0;
    await until(
      async () => {
        const { slots } = await one.status();
        most = Math.max(most, slots.taken);
        return jobs.every(({ build }) => build.ended);
      },
      { within: 60_000, what: 'all four to end' },
    );
    expect(jobs.map(({ build }) => build.result)).to.deep.equal(names.map(() => 'SUCCESS'));
    expect(most).to.be.within(1, 2);
  });

  it('make one run of the same change asked for twice at once (rules 1.5, 2.4 d)', async () => {
    await both();
    const client = await scene.connect();
    const pairs = await Promise.all(
      ['twice a', 'twice b'].map((name) =>
        Promise.all([scene.client, client].map((each) => each.submit('build:pair', change(name)))),
      ),
    );
    for (const job of pairs.flat()) {
      await job.ended(60_000);
      expect(job.build.result).to.equal('SUCCESS');
    }
    for (const name of ['twice a', 'twice b']) expect(await scene.requests(name)).to.have.length(2);
  });

  it('refuse the writes of one that was paused while the other took over, and lose no job of it (rule 9.9)', async () => {
    await both();
    await other.stop();
    await scene.steer('paused', 'slow', 14);
    const job = await scene.client.submit('build:pair', change('paused'));
    await scene.running('paused', 2);
    await other.start();
    await other.ready();
    one.freeze();
    await until(() => other.log().includes('took over open runs'), { within: 20_000, what: 'the takeover' });
    one.thaw();
    await job.ended(60_000);
    expect(job.build.result).to.equal('SUCCESS');
    expect(ends(job)).to.deep.equal(['WORK_COMPLETE']);
    expect(await scene.requests('paused')).to.have.length(2);
  });
});
