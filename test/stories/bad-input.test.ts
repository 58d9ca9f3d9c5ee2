// Whoever reaches the Gearman server writes the arguments. Whatever they hold, the job ends with one clear line (or is served, where
// the rules say so), the daemon lives on with its connections, and nothing is forced.

import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import type { JobList } from '../../src/views/document.ts';
import { session, type Session } from '../contract/servers/force.ts';
import { startGeard, type Geard } from '../geard/geard.ts';
import { connectGearmanClient, type GearmanClient, type SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import {
  asked,
  controls,
  escapes,
  inName,
  misplaced,
  tags,
  unreadable,
  without,
  type Bad,
} from './bad-arguments.ts';
import { endOf, summaryOf } from './ending.ts';
import { expectNoControls, expectShownEscaped } from './escaped.ts';
import { change, commitOf, makeGate, type Gate } from './gate.ts';

describe('bad input through the whole daemon', function () {
  this.timeout(120_000);
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let geard: Geard;
  let gate: Gate;
  let client: GearmanClient;
  let zuul: GearmanClient;
  let master: Session;
  let workers: readonly string[];

  before(async () => {
    [buildbot, gearmand, geard] = await Promise.all([
      startBuildbot({ builders: 2, workers: 'local' }),
      startGearmand(),
      startGeard(),
    ]);
    master = await session(buildbot, 'admin');
    const jobs = `
  - { name: strict, project: cpython, branches: [main, "3.*"], repositories: ["https://git.example.org/*"], builders: { names: ["Bench 01 3.x"] }, policy: gate }
  - { name: loose, project: cpython, builders: { names: ["Bench 02 3.x"] }, policy: gate }`;
    gate = await makeGate({ buildbot, gearman: [gearmand.address, geard.address], jobs, maxJobs: 20 });
    await gate.start();
    await gate.ready();
    [client, zuul] = await Promise.all([
      connectGearmanClient(gearmand.port),
      connectGearmanClient(geard.port),
    ]);
    await served(client, 'a first one');
    await served(zuul, 'a first one at geard');
    workers = await connections();
  });

  // Whatever a test sent: nothing acted on who reads the log, and both connections are the ones from the beginning.
  afterEach(async () => {
    expectNoControls(gate.log(), 'the log');
    expect(gate.running()).to.equal(true);
    expect(gate.log()).not.to.include('lost a connection');
    expect(await connections()).to.deep.equal(workers);
  });

  after(async () => {
    client.close();
    zuul.close();
    await gate.close();
    await Promise.all([buildbot.stop(), gearmand.stop(), geard.stop()]);
  });

  /** Descriptors of the daemon's connections at gearmand, and how many geard has ever taken. */
  async function connections(): Promise<readonly string[]> {
    const lines = await client.admin('workers', false);
    const ours = lines.filter((line) => line.includes('build:') || line.includes('stop:'));
    return [...ours.map((line) => line.split(' ')[0]!), `geard ${geard.accepted()}`];
  }

  async function buildsets(): Promise<number> {
    const [newest] = await master.rows('buildsets?limit=1&order=-bsid&field=bsid');
    return newest === undefined ? 0 : Number(newest['bsid']);
  }

  async function served(by: GearmanClient, name: string): Promise<SubmittedJob> {
    const job = await by.submit('build:strict:main', change(name));
    expect(await endOf(gate, job), JSON.stringify(job.build.last)).to.equal('SUCCESS');
    return job;
  }

  async function refused(by: GearmanClient, bad: Bad): Promise<SubmittedJob> {
    const job = await by.submit(bad.function ?? 'build:strict', bad.payload);
    const end = await job.ended(30_000);
    expect(end.name, bad.title).to.equal('WORK_COMPLETE');
    expect(job.build.result, bad.title).to.equal('CONFIG_ERROR');
    expect(job.build.number, bad.title).to.equal(job.unique);
    expect(summaryOf(job), bad.title).to.match(bad.says);
    expectNoControls(summaryOf(job).replaceAll('\n', '\u0000'), bad.title);
    expect(summaryOf(job).length, bad.title).to.be.within(10, 500);
    return job;
  }

  for (const [server, by] of [
    ['gearmand', () => client],
    ['geard', () => zuul],
  ] as const) {
    it(`refuses arguments that cannot be read with one clear line, and goes on at ${server} (rule 2.6)`, async () => {
      const before = await buildsets();
      for (const bad of unreadable) await refused(by(), bad);
      expect(await buildsets()).to.equal(before);
      await served(by(), `good after unreadable at ${server}`);
    });
  }

  it('refuses what does not belong to the job, naming the parameter, and forces nothing (rule 2.6)', async () => {
    const before = await buildsets();
    await Promise.all(misplaced.map((bad) => refused(client, bad)));
    for (const bad of misplaced.slice(0, 3)) await refused(zuul, bad);
    expect(await buildsets()).to.equal(before);
    await served(client, 'good after misplaced');
  });

  it('refuses control characters and line ends in any field and in a name (rule 2.6)', async () => {
    const before = await buildsets();
    await Promise.all([...controls, inName].map((bad) => refused(client, bad)));
    for (const bad of [controls[0]!, inName]) await refused(zuul, bad);
    expect(await buildsets()).to.equal(before);
    await served(client, 'good after controls');
  });

  it('shows refused texts only escaped: on the page, in the documents, by the commands and in the log', async () => {
    const project = await refused(client, {
      title: 'tags',
      payload: asked({ ZUUL_PROJECT: tags }),
      says: /not served/,
    });
    await refused(client, { title: 'garbage', payload: `${tags}${escapes}`, says: /no JSON/ });
    const shown = await expectShownEscaped(gate, project.unique);
    expect(shown).to.include('&lt;script&gt;alert(1)');
  });

  it('serves values that are no text where they name nothing, and `__proto__`, and forces neither (rule 2.7)', async () => {
    const odd = {
      ZUUL_CHANGE: 7,
      ZUUL_CHANGES: ['a', { b: tags }],
      ZUUL_PATCHSET: null,
      constructor: 'x',
      toString: 'y',
    };
    const payload = JSON.stringify({ ...change('odd'), ...odd, ZUUL_PIPELINE: `gate\u202e${tags}` });
    const job = await client.submit(
      'build:loose',
      payload.replace('{', '{"__proto__": {"polluted": "yes"},'),
    );
    expect(await endOf(gate, job)).to.equal('SUCCESS');
    const [buildset] = await master.rows('buildsets?limit=1&order=-bsid&field=bsid');
    const [properties] = await master.rows(`buildsets/${String(buildset!['bsid'])}/properties`);
    expect(properties)
      .to.include.keys('gate_uuid')
      .and.not.include.any.keys('ZUUL_CHANGE', 'toString', 'polluted');
    await expectShownEscaped(gate, job.unique);
  });

  it('serves a job without ZUUL_UUID', async () => {
    const job = await client.submit('build:strict:main', without('ZUUL_UUID'));
    expect(await endOf(gate, job)).to.equal('SUCCESS');
    expect(job.build.number).to.equal(job.unique);
  });

  it('serves an empty unique id in the fore- and the background under a number of its own (rule 2.4 c)', async () => {
    const first = await client.submit('build:loose', change('no id'), { unique: '' });
    const second = await client.submit('build:loose', change('no id either'), { unique: '' });
    await client.submit('build:loose', change('no id behind'), { unique: '', background: true });
    await Promise.all([first.ended(60_000), second.ended(60_000)]);
    expect([first.build.result, second.build.result]).to.deep.equal(['SUCCESS', 'SUCCESS']);
    expect(first.build.number)
      .to.match(/^g-[0-9a-f]{24}$/)
      .and.not.to.equal(second.build.number);
    const behind = await until(
      async () => {
        const { jobs } = JSON.parse((await gate.get('api/v1/jobs')).body) as JobList;
        return jobs.find((row) => row.revision === commitOf('no id behind') && row.state === 'finished');
      },
      { within: 60_000, what: 'the background job to be over' },
    );
    expect(behind).to.include({ result: 'SUCCESS' });
  });

  it('gives a unique id that is no usable number one of its own (rule 1.1)', async () => {
    const ids = [tags.slice(0, 30), '../../../etc/passwd', `x${escapes}`.slice(0, 60)];
    const jobs = await Promise.all(
      ids.map((unique) => client.submit('build:loose', change(`id ${unique.slice(0, 8)}`), { unique })),
    );
    // gearmand takes 63 bytes, geard any length.
    jobs.push(await zuul.submit('build:loose', change('a long id'), { unique: 'u'.repeat(200) }));
    for (const job of jobs) {
      expect(await endOf(gate, job)).to.equal('SUCCESS');
      expect(job.build.number).to.match(/^g-[0-9a-f]{24}$/);
    }
    await expectShownEscaped(gate, String(jobs[0]!.build.number));
  });

  for (const [server, by] of [
    ['gearmand', () => client],
    ['geard', () => zuul],
  ] as const) {
    it(`refuses the second of two payloads under one unique id and goes on with the first at ${server} (rule 2.4 b)`, async () => {
      const name = `clash ${server}`;
      await buildbot.scenarios({ by_revision: { [commitOf(name)]: 'hang' } });
      const first = await by().submit('build:loose', change(name));
      await first.packet('WORK_DATA');
      const second = await by().submit('build:loose:main', change('the other'), { unique: first.unique });
      await second.ended(30_000);
      expect(second.build.result).to.equal('CONFIG_ERROR');
      expect(summaryOf(second)).to.match(/same unique id/);
      expect(second.build.number).not.to.equal(first.unique);
      expect(first.build).to.include({ ended: false, number: first.unique });
      const stop = await by().submit('stop:gate.test', { name: 'loose', number: first.unique });
      await Promise.all([stop.ended(), first.ended(30_000)]);
      expect(first.build.result).to.equal('ABORTED');
    });
  }

  it('answers stop and set_description whatever they hold, and shows a hostile description only as text', async () => {
    await buildbot.scenarios({ by_revision: { [commitOf('described')]: 'hang' } });
    const job = await client.submit('build:loose', change('described'));
    await job.packet('WORK_DATA');
    const description = `${tags}<b>bold</b>${escapes}\u202e<!-- ${'x'.repeat(200_000)} --><a href="javascript:alert(1)">go</a>`;
    const good = { name: 'loose', number: job.unique, html_description: description };
    const hostile = [
      '',
      'null',
      '[]',
      '{',
      '['.repeat(10_000),
      '{"number": {}}',
      JSON.stringify({ number: `x'${tags}${escapes}` }),
      JSON.stringify({ number: '__proto__' }),
      JSON.stringify({ name: 'other', number: job.unique }),
      Buffer.from([0xff]),
    ];
    for (const payload of hostile) {
      const [stop, describe] = await Promise.all([
        client.submit('stop:gate.test', payload),
        client.submit('set_description:gate.test', payload),
      ]);
      expect((await stop.ended()).name, String(payload).slice(0, 40)).to.equal('WORK_FAIL');
      expect((await describe.ended()).name).to.equal('WORK_COMPLETE');
    }
    const described = await client.submit('set_description:gate.test', good);
    expect((await described.ended()).name).to.equal('WORK_COMPLETE');
    await until(async () => (await gate.job(job.unique)).description?.includes('bold'), {
      within: 5000,
      what: 'the text',
    });
    await expectShownEscaped(gate, job.unique);
    expect(job.build.ended).to.equal(false);
    const stop = await client.submit('stop:gate.test', { name: 'loose', number: job.unique });
    expect((await stop.ended()).name).to.equal('WORK_COMPLETE');
    await job.ended();
    expect(job.build.result).to.equal('ABORTED');
  });
});
