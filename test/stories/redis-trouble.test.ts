// A Redis that refuses, loses its last second or hands over to its replica, while jobs run.

import { expect } from 'chai';
import { Redis as Client } from 'ioredis';
import { startRedis, type Redis } from '../../src/servers/redis.ts';
import type { SubmittedJob } from '../gearman-client.ts';
import { startMinded, type Minded } from '../redis-groups.ts';
import { until } from '../until.ts';
import { change, makeGate, type Gate } from './gate.ts';
import { openScene, sceneJobs, type Scene } from './scene.ts';

const ends = (job: SubmittedJob): readonly string[] =>
  job.packets.map(({ name }) => name).filter((name) => /^WORK_(COMPLETE|FAIL|EXCEPTION)$/.test(name));
const notReady = (gate: Gate) =>
  until(async () => (await gate.get('readyz')).status !== 200, { within: 15_000, what: 'not ready' });

/** How a Redis refuses writes, and takes them again. */
interface Fault {
  readonly name: string;
  begin(redis: Redis, client: Client): Promise<unknown>;
  end(redis: Redis, client: Client): Promise<unknown>;
}

const faults: readonly Fault[] = [
  {
    name: 'has no memory left',
    begin: (_, client) => client.config('SET', 'maxmemory', '1'),
    end: (_, client) => client.config('SET', 'maxmemory', '0'),
  },
  {
    name: 'is a replica',
    begin: (_, client) => client.replicaof('127.0.0.1', '1'),
    end: (_, client) => client.replicaof('NO', 'ONE'),
  },
  {
    name: 'loads its data after a kill -9',
    async begin(redis, client) {
      const much = client.pipeline();
      // It looks at its connections after each thousand of commands that it reads back.
      for (let nth = 0; nth < 6_000; nth++) much.set(`filling ${nth}`, '');
      await much.exec();
      await redis.kill();
      await redis.restart({ 'key-load-delay': '2000' });
      expect(await client.info('persistence')).to.match(/^loading:1/m);
    },
    end: (_, client) =>
      until(async () => (await client.info('persistence')).includes('loading:0'), {
        within: 60_000,
        what: 'the data to be loaded',
      }),
  },
];

