// The wall clock of the machine jumps while a job runs: nothing is judged by it (RUNS.md 5.1).

import { expect } from 'chai';
import { until } from '../until.ts';
import { change } from './gate.ts';
import { openScene, type Scene } from './scene.ts';
import { shiftable, shiftTo } from './shifted-clock.ts';

const day = 24 * 3_600_000;

describe('a clock that jumps', function () {
  this.timeout(120_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({ gate: { maxJobs: 2, env: shiftable } });
    await scene.gate.start();
    await scene.gate.ready();
  });
  after(() => scene.close());

  async function shift(text: string, milliseconds: number): Promise<void> {
    await shiftTo(scene.gate.folder, text);
    await until(
      async () => {
        const apart = Date.parse((await scene.gate.status()).at) - Date.now() - milliseconds;
        return Math.abs(apart) < 60_000;
      },
      { within: 10_000, what: `the daemon to be ${text} off` },
    );
  }

  it('a day forward and two back changes no verdict, sends nothing twice and ends no clock (rule 5.1)', async () => {
    await scene.steer('jumps', 'slow', 8);
    const job = await scene.client.submit('build:pair', change('jumps'));
    await scene.running('jumps', 2);
    await shift('+1d', day);
    const waits = (await scene.gate.job(job.unique)).waits_for;
    expect(waits, 'what it waits for is still named').to.not.equal(null);
    await shift('-1d', -day);
    await job.ended(60_000);
    expect(job.build.result).to.equal('SUCCESS');
    expect(await scene.requests('jumps')).to.have.length(2);
    await shift('+0', 0);
    const next = await scene.client.submit('build:single', change('after'));
    await next.ended(60_000);
    expect(next.build.result).to.equal('SUCCESS');
  });
});
