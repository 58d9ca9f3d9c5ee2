// A master with the stanza and passwords: everything that kills nothing. A function of the server: the real one and the stand-in pass it.

import { expect } from 'chai';
import type { ListedBuild } from '../../../src/buildbot/build-list.ts';
import type { Buildbot } from '../../../src/servers/buildbot.ts';
import { land } from '../../landed.ts';
import { startFaultProxy } from '../../fault-proxy.ts';
import { until } from '../../until.ts';
import { clientOf, complete, facts, force, forced, inStep, running, stepResults } from './client.ts';
import type { Client } from './client.ts';
import { markerTests } from './marker-tests.ts';
import { wireTests } from './wire-tests.ts';
import { wrongForces, wrongSchedulers } from './wrong-calls.ts';

// Its worker never connects: what is forced here stays queued.
const offline = 'RISC-V 64-bit Ubuntu 3.x';
const quick = 'Docs 3.x';

export interface GateServer extends Pick<Buildbot, 'url' | 'users'> {
  stop(): Promise<void>;
}

/** Declares the tests of a server; `whose`: what their titles call it. */
export function gateUserSuite(whose: string, start: () => Promise<GateServer>): void {
  describe(`${whose} with the stanza and passwords`, function () {
    this.timeout(90_000);
    let buildbot: GateServer;
    let gate: Client;

    before(async function () {
      this.timeout(150_000);
      buildbot = await start();
      gate = clientOf(buildbot, 'gate');
    });
    after(async () => {
      await gate.master.close();
      await buildbot.stop();
    });

    describe('checked', () => {
      it('is in order, and says so in three requests', async () => {
        gate.calls();
        const findings = await gate.master.check();
        expect(findings.filter(({ level }) => level !== 'ok')).to.deep.equal([]);
        expect(gate.calls().map(({ verb }) => verb)).to.deep.equal(['login', 'config', 'scheduler']);
        expect(findings.map(({ sentence }) => sentence).join('\n')).to.match(/Buildbot [34]\.\S+ answers at/);
        expect(findings.find(({ part }) => part === 'login')?.sentence).to.equal("logged in as 'gate'");
      });

      it('refuses a wrong password', async () => {
        const wrong = clientOf(buildbot, 'gate', { password: () => 'guess' });
        const bad = (await wrong.master.check()).filter(({ level }) => level === 'error');
        const outcome = await force(wrong.master, { builders: [quick] });
        await wrong.master.close();
        expect(bad.map(({ part }) => part)).to.deep.equal(['login']);
        expect(outcome.kind).to.equal('not-ready');
      });

      it('warns when we name no user', async () => {
        const nobody = clientOf(buildbot, 'nobody');
        const findings = await nobody.master.check();
        await nobody.master.close();
        expect(findings.find(({ part }) => part === 'login')).to.include({ level: 'warning' });
      });

      for (const [scheduler, part, says] of wrongSchedulers) {
        it(`finds the fault of scheduler ${scheduler}`, async () => {
          const client = clientOf(buildbot, 'gate', { scheduler });
          const findings = await client.master.check();
          await client.master.close();
          const error = findings.find(({ level }) => level === 'error');
          expect(error?.part).to.equal(part);
          expect(error?.sentence).to.match(says);
        });
      }

      it('warns of what scheduler gate-strict drops; its pattern is not told (3.7)', async () => {
        const client = clientOf(buildbot, 'gate', { scheduler: 'gate-strict' });
        const findings = await client.master.check();
        await client.master.close();
        expect(findings.filter(({ level }) => level === 'error')).to.deep.equal([]);
        const warning = findings.find(({ part, level }) => part === 'fields' && level === 'warning');
        expect(warning?.sentence).to.match(/gate_attempt is missing; change_ref is missing/);
      });

      it('warns of another stanza than ours', async () => {
        const newer = clientOf(buildbot, 'gate', { stanza: '2' });
        const findings = await newer.master.check();
        await newer.master.close();
        const bad = findings.filter(({ level }) => level !== 'ok');
        expect(bad.map(({ part, level }) => `${part} ${level}`)).to.deep.equal(['stanza warning']);
      });
    });

    it('has a fleet of builders with tags and workers', async () => {
      gate.calls();
      const fleet = await gate.master.fleet();
      expect(gate.calls()).to.have.length(2);
      const docs = fleet.find(({ name }) => name === quick);
      expect(docs?.tags).to.have.members(['3.x', 'stable', 'docs']);
      expect(docs?.workers).to.deep.equal([
        { name: 'debian-amd64', connected: true, paused: false, graceful: false },
      ]);
      expect(fleet.find(({ name }) => name === offline)?.workers[0]?.connected).to.equal(false);
    });

    it('builds a subset that was forced, and says which commit on which worker', async () => {
      const wish = { builders: [quick, 'AMD64 Windows 3.x'], fields: { revision: 'c0ffee'.padEnd(40, '0') } };
      gate.calls();
      const { requests } = await forced(gate.master, wish);
      expect(requests.map(({ builder }) => builder)).to.have.members(wish.builders);
      const ids = requests.map(({ request }) => request);
      const ended = await Promise.all(ids.map((id) => complete(gate.master, id)));
      for (const { results, builds } of ended) {
        expect(results).to.equal(0);
        expect(builds).to.have.length(1);
        expect(builds[0]).to.deep.include({ results: 0, revision: wish.fields.revision, complete: true });
      }
      expect(ended.map(({ builds }) => builds[0]!.worker)).to.have.members(['debian-amd64', 'windows-amd64']);
      gate.calls();
      await gate.master.requests(ids);
      for (const { builds } of ended) {
        const build = await gate.master.build(builds[0]!.id);
        expect(stepResults(build)).to.include({ git: 0, test: 0 });
        expect(build.stepTimedOut).to.equal(false);
      }
      expect(gate.calls().map(({ verb }) => verb)).to.deep.equal(['requests', 'builds', 'steps', 'steps']);
    });

    describe('forced wrongly', () => {
      for (const [title, options, wish, kind, says] of wrongForces) {
        it(`answers ${kind} to ${title}`, async () => {
          const client = clientOf(buildbot, 'gate', options);
          const outcome = await force(client.master, { builders: [quick], ...wish });
          await client.master.close();
          expect(outcome.kind).to.equal(kind);
          expect(outcome.kind === 'forced' ? '' : outcome.why).to.match(says);
        });
      }

      it('forces only those of the builders that it has, and says which (rule 4.7)', async () => {
        const { requests } = await forced(gate.master, { builders: [quick, 'No such 3.x'] });
        expect(requests.map(({ builder }) => builder)).to.deep.equal([quick]);
        await complete(gate.master, requests[0]!.request);
      });

      it('lets nobody force who is not the gate', async () => {
        const dev = clientOf(buildbot, 'dev');
        const outcome = await force(dev.master, { builders: [quick] });
        await dev.master.close();
        expect(outcome.kind).to.equal('not-ready');
        expect(outcome.kind === 'forced' ? '' : outcome.why).to.include('does not let us force');
      });
    });

    it('logs in again when its cookie has expired (rule 4.8)', async () => {
      // The first login gives a cookie that means nobody, as an expired one does: every POST with it is a 403.
      const proxy = await startFaultProxy({ port: Number(new URL(buildbot.url).port) });
      const broken = 'TWISTED_SESSION=broken';
      const login = `HTTP/1.1 302 Found\r\nSet-Cookie: ${broken}; Path=/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
      const armed = proxy.arm({ match: 'GET /auth/login', fault: { kind: 'answer', bytes: login } });
      // A cookie of this moment is not doubted: the first refusal comes 40 s after the login.
      const calls: string[] = [];
      const isRefused = (): boolean => {
        calls.push(...late.calls().map(({ verb, outcome: how }) => `${verb} ${how}`));
        return calls.includes('force http-403');
      };
      const now = (): number => performance.now() + (isRefused() ? 40_000 : 0);
      const clock = { now, after: () => () => undefined, random: () => 0 };
      const late = clientOf({ ...buildbot, url: `http://127.0.0.1:${proxy.port}/` }, 'gate', { clock });
      const outcome = await force(late.master, { builders: [offline] });
      await late.master.close();
      await proxy.close();
      expect(armed.hits()).to.equal(1);
      expect(outcome.kind).to.equal('forced');
      isRefused();
      const ofInterest = calls.filter((call) => /^(login|force) /.test(call));
      expect(ofInterest).to.deep.equal(['login ok', 'force http-403', 'login ok', 'force ok']);
    });

    describe('asked by hand', () => wireTests(() => ({ buildbot, gate })));

    describe('searched for a marker', () => markerTests(() => ({ buildbot, gate })));

    it('lets the gate cancel what is queued, and nobody else (rule 8.2)', async () => {
      const dev = clientOf(buildbot, 'dev');
      const { request } = await forced(gate.master, { builders: [offline] });
      expect(await dev.master.cancel(request, 'mischief')).to.equal('forbidden');
      await dev.master.close();
      expect((await facts(gate.master, request)).complete).to.equal(false);
      expect(await gate.master.cancel(request, 'not wanted')).to.equal('asked');
      expect(await complete(gate.master, request)).to.include({ results: 6, claimed: true });
      expect((await facts(gate.master, request)).builds).to.deep.equal([]);
    });

    it('answers as if all were well when asked to end what is not there', async () => {
      expect(await gate.master.cancel(999_999 as never, 'x')).to.equal('asked');
      expect(await gate.master.stop(999_999 as never, 'x')).to.equal('asked');
    });

    it('shows what lies unclaimed on a builder, with its source stamp', async () => {
      const { request } = await forced(gate.master, {
        builders: [offline],
        fields: { project: 'lies-here' },
      });
      const stamps = await gate.master.unclaimed(offline as never);
      expect(stamps.map(({ project }) => project)).to.include('lies-here');
      await gate.master.cancel(request, 'done');
      await complete(gate.master, request);
      const left = await gate.master.unclaimed(offline as never);
      expect(left.map(({ project }) => project)).to.not.include('lies-here');
    });

    it('merges two queued requests of one source stamp: the older is skipped without a build (rule 4.6)', async () => {
      const fields = { revision: 'd'.repeat(40) };
      const older = await forced(gate.master, { builders: [offline], fields });
      const newer = await forced(gate.master, { builders: [offline], fields });
      expect(await complete(gate.master, older.request)).to.deep.include({ results: 3, builds: [] });
      expect((await facts(gate.master, newer.request)).complete).to.equal(false);
      await gate.master.cancel(newer.request, 'done');
      await complete(gate.master, newer.request);
    });

    it('lists builds by id, and tells what landed from what somebody forced', async () => {
      const before = await gate.master.newestBuild();
      const revision = 'b'.repeat(40);
      await land(buildbot, { builder: quick, revision });
      const { request } = await forced(gate.master, { builders: [quick] });
      await complete(gate.master, request);
      const listed = await until(
        async () => {
          const builds = await gate.master.builds({ above: before, limit: 100 });
          return builds.length === 2 && builds.every(({ completeAt }) => completeAt !== null) && builds;
        },
        { within: 60_000, what: 'both builds to be complete' },
      );
      const told = (one: ListedBuild | undefined) => [one?.builder, one?.forced, one?.gated, one?.results];
      const landed = listed.find((build) => build.revision === revision);
      expect(told(landed)).to.deep.equal([quick, false, false, 0]);
      expect(landed).to.include({ branch: 'main', project: 'cpython', checkedOut: true });
      expect(told(listed.find((build) => build.forced))).to.deep.equal([quick, true, true, 0]);
      const ids = listed.map(({ id }) => id);
      expect(await gate.master.builds({ ids: [...ids, 999_999] })).to.deep.equal(listed);
      expect(await gate.master.builds({ above: before, limit: 1 })).to.deep.equal(listed.slice(0, 1));
      expect(await gate.master.newestBuild()).to.equal(ids.at(-1));
      const since = (seconds: number) => gate.master.firstBuildSince(seconds);
      expect(await since(0)).to.be.at.most(1);
      expect(await since(listed[0]!.startedAt + 86_400)).to.equal(ids.at(-1)! + 1);
      expect(await since(listed[0]!.startedAt)).to.be.at.most(ids[0]!);
    });

    it('stops a running build, and says our reason', async () => {
      const { request } = await forced(gate.master, {
        builders: [quick],
        scenario: 'slow',
        fields: { duration: '60' },
      });
      const build = await running(gate.master, request, inStep('test'));
      expect(build).to.deep.include({ complete: false, results: null, stepTimedOut: null });
      expect(await gate.master.stop(build.id, 'dequeued')).to.equal('asked');
      const ended = await complete(gate.master, request);
      expect(ended.results).to.equal(6);
      expect(ended.builds[0]!.state).to.include('cancelled (dequeued)');
    });

    it('calls a failed checkout only a warning, and has no revision', async () => {
      const { request } = await forced(gate.master, { builders: [quick], scenario: 'fetch-fail' });
      const ended = await complete(gate.master, request);
      expect(ended.builds[0]).to.include({ results: 1, revision: null });
      const build = await gate.master.build(ended.builds[0]!.id);
      expect(stepResults(build)).to.include({ git: 2 }).and.to.not.have.property('test');
      const failed = await gate.master.failedSteps(build.id, 40);
      expect(failed.map(({ step, log }) => `${step} ${log}`)).to.deep.equal(['git stdio']);
      expect(failed[0]!.lines.join('\n')).to.include('Could not resolve host');
    });

    it('says that a silent step was ended by its time limit', async () => {
      const fields = { step_timeout: '2' };
      const { request } = await forced(gate.master, { builders: [quick], scenario: 'hang', fields });
      const ended = await complete(gate.master, request);
      expect(ended.builds[0]!.results).to.equal(2);
      expect((await gate.master.build(ended.builds[0]!.id)).stepTimedOut).to.equal(true);
    });

    it('says that a failing test was not ended by its time limit, and gives its last lines', async () => {
      const { request } = await forced(gate.master, { builders: [quick], scenario: 'fail-new' });
      const ended = await complete(gate.master, request);
      const build = await gate.master.build(ended.builds[0]!.id);
      expect(build).to.deep.include({ results: 2, stepTimedOut: false });
      const [test] = await gate.master.failedSteps(build.id, 40);
      expect(test).to.include({ step: 'test', log: 'stdio' });
      expect(test!.lines).to.have.length(40);
      expect(test!.lines.some((line) => line.startsWith('program finished with exit code 2'))).to.equal(true);
      expect(test!.lines.join('\n')).to.include('test_gate_regression');
    });

    it("gives the master's own traceback when a step of its raises", async () => {
      const { request } = await forced(gate.master, { builders: [quick], scenario: 'infra-exception' });
      const ended = await complete(gate.master, request);
      expect(ended.results).to.equal(4);
      const failed = await gate.master.failedSteps(ended.builds[0]!.id, 40);
      expect(failed.map(({ step, log }) => `${step} ${log}`)).to.deep.equal(['prepare err_text']);
      expect(failed[0]!.lines.join('\n')).to.include('artifact store refused');
    });

    it('has two builds of one request after a RETRY, the second of which counts (rule 5.3)', async () => {
      const { request } = await forced(gate.master, { builders: [quick], scenario: 'retry-once' });
      const ended = await complete(gate.master, request);
      expect(ended.results).to.equal(0);
      expect(ended.builds.map(({ results }) => results)).to.deep.equal([5, 0]);
      expect(ended.builds[1]!.number).to.be.greaterThan(ended.builds[0]!.number);
    });

    it('shows that a build grows, and that one waits for a lock', async () => {
      const rack = ['ARM64 macOS 3.x', 'x86 FreeBSD 3.x'];
      const wish = { builders: rack, scenario: 'slow', fields: { duration: '14' } };
      const { requests } = await forced(gate.master, wish);
      const builds = await Promise.all(
        requests.map(({ request }) => running(gate.master, request, inStep('test'))),
      );
      const look = async () => Promise.all(builds.map(({ id }) => gate.master.build(id)));
      // For a moment both are pending: a step begins before it takes its lock.
      const [waiting, working] = await until(
        async () => {
          const pair = await look();
          const held = pair.filter((build) => build.waitsForLock);
          const busy = pair.filter((build) => !build.waitsForLock);
          return held[0] !== undefined && busy[0] !== undefined && ([held[0], busy[0]] as const);
        },
        { within: 10_000, what: 'one of the pair to wait for the other' },
      );
      expect(waiting.waitsForLock).to.equal(true);
      await until(async () => (await gate.master.build(working.id)).growth !== working.growth, {
        within: 12_000,
        what: 'the log of the running one to grow',
      });
      for (const { id } of builds) await gate.master.stop(id, 'seen enough');
      await Promise.all(requests.map(({ request }) => complete(gate.master, request)));
    });

    it('tells of builds and requests as they change, by WebSocket', async () => {
      const client = clientOf(buildbot, 'gate');
      client.master.watch((hint) => client.hints.push(hint));
      await until(() => client.master.watching(), { within: 5000, what: 'the socket to be up' });
      expect(client.hints[0]).to.deep.equal({ kind: 'resync' });
      const { request } = await forced(client.master, { builders: [quick] });
      const finished = await until(
        () => client.hints.find((hint) => hint.kind === 'build' && hint.request === request && hint.finished),
        { within: 30_000, what: 'the build to be told finished' },
      );
      await until(
        () =>
          client.hints.some((hint) => hint.kind === 'request' && hint.request === request && hint.complete),
        { within: 5000, what: 'the request to be told complete' },
      );
      await client.master.close();
      const build = finished.kind === 'build' ? finished.build : null;
      const grown = client.hints.filter((hint) => hint.kind === 'build' && hint.build === build && hint.grew);
      // Ten steps or so, begun and ended each.
      expect(grown.length).to.be.within(10, 40);
      const seen = client.hints.flatMap((hint) =>
        hint.kind === 'build' && hint.seen !== null ? [hint.seen.state] : [],
      );
      expect(seen).to.include('building');
      expect(client.logged).to.deep.equal([]);
    });
  });
}
