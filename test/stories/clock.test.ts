// The wall clock of the machine jumps while a job runs: nothing is judged by it (RUNS.md 5.1).

import { expect } from 'chai';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../until.ts';
import { change } from './gate.ts';
import { openScene, type Scene } from './scene.ts';

const day = 24 * 3_600_000;

/** Debian's library, which shifts the wall clock of a process as a file says, and leaves the monotonic one alone. */
function shifted(folder: string): Readonly<Record<string, string>> {
  const library = readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
  if (library === undefined) throw new Error('apt-get install faketime');
  const file = join(folder, 'shift');
  writeFileSync(file, '+0');
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

describe('a clock that jumps', function () {
  this.timeout(120_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({ gate: { maxJobs: 2, env: shifted } });
    await scene.gate.start();
    await scene.gate.ready();
  });
  after(() => scene.close());

  async function shift(text: string, milliseconds: number): Promise<void> {
    // Never half a line.
    const file = join(scene.gate.folder, 'shift');
    await writeFile(`${file}.new`, text);
    await rename(`${file}.new`, file);
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
