// A real master whose workers are processes, and which is restarted and killed while it is watched.

import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../../src/servers/buildbot.ts';
import { until } from '../../until.ts';
import { clientOf, complete, facts, force, forced, inStep, running } from './client.ts';
import type { Client } from './client.ts';

const builder = 'AMD64 Windows 3.x';
const worker = 'windows-amd64';
const offline = 'RISC-V 64-bit Ubuntu 3.x';

describe('a master in trouble', function () {
  this.timeout(120_000);
  let buildbot: Buildbot;
  let gate: Client;

  before(async function () {
    this.timeout(150_000);
    buildbot = await startBuildbot({ workers: 'process', respawn: 1 });
    gate = clientOf(buildbot, 'gate', { deadlines: { read: 5000, force: 5000, socket: 5000 } });
    gate.master.watch((hint) => gate.hints.push(hint));
    await until(() => gate.master.watching(), { within: 5000, what: 'the socket to be up' });
  });
  after(async () => {
    await gate.master.close();
    await buildbot.stop();
  });

  const presence = async (): Promise<boolean | undefined> =>
    (await gate.master.fleet()).find(({ name }) => name === builder)?.workers[0]?.connected;
  const resyncs = (): number => gate.hints.filter(({ kind }) => kind === 'resync').length;

  it('builds the same request again when its worker was lost', async () => {
    const { request } = await forced(gate.master, { builders: [builder], scenario: 'worker-lost' });
    const ended = await complete(gate.master, request);
    expect(ended.results).to.equal(0);
    expect(ended.builds.map(({ results }) => results)).to.deep.equal([5, 0]);
    const lost = await gate.master.build(ended.builds[0]!.id);
    expect(lost.state).to.include('retry lost connection');
    expect(lost.stepTimedOut).to.equal(false);
  });

  it('shows and tells that a worker is gone, and leaves the request unclaimed', async () => {
    gate.hints.length = 0;
    await buildbot.hold(worker);
    await until(async () => (await presence()) === false, { within: 20_000, what: 'the worker to be gone' });
    const { request } = await forced(gate.master, { builders: [builder] });
    expect(await facts(gate.master, request)).to.deep.include({
      claimed: false,
      complete: false,
      builds: [],
    });
    expect(gate.hints.some(({ kind }) => kind === 'workers')).to.equal(true);
    await buildbot.release(worker);
    expect((await complete(gate.master, request)).results).to.equal(0);
  });

  it('never shows half a fleet while it restarts, and is watched again with a resync', async () => {
    const { request } = await forced(gate.master, {
      builders: [builder],
      scenario: 'slow',
      fields: { duration: '60' },
    });
    await running(gate.master, request, inStep('test'));
    const whole = (await gate.master.fleet()).map(({ name }) => name).sort();
    const before = resyncs();
    const restarted = buildbot.restart();
    let over = false;
    void restarted.finally(() => {
      over = true;
    });
    let refusals = 0;
    await until(
      async () => {
        const fleet = await gate.master.fleet().catch(() => {
          refusals += 1;
          return null;
        });
        if (fleet === null) return false;
        expect(fleet.map(({ name }) => name).sort()).to.deep.equal(whole);
        expect(fleet.every(({ workers }) => workers.length > 0)).to.equal(true);
        return over;
      },
      { within: 60_000, what: 'the master to be back' },
    );
    await restarted;
    expect(refusals).to.be.greaterThan(0);
    await until(() => gate.master.watching() && resyncs() > before, {
      within: 30_000,
      what: 'the socket to be up again',
    });
    // RETRY, and built again, or CANCELLED by the shutdown: both happen.
    const ended = await until(
      async () => {
        const [first] = (await facts(gate.master, request)).builds;
        return first?.complete === true && first;
      },
      { within: 30_000, what: 'the build to have ended' },
    );
    expect([5, 6]).to.include(ended.results);
    if (ended.results === 6) expect(ended.state).to.include('(Master Shutdown)');
    const last = (await facts(gate.master, request)).builds.at(-1)!;
    await gate.master.stop(last.id, 'seen enough');
    await gate.master.cancel(request, 'seen enough');
    await complete(gate.master, request);
  });

  it('is not reached while it is dead, keeps our cookie, and builds again what it was building (rule 4.1)', async () => {
    const { request } = await forced(gate.master, {
      builders: [builder],
      scenario: 'slow',
      fields: { duration: '5' },
    });
    await running(gate.master, request, inStep('test'));
    const before = resyncs();
    gate.calls();
    const crashed = buildbot.crash();
    await until(async () => (await force(gate.master, { builders: [offline] })).kind === 'not-sent', {
      within: 10_000,
      what: 'a force call that is not sent',
    });
    await crashed;
    await until(() => gate.master.watching() && resyncs() > before, {
      within: 30_000,
      what: 'the socket to be up again',
    });
    const ended = await complete(gate.master, request, 90_000);
    expect(ended.builds.map(({ results }) => results)).to.deep.equal([5, 0]);
    const { request: next } = await forced(gate.master, { builders: [offline] });
    expect(await gate.master.cancel(next, 'done')).to.equal('asked');
    expect(gate.calls().filter(({ verb }) => verb === 'login')).to.deep.equal([]);
  });

  it('is unclear about a force call that it got while it was stopped, and has it once it goes on (rule 4.2)', async () => {
    const { request } = await forced(gate.master, { builders: [offline] });
    await buildbot.signal('master', 'SIGSTOP');
    const hasty = clientOf(buildbot, 'gate', { deadlines: { force: 700 } });
    const said = 'gearbridge gate.test ffffffffffffffff 1 vote 0123456789abcdef 99999999';
    try {
      // Its login waits for the stopped master as well: nothing was forced then.
      const early = clientOf(buildbot, 'gate', { deadlines: { login: 300 } });
      expect((await force(early.master, { builders: [offline] })).kind).to.equal('not-sent');
      await early.master.close();
    } finally {
      await buildbot.signal('master', 'SIGCONT');
    }
    await hasty.master.check();
    await buildbot.signal('master', 'SIGSTOP');
    let outcome;
    try {
      outcome = await force(hasty.master, { builders: [offline], marker: said });
    } finally {
      await buildbot.signal('master', 'SIGCONT');
    }
    expect(outcome.kind).to.equal('unclear');
    const query = { contains: said, unfinished: false, withRequests: true };
    const found = await until(async () => (await hasty.master.buildsets(query))[0], {
      within: 10_000,
      what: 'the buildset to come alive',
    });
    await hasty.master.close();
    for (const id of [request, ...found.requests.map((one) => one.id)]) await gate.master.cancel(id, 'done');
  });
});
