// The gatekeeper's checklist (GATEKEEPER.md section 10), those of its lines that only the whole daemon can keep.

import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import { openLevelJournal } from '../../src/store/level/open-level-journal.ts';
import { join } from 'node:path';
import { session } from '../contract/servers/force.ts';
import { packetType } from '../../src/gearman/packet-type.ts';
import { startFaultProxy, type FaultProxy } from '../fault-proxy.ts';
import { connectGearmanClient, type GearmanClient, type SubmittedJob } from '../gearman-client.ts';
import { endOf } from './ending.ts';
import { change, commitOf, makeGate, type Gate } from './gate.ts';

const words = ['SUCCESS', 'FAILURE', 'TIMED_OUT', 'INFRA_FAILURE', 'NO_COVERAGE', 'ABORTED', 'CONFIG_ERROR'];

function objectsOf(job: SubmittedJob): readonly Record<string, unknown>[] {
  const carrying = job.packets.filter(({ name }) => name === 'WORK_DATA' || name === 'WORK_COMPLETE');
  return carrying.map(({ body }) => JSON.parse(body.toString('utf8')) as Record<string, unknown>);
}

describe("the gatekeeper's checklist through the daemon", function () {
  this.timeout(120_000);
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let toGearman: FaultProxy;
  let toBuildbot: FaultProxy;
  let gate: Gate;
  let client: GearmanClient;

  before(async () => {
    [buildbot, gearmand] = await Promise.all([
      startBuildbot({ builders: 2, workers: 'local' }),
      startGearmand(),
    ]);
    toGearman = await startFaultProxy({ port: gearmand.port });
    toBuildbot = await startFaultProxy({ port: Number(new URL(buildbot.url).port) });
    const jobs = `
  - { name: told, project: cpython, builders: { names: ["Bench 01 3.x"] }, policy: gate, result_text: explained }`;
    gate = await makeGate({
      buildbot: { url: `http://127.0.0.1:${toBuildbot.port}/`, users: buildbot.users },
      gearman: [`127.0.0.1:${toGearman.port}`],
      jobs,
    });
    await gate.start();
    await gate.ready();
    client = await connectGearmanClient(gearmand.port);
  });

  after(async () => {
    client.close();
    await gate.close();
    await Promise.all([toGearman.close(), toBuildbot.close()]);
    await Promise.all([buildbot.stop(), gearmand.stop()]);
  });

  async function ended(name: string, job = 'cpython-gate'): Promise<SubmittedJob> {
    const submitted = await client.submit(`build:${job}`, change(name));
    await endOf(gate, submitted);
    return submitted;
  }

  it('sends first data and status in one write, before any call to Buildbot (checklist 2)', async () => {
    // Nothing passes to Buildbot any more, so what the client gets now was sent without it.
    const force = toBuildbot.arm({
      match: '"method":"force"',
      fault: { kind: 'hold', cut: 'hang' },
      times: 1,
    });
    const first = toGearman.arm({
      match: 'told-first-write',
      fault: { kind: 'delay', milliseconds: 0 },
      times: 1,
    });
    const submitted = await client.submit('build:told', change('first'), { unique: 'told-first-write' });
    const data = await submitted.packet('WORK_DATA');
    const status = await submitted.packet('WORK_STATUS');
    const write = (await first.hit).toString('latin1');
    const at = (type: number): number => write.indexOf(`\0REQ\0\0\0${String.fromCharCode(type)}`);
    expect(at(packetType.WORK_DATA)).to.be.at.least(0);
    expect(at(packetType.WORK_STATUS)).to.be.above(at(packetType.WORK_DATA));
    await force.hit;
    expect(performance.now()).to.be.above(data.at);
    expect(status.body.toString('latin1')).to.equal('0\x00100');
    expect(JSON.parse(data.body.toString('utf8'))).to.include({
      name: 'told',
      number: 'told-first-write',
      manager: 'gate.test',
      url: `${gate.web}jobs/told-first-write`,
    });
    force.release();
    expect(await endOf(gate, submitted)).to.equal('SUCCESS');
  });

  it('sends no result before the end, only whole objects, and the final url before the end (checklist 3, 4, 5)', async () => {
    const submitted = await ended('whole');
    const objects = objectsOf(submitted);
    expect(objects.length).to.be.at.least(3);
    const early = objects.slice(0, -2);
    for (const object of early) {
      expect(object).to.include.keys('name', 'number', 'manager', 'url', 'worker_name');
      expect(JSON.stringify(object)).not.to.include('"result"');
    }
    const [last, complete] = objects.slice(-2);
    expect(last).to.deep.equal(complete);
    expect(last).to.include({ result: 'SUCCESS', url: `${gate.web}jobs/${submitted.unique}` });
    expect(submitted.packets.at(-2)!.name).to.equal('WORK_DATA');
    expect(submitted.packets.at(-1)!.name).to.equal('WORK_COMPLETE');
    const allowed = new Set(['WORK_DATA', 'WORK_STATUS', 'WORK_COMPLETE']);
    expect(submitted.packets.filter(({ name }) => !allowed.has(name))).to.deep.equal([]);
  });

  it('explains a negative result in one line where the job asks for it, and SUCCESS never (checklist 3, rule 7.3)', async () => {
    await buildbot.scenarios({ by_revision: { [commitOf('red')]: 'fail-new' } });
    const [red, plain, green] = await Promise.all([
      ended('red', 'told'),
      ended('red', 'cpython-gate'),
      ended('green', 'told'),
    ]);
    expect(red.build.result).to.match(/^FAILURE \(Bench 01 3\.x: .+\)$/);
    expect(String(red.build.result).length).to.be.at.most(255);
    expect(plain.build.result).to.equal('FAILURE');
    expect(green.build.result).to.equal('SUCCESS');
    for (const job of [red, plain, green]) expect(words).to.include(String(job.build.result).split(' ')[0]);
  });

  it('answers every stop and ends every build that was begun (checklist 8)', async () => {
    await buildbot.scenarios({ default: 'hang' });
    const jobs = await Promise.all(
      ['a', 'b', 'c'].map((name) => client.submit('build:told', change(`stop ${name}`))),
    );
    await Promise.all(jobs.map((job) => job.packet('WORK_DATA')));
    const numbers = [...jobs.map((job) => job.unique), 'unknown', jobs[0]!.unique];
    const stops = await Promise.all(
      numbers.map((number) => client.submit('stop:gate.test', { name: 'told', number })),
    );
    const answers = await Promise.all(stops.map((stop) => stop.ended()));
    expect(answers.map(({ name }) => name)).to.deep.equal([
      'WORK_COMPLETE',
      'WORK_COMPLETE',
      'WORK_COMPLETE',
      'WORK_FAIL',
      'WORK_COMPLETE',
    ]);
    for (const job of jobs) expect(await endOf(gate, job)).to.match(/^ABORTED \(.+\)$/);
    await buildbot.scenarios({});
  });

  it('has the job in the journal before the first packet goes out (checklist 15)', async () => {
    const submitted = await client.submit('build:cpython-gate', change('journal'), { unique: 'journalled' });
    await submitted.packet('WORK_DATA');
    await gate.kill();
    const store = await openLevelJournal({ path: join(gate.folder, 'store'), manager: 'gate.test' });
    const run = await store.byNumber('journalled' as Parameters<typeof store.byNumber>[0]);
    await store.close();
    expect(run?.jobs.map(({ number, state }) => [number, state])).to.deep.equal([['journalled', 'open']]);
    await gate.start();
    expect(await endOf(gate, submitted)).to.equal('SUCCESS');
    const master = await session(buildbot, 'gate');
    const [row] = await master.rows('buildsets?limit=1&order=-bsid&field=bsid');
    const [properties] = await master.rows(`buildsets/${String(row!['bsid'])}/properties`);
    expect(properties!['gate_uuid']).to.deep.equal(['journalled', 'Force Build Form']);
  });
});
