// A daemon that is killed or told to end in the middle of a job, on gearmand and on the stand-in for geard.

import { expect } from 'chai';
import { until } from '../until.ts';
import { change } from './gate.ts';
import { openScene, type Scene } from './scene.ts';

const ends = (packets: readonly { readonly name: string }[]): readonly string[] =>
  packets.map(({ name }) => name).filter((name) => /^WORK_(COMPLETE|FAIL|EXCEPTION)$/.test(name));

describe('a restart on gearmand', function () {
  this.timeout(120_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({ gate: { maxJobs: 1 } });
    await scene.gate.start();
    await scene.gate.ready();
  });

  after(() => scene.close());

  it('gets the job back under its unique id, sends first data again and no new request (rules 2.4 a, 9.1)', async () => {
    const { gate, client } = scene;
    await scene.steer('back', 'slow', 6);
    const job = await client.submit('build:pair', change('back'));
    await scene.running('back', 2);
    await gate.kill();
    await gate.start();
    await until(() => job.packets.filter(({ name }) => name === 'WORK_STATUS').length === 2, {
      within: 20_000,
      what: 'the first data to come again',
    });
    expect(job.build).to.include({ number: job.unique, manager: 'gate.test', result: undefined });
    await job.ended(60_000);

    expect(job.build.result).to.equal('SUCCESS');
    expect(ends(job.packets)).to.deep.equal(['WORK_COMPLETE']);
    const requests = await scene.requests('back');
    expect(requests).to.have.length(2);
    expect(requests.flatMap(({ builds }) => builds)).to.have.length(2);
  });

  it('ends with 0 within 5 s of SIGTERM, stops nothing at Buildbot, and the next process goes on (rule 9.5)', async () => {
    const { gate, client } = scene;
    await scene.steer('sigterm', 'slow', 8);
    const job = await client.submit('build:pair', change('sigterm'));
    await scene.running('sigterm', 2);
    const begun = performance.now();
    expect(await gate.stop()).to.equal('exit code 0');
    expect(performance.now() - begun).to.be.lessThan(5_000);
    await scene.running('sigterm', 2);
    await gate.start();
    await job.ended(60_000);

    expect(job.build.result).to.equal('SUCCESS');
    expect(await scene.requests('sigterm')).to.have.length(2);
  });

  it('starts no new run while it is drained, ends what it has, and takes the rest once resumed (rule 9.5)', async () => {
    const { gate, client } = scene;
    await scene.steer('drained', 'slow', 4);
    const old = await client.submit('build:pair', change('drained'));
    await scene.running('drained', 2);
    expect((await gate.post('/api/v1/drain')).status).to.equal(200);
    const fresh = await client.submit('build:single', change('after the drain'));
    await old.ended(60_000);
    expect(old.build.result).to.equal('SUCCESS');
    expect((await gate.status()).mode).to.equal('draining');
    expect(fresh.packets).to.deep.equal([]);
    expect(await scene.requests('after the drain')).to.deep.equal([]);
    expect((await gate.post('/api/v1/resume')).status).to.equal(200);
    await fresh.ended(60_000);
    expect(fresh.build.result).to.equal('SUCCESS');
  });

  /** Who leaves before the daemon's first look was never seen waiting: a background job, served to its end (rule 9.2). */
  async function lookedAtClients(): Promise<void> {
    const look = scene.gearmanProxy.arm({ match: 'show jobs', fault: { kind: 'hold', cut: 'hang' } });
    await look.hit;
    look.release();
    await scene.client.admin('show jobs', false);
  }

  it('takes the slot of a run whose client left, though the connection stands (rules 2.5, 9.2)', async () => {
    const { gate, client } = scene;
    await scene.steer('left', 'hang');
    const leaving = await scene.connect();
    const job = await leaving.submit('build:pair', change('left'));
    await scene.running('left', 2);
    const next = await client.submit('build:single', change('next'));
    expect((await gate.status()).slots).to.deep.equal({ max: 1, taken: 1 });
    await lookedAtClients();
    leaving.close();
    leaving.close();
    await next.ended(60_000);

    expect(next.build.result).to.equal('SUCCESS');
    const view = await gate.job(job.unique);
    expect(view).to.include({ state: 'running', gatekeeper: 'gone' });
    await scene.running('left', 2);
  });
});

describe('a restart on geard', function () {
  this.timeout(120_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({ server: 'geard', gate: { maxJobs: 2 } });
    await scene.gate.start();
    await scene.gate.ready();
  });

  after(() => scene.close());

  it('fails the job at its client; the relaunch takes over the builds that run, and gets the verdict (rule 2.4 d)', async () => {
    const { gate, client } = scene;
    await scene.steer('relaunched', 'slow', 8);
    const job = await client.submit('build:pair', change('relaunched'));
    await scene.running('relaunched', 2);
    await gate.kill();
    expect((await job.ended()).name).to.equal('WORK_FAIL');
    const relaunch = await client.submit('build:pair', change('relaunched'));
    await gate.start();
    await relaunch.packet('WORK_STATUS', 20_000);
    await scene.running('relaunched', 2);
    await relaunch.ended(60_000);

    expect(relaunch.unique).to.not.equal(job.unique);
    expect(relaunch.build).to.include({ number: relaunch.unique, result: 'SUCCESS' });
    expect(ends(relaunch.packets)).to.deep.equal(['WORK_COMPLETE']);
    const requests = await scene.requests('relaunched');
    expect(requests).to.have.length(2);
    expect(requests.flatMap(({ builds }) => builds)).to.have.length(2);
    // The job of the time before was replaced: nobody waits for it.
    expect((await gate.job(job.unique)).run).to.equal((await gate.job(relaunch.unique)).run);
  });

  it('takes the slot of a run whose client left, as known 0 tells (rules 2.5, 9.2)', async () => {
    const { gate } = scene;
    await scene.steer('left geard', 'hang');
    const leaving = await scene.connect();
    const job = await leaving.submit('build:pair', change('left geard'));
    await scene.running('left geard', 2);
    expect((await gate.status()).slots).to.deep.equal({ max: 2, taken: 1 });
    leaving.close();
    await until(async () => (await gate.status()).slots.taken === 0, {
      within: 30_000,
      what: 'the slot to be free',
    });
    expect(await gate.job(job.unique)).to.include({ state: 'running', gatekeeper: 'gone' });
    await scene.running('left geard', 2);
  });
});
