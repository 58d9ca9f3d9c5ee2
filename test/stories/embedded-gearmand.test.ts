// `gearman: { embedded: … }`: a gearmand of the daemon's own, to try things out. It outlives the daemon and is found again.

import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { freePort } from '../../src/servers/free-port.ts';
import { connectGearmanClient } from '../gearman-client.ts';
import { until } from '../until.ts';
import { change, makeGate, type Gate } from './gate.ts';

const nobody = { url: 'http://127.0.0.1:9/', users: { gate: 'x', dev: 'x', admin: 'x' } };

async function pidIn(gate: Gate): Promise<number> {
  return Number((await readFile(join(gate.folder, 'store', 'gearmand.pid'), 'utf8')).trim());
}

describe('an embedded gearmand', function () {
  this.timeout(60_000);
  let gate: Gate;
  let port: number;

  before(async () => {
    port = await freePort();
    gate = await makeGate({ buildbot: nobody, gearman: [`127.0.0.1:${port}`] });
    const text = await readFile(gate.config, 'utf8');
    await writeFile(
      gate.config,
      text.replace(/^gearman: .*$/m, `gearman: { embedded: { listen: "127.0.0.1:${port}" } }`),
    );
    await gate.start();
  });

  after(async () => {
    const pid = await pidIn(gate);
    await gate.close();
    process.kill(pid, 'SIGTERM');
    await until(() => !isAlive(pid), { within: 5_000, what: 'gearmand to end' });
  });

  it('serves the functions, keeps a job over a restart of the daemon, and is the same one then', async () => {
    const client = await until(() => connectGearmanClient(port), {
      within: 10_000,
      what: 'gearmand to listen',
    });
    const listed = async () =>
      (await client.admin('status', false)).some(
        (line) => line.startsWith('build:two\t') && line.endsWith('\t1'),
      );
    await until(listed, { within: 10_000, what: 'build:two to be served' });
    const first = await pidIn(gate);
    const job = await client.submit('build:two', change('waits'));

    await gate.stop();
    await gate.start();

    await until(listed, { within: 10_000, what: 'build:two to be served again' });
    expect(await pidIn(gate)).to.equal(first);
    expect((await client.status(job.handle)).slice(0, 2)).to.deep.equal(['1', '0']);
    client.close();
  });

  it("leaves the store's folder to its owner alone", async () => {
    const { mode } = await stat(join(gate.folder, 'store'));
    expect(mode & 0o777).to.equal(0o700);
  });

  it('is started again when it dies', async () => {
    const first = await pidIn(gate);

    process.kill(first, 'SIGKILL');

    const again = await until(async () => ((await pidIn(gate)) === first ? null : pidIn(gate)), {
      within: 15_000,
      what: 'another gearmand',
    });
    expect(isAlive(again)).to.equal(true);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
