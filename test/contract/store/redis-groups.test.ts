// The store where it is not one Redis: behind Sentinels, and in a Cluster. The master that has it is killed while it is written.

import { expect } from 'chai';
import { Redis as Client } from 'ioredis';
import type { Redis } from '../../../src/servers/redis.ts';
import type { Endpoint, RedisAddress } from '../../../src/store/redis/address.ts';
import { openRedisJournal } from '../../../src/store/redis/open-redis-journal.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  infoOf,
  lookUpsEnded,
  startCluster,
  startMinded,
  type Cluster,
  type Minded,
} from '../../redis-groups.ts';
import { until } from '../../until.ts';
import { refusal } from './journal-suite.ts';
import { runId, runRecord } from './run-record.ts';

const manager = 'gate.example.org';
const open = { joinable: true, open: true };
const password = () => null;
const at = ({ port }: Redis): Endpoint => ({ host: '127.0.0.1', port });
const opened = (address: Omit<RedisAddress, 'password'>): Promise<Store> =>
  openRedisJournal({ address: { password, ...address }, prefix: 'gb', manager });

/** Writes runs one after the other until the end is asked for; each whose write was acknowledged, and why others were not. */
function writing(store: Store) {
  const kept: number[] = [];
  const causes = new Set<string>();
  const state = { done: false };
  const work = (async () => {
    for (let nth = 1; !state.done; nth++) {
      try {
        await store.write(runRecord(nth), open);
        kept.push(nth);
      } catch (error) {
        causes.add(error instanceof Error && 'code' in error ? String(error.code) : String(error));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  })();
  return {
    kept: () => kept.length,
    async end() {
      state.done = true;
      await work;
      return { kept, causes: [...causes] };
    },
  };
}

/** Lets the master die under writes; milliseconds until the next is acknowledged, and what is not there then. */
async function survived(store: Store, die: () => Promise<unknown>) {
  const writes = writing(store);
  await until(() => writes.kept() > 20, { within: 10_000, what: 'the first writes' });
  const from = performance.now();
  await die();
  const before = writes.kept();
  await until(() => writes.kept() > before + 20, { within: 30_000, what: 'writes at the new master' });
  const took = performance.now() - from;
  const { kept, causes } = await writes.end();
  const there = new Set((await store.open()).map(({ id }) => id));
  return { took, causes, missing: kept.filter((nth) => !there.has(runId(nth))), kept: kept.length };
}

describe('the store behind Sentinels', function () {
  this.timeout(90_000);
  let group: Minded;
  before(async () => {
    group = await startMinded();
  });
  after(async () => {
    await group.stop();
    await lookUpsEnded();
  });
  const address = () => ({ url: 'redis://gate/0', sentinels: group.sentinels.map(at) });

  it('is refused its writes by a master without its replica where that is asked for, and has them again after', async () => {
    const client = new Client(group.master.url);
    await client.config('SET', 'min-replicas-to-write', '1');
    await client.config('SET', 'min-replicas-max-lag', '2');
    const store = await opened(address());
    expect(store.doubts).to.deep.equal([]);
    group.replica.freeze();
    const error = await until(() => refusal(store.write(runRecord(1), open)), {
      within: 10_000,
      what: 'the first refusal',
    });
    expect(error.message).to.contain('NOREPLICAS').and.contain('min-replicas-to-write');
    group.replica.thaw();
    await until(() => store.write(runRecord(2), open), { within: 10_000, what: 'a write' });
    await client.config('SET', 'min-replicas-to-write', '0');
    client.disconnect();
    await store.close();
  });

  it('goes on at the new master within 15 s after a kill -9 of the old one, with what the replica had', async () => {
    const store = await opened(address());
    expect(store.doubts.join()).to.contain('min-replicas-to-write');
    const { took, causes, missing, kept } = await survived(store, () => group.master.kill());
    await store.close();
    expect(await infoOf(group.replica, 'role')).to.equal('master');
    expect(took).to.be.lessThan(15_000);
    expect(causes.filter((cause) => cause !== 'late' && cause !== 'refused')).to.deep.equal([]);
    // Replication is asynchronous: what was acknowledged in the last instant may be gone, and no more.
    expect(missing.length).to.be.at.most(5);
    expect(kept).to.be.greaterThan(40);
  });

  it('finds the master with one Sentinel of three left, and says so where all are gone or know no such master', async () => {
    const [one, other] = group.sentinels;
    await Promise.all([one?.kill(), other?.kill()]);
    await (await opened(address())).close();
    const patience = 1_500;
    const unknown = await refusal(opened({ ...address(), url: 'redis://nobody/0', patience }));
    expect([unknown.code, unknown.message]).to.satisfy(
      ([code, message]: string[]) => code === 'away' && /sentinel/i.test(message ?? ''),
    );
    await group.sentinels[2]?.kill();
    const gone = await refusal(opened({ ...address(), patience }));
    expect(gone.code).to.equal('away');
    expect(gone.message).to.match(/sentinels are unreachable/);
  });
});

describe('the store in a Cluster', function () {
  this.timeout(90_000);
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster();
  });
  after(() => cluster.stop());

  it('is found from whichever node, and all that is kept lies in one slot', async () => {
    for (const [nth, node] of [...cluster.masters, ...cluster.replicas].entries()) {
      const store = await opened({ url: node.url, cluster: cluster.masters.map(at) });
      await store.write(runRecord(nth + 1), open);
      await store.sharing?.beat();
      expect(await store.open()).to.have.length(nth + 1);
      await store.close();
    }
    const master = await cluster.masterOf('{gb}:run');
    const used = await Promise.all(cluster.masters.map((node) => infoOf(node, 'db0')));
    expect(used.map((is, index) => is !== undefined && cluster.masters[index] === master)).to.deep.equal(
      cluster.masters.map((node) => node === master),
    );
    expect(used.filter(Boolean)).to.have.length(1);
  });

  it('goes on at the replica within 15 s after a kill -9 of the master that has it', async () => {
    const master = await cluster.masterOf('{gb}:run');
    const store = await opened({ url: master.url, cluster: cluster.masters.map(at) });
    const { took, causes, missing } = await survived(store, () => master.kill());
    await store.close();
    expect(took).to.be.lessThan(15_000);
    expect(causes.filter((cause) => cause !== 'late' && cause !== 'refused')).to.deep.equal([]);
    expect(missing.length).to.be.at.most(5);
    expect(await cluster.masterOf('{gb}:run')).to.not.equal(master);
  });
});
