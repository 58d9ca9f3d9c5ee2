// The stanza that admins paste, on a master that really loads it, and masters without it.

import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../../src/servers/buildbot.ts';
import { until } from '../../until.ts';
import { session, type Row, type Session } from './force.ts';

// Its worker never connects: what is forced here stays queued.
const offline = 'RISC-V 64-bit Ubuntu 3.x';
const long = 'x'.repeat(255);

async function fields(gate: Session): Promise<readonly Row[]> {
  const [scheduler] = await gate.rows('forceschedulers/gate');
  const nested = scheduler!['all_fields'] as Row[];
  return nested.flatMap((field) => (Array.isArray(field['fields']) ? (field['fields'] as Row[]) : [field]));
}

function stanza(all: readonly Row[]): unknown {
  const field = all.find((row) => row['name'] === 'gate_stanza');
  return field === undefined ? undefined : [field['type'], field['default']];
}

async function cancels(session: Session, request: number): Promise<number> {
  const { status } = await session.call(`buildrequests/${request}`, 'cancel', { reason: 'not wanted' });
  return status;
}

describe('a master with the stanza', () => {
  let buildbot: Buildbot;
  let gate: Session;
  let dev: Session;
  let nobody: Session;

  before(async function () {
    this.timeout(150_000);
    buildbot = await startBuildbot({ workers: 'local' });
    gate = await session(buildbot, 'gate');
    dev = await session(buildbot, 'dev');
    nobody = await session(buildbot, null);
  });
  after(async () => {
    await buildbot.stop();
  });

  it('shows its version as a fixed field', async () => {
    expect(stanza(await fields(gate))).to.deep.equal(['fixed', '1']);
  });

  it('has every field that the gate sends, with room for 255 characters', async () => {
    const sent = [
      'branch',
      'revision',
      'repository',
      'project',
      'reason',
      'gate_job',
      'gate_uuid',
      'gate_attempt',
    ];
    sent.push('change_ref', 'gate_role', 'gate_tests', 'gate_repeat');
    const request = await gate.force(
      offline,
      Object.fromEntries(sent.map((name) => [name, `${name}${long}`.slice(0, 255)])),
    );
    const [row] = await gate.rows(`buildrequests/${request}`);
    const [buildset] = await gate.rows(`buildsets/${String(row!['buildsetid'])}`);
    expect(buildset!['reason']).to.contain(`reason${long}`.slice(0, 255));
    const [properties] = await gate.rows(`buildsets/${String(row!['buildsetid'])}/properties`);
    for (const name of sent.slice(5))
      expect(properties![name]).to.deep.equal([`${name}${long}`.slice(0, 255), 'Force Build Form']);
    expect((buildset!['sourcestamps'] as Row[])[0]).to.include({ branch: `branch${long}`.slice(0, 255) });
    expect(await cancels(gate, request)).to.equal(200);
  });

  it('lets the gate cancel a queued request, and nobody who is neither gate nor admin', async () => {
    const request = await gate.force(offline, { branch: 'main', revision: 'abc' });
    expect(await cancels(dev, request)).to.equal(403);
    expect(await cancels(nobody, request)).to.equal(403);
    expect(await cancels(gate, request)).to.equal(200);
    const results = async (): Promise<unknown> =>
      (await gate.rows(`buildrequests/${request}`))[0]!['results'];
    await until(async () => (await results()) === 6, { within: 10_000, what: 'the request to be cancelled' });
  });

  it('lets an admin cancel as before', async () => {
    const request = await gate.force(offline, { branch: 'main', revision: 'abd' });
    expect(await cancels(await session(buildbot, 'admin'), request)).to.equal(200);
  });

  it('lets the gate alone force and stop', async () => {
    await buildbot.scenarios({ default: 'hang' });
    const request = await gate.force('AMD64 Debian 3.x', { branch: 'main', revision: 'abe' });
    const build = await until(
      async () => (await gate.rows(`buildrequests/${request}/builds`))[0]?.['buildid'],
      {
        within: 15_000,
        what: 'the build to begin',
      },
    );
    const stop = { reason: 'dequeued' };
    expect((await dev.call(`builds/${String(build)}`, 'stop', stop)).status).to.equal(403);
    expect((await nobody.call(`builds/${String(build)}`, 'stop', stop)).status).to.equal(403);
    expect((await gate.call(`builds/${String(build)}`, 'stop', stop)).status).to.equal(200);
    expect((await gate.finished(request)).results).to.equal(6);
    const force = { builderNames: [offline], branch: 'main' };
    expect((await dev.call('forceschedulers/gate', 'force', force)).status).to.equal(403);
    expect((await nobody.call('forceschedulers/gate', 'force', force)).status).to.equal(403);
  });

  it('gives the gate no power over workers', async () => {
    const [worker] = await gate.rows('workers');
    const { status } = await gate.call(`workers/${String(worker!['workerid'])}`, 'pause', { reason: 'no' });
    expect(status).to.equal(403);
  });
});

describe('a master with another stanza', () => {
  for (const [carried, seen, cancelled] of [
    ['old', ['fixed', '0'], 200],
    ['none', undefined, 403],
  ] as const) {
    it(`carries it as "${carried}", and cancelling answers ${cancelled}`, async function () {
      this.timeout(150_000);
      const buildbot = await startBuildbot({ workers: 'local', stanza: carried });
      try {
        const gate = await session(buildbot, 'gate');
        expect(stanza(await fields(gate))).to.deep.equal(seen);
        const request = await gate.force(offline, { branch: 'main', revision: 'abc' });
        expect(await cancels(gate, request)).to.equal(cancelled);
      } finally {
        await buildbot.stop();
      }
    });
  }
});
