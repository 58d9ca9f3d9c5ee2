// The force call that arrives after the daemon was killed and started again: a proxy holds the request meanwhile.

import { expect } from 'chai';
import type { Armed } from '../faults.ts';
import type { SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import { change } from './gate.ts';
import { benchThree, openScene, type Scene } from './scene.ts';

describe('a force call that arrives after the restart', function () {
  this.timeout(180_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene();
    await scene.gate.start();
    await scene.gate.ready();
  });

  after(() => scene.close());

  /** Submits; kills the daemon while its force call is held, and starts it again. */
  async function heldWhileKilled(job: string, name: string): Promise<{ job: SubmittedJob; held: Armed }> {
    const { gate, proxy, client } = scene;
    const held = proxy.arm({
      match: 'POST /api/v2/forceschedulers/',
      fault: { kind: 'hold', cut: 'rst' },
    });
    const submitted = await client.submit(`build:${job}`, change(name));
    await held.hit;
    await gate.kill();
    await gate.start();
    return { job: submitted, held };
  }

  async function seen(checkpoint: string, within: number): Promise<void> {
    await until(() => scene.gate.words().includes(`checkpoint ${checkpoint}\n`), {
      within,
      what: checkpoint,
    });
  }

  async function duplicates(): Promise<number> {
    const { body } = await scene.gate.get('metrics');
    return Number(/^gearbridge_duplicate_requests_total (\d+)$/m.exec(body)?.[1] ?? 'NaN');
  }

  it('is found by the second search and counts, where it arrives before that (rule 4.2)', async () => {
    const { job, held } = await heldWhileKilled('pair', 'late a');
    await seen('after-effect search', 20_000);
    expect(await scene.requests('late a'), 'before it arrives').to.deep.equal([]);
    held.release();
    await job.ended(60_000);

    expect(job.build.result).to.equal('SUCCESS');
    const requests = await scene.requests('late a');
    expect(requests).to.have.length(2);
    expect(new Set(requests.map((request) => request.marker)).size).to.equal(1);
    expect(await duplicates()).to.equal(0);
  });

  it('is cancelled by the sweep within 30 s and counted, where it arrives after both searches (rule 4.3)', async () => {
    // Longer than the two searches and one round of the sweep.
    await scene.steer('late b', 'slow', 45);
    const { job, held } = await heldWhileKilled('single', 'late b');
    await scene.running('late b', 1);
    const [sentAgain] = await scene.requests('late b');
    held.release();
    const arrived = performance.now();
    await until(async () => (await scene.requests('late b')).length === 2, {
      within: 10_000,
      what: 'the held request to arrive',
    });
    await until(
      async () => (await scene.requests('late b')).filter(({ complete }) => complete).length === 1,
      {
        within: 33_000 - (performance.now() - arrived),
        what: 'the sweep to cancel the second request',
      },
    );
    await job.ended(60_000);

    expect(job.build.result).to.equal('SUCCESS');
    const requests = await scene.requests('late b');
    const counted = requests.find(({ id }) => id === sentAgain?.id);
    const late = requests.find(({ id }) => id !== sentAgain?.id);
    expect(counted?.builds.map((build) => build.results)).to.deep.equal([0]);
    expect(late?.builds, 'the late one had no build').to.deep.equal([]);
    expect(late?.results).to.equal(6);
    const view = await scene.gate.job(job.unique);
    expect(view.builders.find(({ name }) => name === benchThree)?.attempts.at(-1)?.request).to.equal(
      counted?.id,
    );
    expect(await duplicates()).to.equal(1);
  });
});