describe('a gate whose Redis', function () {
  this.timeout(150_000);
  let redis: Redis;
  let client: Client;
  let scene: Scene;

  before(async () => {
    redis = await startRedis();
    client = new Client(redis.url, { retryStrategy: () => 50, disconnectTimeout: 100 });
    client.on('error', () => undefined);
    scene = await openScene({ gate: { maxJobs: 1, redis: redis.url } });
    await scene.gate.start();
    await scene.gate.ready();
  });
  after(async () => {
    await scene.close();
    client.disconnect();
    await redis.stop();
  });

  for (const fault of faults) {
    const { name } = fault;
    it(`${name} takes no job, lets what runs end, and settles both afterwards (rule 2.3)`, async () => {
      const { gate } = scene;
      await scene.steer(name, 'slow', 3);
      const job = await scene.client.submit('build:pair', change(name));
      await scene.running(name, 2);
      await fault.begin(redis, client);
      await notReady(gate);
      const late = await scene.client.submit('build:single', change(`late ${name}`));
      await until(async () => (await scene.requests(name)).every(({ complete }) => complete), {
        within: 30_000,
        what: 'the builds to end meanwhile',
      });
      expect([ends(job), late.packets]).to.deep.equal([[], []]);
      await fault.end(redis, client);
      const from = performance.now();
      await gate.ready(15_000);
      expect(performance.now() - from).to.be.lessThan(15_000);
      for (const each of [job, late]) {
        await each.ended(60_000);
        expect([each.build.result, ends(each)]).to.deep.equal(['SUCCESS', ['WORK_COMPLETE']]);
      }
      expect(await scene.requests(name)).to.have.length(2);
      expect(await scene.requests(`late ${name}`)).to.have.length(1);
    });
  }

  /** All that Redis holds now; call what it gives, and Redis holds that again, as after a failover to a replica that lagged. */
  async function remembered(): Promise<() => Promise<void>> {
    const keys = await client.keys('{gearbridge}:*');
    const texts = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
    return async () => {
      const step = client.multi().flushall();
      keys.forEach((key, index) => {
        const text = texts[index];
        if (text !== undefined) step.restore(key, 0, text);
      });
      const [failed] = ((await step.exec()) ?? []).flatMap(([error]) => (error === null ? [] : [error]));
      if (failed !== undefined) throw failed;
    };
  }

  it('has lost a run that it had acknowledged goes on with it, and asks for no build again (rule 4.4)', async () => {
    const back = await remembered();
    await scene.steer('forgotten', 'slow', 5);
    const job = await scene.client.submit('build:pair', change('forgotten'));
    await scene.running('forgotten', 2);
    await back();
    await job.ended(60_000);
    expect([job.build.result, ends(job)]).to.deep.equal(['SUCCESS', ['WORK_COMPLETE']]);
    expect(await scene.requests('forgotten')).to.have.length(2);
  });

  it('has lost a run while the daemon was killed finds its builds at Buildbot by their marker (rule 4.4)', async () => {
    const back = await remembered();
    await scene.steer('both gone', 'slow', 12);
    const job = await scene.client.submit('build:pair', change('both gone'));
    await scene.running('both gone', 2);
    await scene.gate.kill();
    await back();
    await scene.gate.start();
    await job.ended(60_000);
    expect([job.build.result, ends(job)]).to.deep.equal(['SUCCESS', ['WORK_COMPLETE']]);
    expect(await scene.requests('both gone')).to.have.length(2);
  });

  it('has lost the end of a run has its verdict found once more, without a build or an answer, and its slot is free (rules 2.5, 9.9)', async () => {
    await scene.gate.ready();
    await scene.steer('ended', 'slow', 3);
    const job = await scene.client.submit('build:single', change('ended'));
    await scene.running('ended', 1);
    const back = await remembered();
    await job.ended(30_000);
    const leases = () => client.hlen('{gearbridge}:lease');
    await until(async () => (await leases()) === 0, { within: 10_000, what: 'the run to be closed' });
    await back();
    expect(await leases()).to.equal(1);
    const next = await scene.client.submit('build:single', change('after the end'));
    await next.ended(30_000);
    expect([job, next].map(({ build }) => build.result)).to.deep.equal(['SUCCESS', 'SUCCESS']);
    expect([job, next].map(ends)).to.deep.equal([['WORK_COMPLETE'], ['WORK_COMPLETE']]);
    expect(await scene.requests('ended')).to.have.length(1);
  });

  describe('is a master that dies behind Sentinels', () => {
    let group: Minded;
    const gates: Gate[] = [];
    before(async () => {
      await scene.gate.stop();
      group = await startMinded();
      const sentinels = JSON.stringify(group.sentinels.map(({ port }) => `127.0.0.1:${port}`));
      for (let nth = 0; nth < 2; nth++) {
        const gate = await makeGate({
          maxJobs: 2,
          redis: 'redis://gate/0',
          redisKeys: `sentinels: ${sentinels}`,
          buildbot: { url: `http://127.0.0.1:${scene.proxy.port}/`, users: scene.buildbot.users },
          gearman: [`127.0.0.1:${scene.gearmanProxy.port}`],
          jobs: sceneJobs,
        });
        gates.push(gate);
        await gate.start();
      }
    });
    after(async () => {
      for (const gate of gates) await gate.close();
      await group.stop();
    });

    it('takes jobs again within 15 s at the new one, and settles what ran with no second request (rule 9.9)', async () => {
      await Promise.all(gates.map((gate) => gate.ready()));
      await scene.steer('failover', 'slow', 6);
      const job = await scene.client.submit('build:pair', change('failover'));
      await scene.running('failover', 2);
      const killed = performance.now();
      await group.master.kill();
      await Promise.all(gates.map(notReady));
      await Promise.all(gates.map((gate) => gate.ready(15_000)));
      expect(performance.now() - killed).to.be.lessThan(15_000);
      const late = await scene.client.submit('build:single', change('after failover'));
      for (const each of [job, late]) {
        await each.ended(60_000);
        expect([each.build.result, ends(each)]).to.deep.equal(['SUCCESS', ['WORK_COMPLETE']]);
      }
      expect(await scene.requests('failover')).to.have.length(2);
      expect(await scene.requests('after failover')).to.have.length(1);
    });
  });
});
