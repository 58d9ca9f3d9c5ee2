// The main job, end to end, on real servers: a gate job comes in, the exact commit is built, one honest verdict goes out.

import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import { connectGearmanClient, type GearmanClient } from '../gearman-client.ts';
import { change, commitOf, makeGate, type Gate } from './gate.ts';

describe('a gate over a real Buildbot and a real gearmand', function () {
  this.timeout(180_000);
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let gate: Gate;
  let client: GearmanClient;

  before(async () => {
    [buildbot, gearmand] = await Promise.all([startBuildbot({ stepTimeout: 8 }), startGearmand()]);
    gate = await makeGate({ buildbot, gearman: [gearmand.address] });
    await gate.start();
    await gate.ready();
    client = await connectGearmanClient(gearmand.port);
  });

  after(async () => {
    client.close();
    await gate.close();
    await Promise.all([buildbot.stop(), gearmand.stop()]);
  });

  it('lets a good change through, with a build of the exact commit on every voting builder', async () => {
    const job = await client.submit('build:cpython-gate:main', change('good'));
    await job.ended(120_000);

    expect(job.build.result).to.equal('SUCCESS');
    const view = await gate.job(job.unique);
    const voting = view.builders.filter((builder) => builder.role === 'voting');
    expect(voting).to.have.length(7);
    for (const builder of voting) {
      expect(builder.state, builder.name).to.equal('passed');
      expect(builder.revision).to.equal(commitOf('good'));
    }
    expect(job.packets.map((packet) => packet.name)).to.include.ordered.members(['WORK_DATA', 'WORK_STATUS']);
  });

  it('fails a change that breaks a test on one platform, and names the builder', async () => {
    await buildbot.scenarios({
      by_revision: { [commitOf('breaks windows')]: { 'AMD64 Windows 3.x': 'fail-new' } },
    });
    const job = await client.submit('build:cpython-gate', change('breaks windows'));
    await job.ended(120_000);

    expect(job.build.result).to.equal('FAILURE');
    expect(job.build.last?.['summary']).to.include('AMD64 Windows 3.x');
    const page = await gate.get(`jobs/${job.unique}`);
    expect(page.status).to.equal(200);
    expect(page.body).to.include('FAILURE');
    const logs = await gate.get(`api/v1/jobs/${job.unique}/logs`);
    expect(logs.body).to.include('test_gate_regression');
  });
});
