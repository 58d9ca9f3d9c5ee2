// Real masters that are not as the README wants them: without the stanza, and without any login.

import { expect } from 'chai';
import { tlsSettings } from '../../../src/config/pem.ts';
import { startBuildbot, type Buildbot } from '../../../src/servers/buildbot.ts';
import { createAuthority, openDoor } from '../../certificates.ts';
import { until } from '../../until.ts';
import { clientOf, complete, facts, force, forced, inStep, running } from './client.ts';
import type { Client } from './client.ts';

const offline = 'RISC-V 64-bit Ubuntu 3.x';
const quick = 'Docs 3.x';

describe('a master without the stanza', function () {
  this.timeout(90_000);
  let buildbot: Buildbot;
  let gate: Client;
  before(async function () {
    this.timeout(150_000);
    buildbot = await startBuildbot({ workers: 'local', stanza: 'none' });
    gate = clientOf(buildbot, 'gate');
  });
  after(async () => {
    await gate.master.close();
    await buildbot.stop();
  });

  it('is warned of, with what it drops', async () => {
    const findings = await gate.master.check();
    expect(findings.filter(({ level }) => level === 'error')).to.deep.equal([]);
    const warnings = findings.filter(({ level }) => level === 'warning');
    expect(warnings.map(({ part }) => part)).to.deep.equal(['fields', 'stanza']);
    expect(warnings[0]!.sentence).to.include('gate_role is missing');
    expect(warnings[1]!.sentence).to.include('carries no gate_stanza');
  });

  it('forbids us to cancel what is queued, after one login and not more', async () => {
    const { request } = await forced(gate.master, { builders: [offline] });
    gate.calls();
    expect(await gate.master.cancel(request, 'not wanted')).to.equal('forbidden');
    expect(await gate.master.cancel(request, 'not wanted')).to.equal('forbidden');
    expect(gate.calls().filter(({ verb }) => verb === 'login').length).to.be.at.most(1);
    expect((await facts(gate.master, request)).complete).to.equal(false);
  });

  it('raises the priority of no request, and says why', async () => {
    const { request } = await forced(gate.master, { builders: [offline] });
    expect(await gate.master.raise(request)).to.deep.equal({
      kind: 'not-raised',
      why: 'the master does not let us',
    });
  });

  it('lets us stop what runs', async () => {
    const { request } = await forced(gate.master, { builders: [quick], scenario: 'slow' });
    const build = await running(gate.master, request, inStep('test'));
    expect(await gate.master.stop(build.id, 'not wanted')).to.equal('asked');
    expect((await complete(gate.master, request)).results).to.equal(6);
  });
});

describe('a master that asks for no login', function () {
  this.timeout(90_000);
  let buildbot: Buildbot;
  before(async function () {
    this.timeout(150_000);
    buildbot = await startBuildbot({ workers: 'local', auth: 'open', stanza: 'old' });
  });
  after(() => buildbot.stop());

  it('is used without one, and its old stanza is warned of', async () => {
    const nobody = clientOf(buildbot, 'nobody');
    const findings = await nobody.master.check();
    const bad = findings.filter(({ level }) => level !== 'ok');
    expect(bad.map(({ part, level }) => `${part} ${level}`)).to.deep.equal(['stanza warning']);
    expect(bad[0]!.sentence).to.include("stanza '0'");
    const { request } = await forced(nobody.master, { builders: [offline] });
    expect(await nobody.master.cancel(request, 'done')).to.equal('asked');
    expect((await complete(nobody.master, request)).results).to.equal(6);
    await nobody.master.close();
  });

  it('raises the priority of a request from 3.9 on, and says before that it cannot', async () => {
    const nobody = clientOf(buildbot, 'nobody');
    const { request } = await forced(nobody.master, { builders: [offline] });
    const outcome = await nobody.master.raise(request);
    const version = (await nobody.master.check())
      .map(({ sentence }) => /Buildbot (\d+)\.(\d+)/.exec(sentence))
      .find(Boolean);
    await nobody.master.cancel(request, 'done');
    await nobody.master.close();
    const can = Number(version?.[1]) === 3 ? Number(version?.[2]) >= 9 : Number(version?.[2]) < 3;
    expect(outcome.kind).to.equal(can ? 'raised' : 'not-raised');
    if (outcome.kind === 'not-raised') expect(outcome.why).to.not.equal('');
  });

  it('has our markers under a nameless owner', async () => {
    const nobody = clientOf(buildbot, 'nobody');
    const said = 'gearbridge gate.test eeeeeeeeeeeeeeee 1 vote 0123456789abcdef 00000001';
    await forced(nobody.master, { builders: [offline], marker: said });
    const query = { contains: 'eeeeeeeeeeeeeeee', unfinished: true, withRequests: false };
    const found = await nobody.master.buildsets(query);
    await nobody.master.close();
    expect(found.map(({ marker }) => marker)).to.deep.equal([said]);
  });

  it('is asked by HTTPS with a certificate of ours, also by WebSocket, and with the renewed one after a renewal', async () => {
    const authority = await createAuthority();
    const door = await openDoor(authority, { to: Number(new URL(buildbot.url).port) });
    const files = { ca: authority.ca, ...(await authority.issue('gate')) };
    const url = `https://localhost:${door.port}/`;
    const { master } = clientOf(buildbot, 'nobody', { url, tls: tlsSettings(files) });
    try {
      expect((await master.check()).filter(({ level }) => level === 'error')).to.deep.equal([]);
      master.watch(() => undefined);
      await until(() => master.watching(), { within: 5_000, what: 'the WebSocket to be up' });
      const before = new Set(door.serials);
      await authority.issue('gate');
      await master.fleet();
      expect(before.has(door.serials.at(-1) ?? '')).to.equal(false);
      const without = clientOf(buildbot, 'nobody', {
        url,
        tls: tlsSettings({ ...files, certificate: null, key: null }),
      });
      expect((await without.master.check()).map(({ part, level }) => `${part} ${level}`)).to.include(
        'master error',
      );
      await without.master.close();
      const gone = clientOf(buildbot, 'nobody', { url, tls: tlsSettings({ ...files, key: '/nowhere/key' }) });
      const outcome = await force(gone.master, { builders: [offline] });
      expect(outcome.kind).to.equal('not-sent');
      await gone.master.close();
    } finally {
      await master.close();
      await door.close();
      await authority.dispose();
    }
  });

  it('says how to do without a user name that it does not know', async () => {
    const named = clientOf(buildbot, 'gate');
    const findings = await named.master.check();
    const outcome = await force(named.master, { builders: [offline] });
    await named.master.close();
    const login = findings.find(({ part }) => part === 'login');
    expect(login?.level).to.equal('error');
    expect(login?.sentence).to.include('leave out buildbot.username');
    expect(outcome.kind).to.equal('not-sent');
  });
});
