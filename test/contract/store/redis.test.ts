import { expect } from 'chai';
import { Redis } from 'ioredis';
import { startRedis, type Redis as RedisServer } from '../../../src/servers/redis.ts';
import { openRedisJournal } from '../../../src/store/redis/open-redis-journal.ts';
import { until } from '../../until.ts';
import { buildsContract } from './builds-suite.ts';
import { durabilityContract } from './durability-suite.ts';
import { historyContract } from './history-suite.ts';
import { journalContract, refusal } from './journal-suite.ts';
import { runId, runRecord } from './run-record.ts';
import { sharingContract } from './sharing-suite.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const manager = 'gate.example.org';
const open = { joinable: true, open: true };

describe('redis', () => {
  let server: RedisServer;
  let client: Redis;
  let stores = 0;
  before(async () => {
    server = await startRedis();
    client = new Redis(server.url);
  });
  after(async () => {
    client.disconnect();
    await server.stop();
  });

  const address = (url = server.url, password: string | null = null) => ({ url, password: () => password });
  const underTest = (): Promise<StoreUnderTest> => {
    const prefix = `store-${++stores}`;
    const place = { address: address(), prefix };
    return Promise.resolve({
      open: (wish = {}) => openRedisJournal({ ...place, manager, ...wish }),
      writer: { driver: 'redis', place: `${server.url} ${prefix}` },
      damage: async (id) => {
        const text = await client.hget(`{${prefix}}:run`, id);
        await client.hset(`{${prefix}}:run`, id, text?.replace('"jobName":"gate"', '"jobName":"gatf"') ?? '');
      },
      dispose: async () => {
        await client.flushall();
      },
    });
  };

  journalContract('redis', underTest);
  historyContract('redis', underTest);
  buildsContract('redis', underTest);
  durabilityContract('redis', underTest);
  sharingContract('redis', underTest);

  describe('the redis driver', () => {
    afterEach(() => client.flushall());
    const opened = (wish = {}) => openRedisJournal({ address: address(), prefix: 'gb', manager, ...wish });

    it('admits a key once where two daemons ask for it at once, and counts what both record once (rules 1.5, 9.9)', async () => {
      const stores = await Promise.all([opened(), opened()]);
      const keys = Array.from({ length: 100 }, (_, at) => `key ${at}`);
      const outcomes = await Promise.all(
        keys.map((key, at) =>
          Promise.all(
            stores.map((store, which) => store.write(runRecord(1 + at * 2 + which, { key }), open)),
          ),
        ),
      );
      for (const pair of outcomes) {
        expect(pair.map(({ kind }) => kind).sort()).to.deep.equal(['key-taken', 'written']);
      }
      expect(await stores[0].open()).to.have.length(100);
      await Promise.all(stores.map((store) => store.close()));
    });

    it('keeps all its keys in one slot below its prefix, and takes all of them away with what it forgets', async () => {
      const store = await opened();
      await store.write(runRecord(1, { changedAt: 5 }), { joinable: false, open: false });
      expect((await client.keys('*')).every((key) => key.startsWith('{gb}:'))).to.equal(true);
      await store.forget(6);
      expect((await client.keys('*')).sort()).to.deep.equal(['{gb}:meta', '{gb}:meta:order']);
      await store.close();
    });

    it('says which settings of Redis keep less than what was acknowledged', async () => {
      const doubts = async (): Promise<readonly string[]> => {
        const store = await opened();
        await store.close();
        return store.doubts;
      };
      expect(await doubts()).to.deep.equal([]);
      await client.config('SET', 'appendfsync', 'everysec');
      expect(await doubts()).to.deep.equal([]);
      await client.config('SET', 'appendfsync', 'no');
      await client.config('SET', 'maxmemory-policy', 'allkeys-lru');
      const [syncs, evicts] = await doubts();
      expect(syncs).to.contain('set appendfsync everysec or always');
      expect(evicts).to.contain('allkeys-lru').and.contain('noeviction');
      await client.config('SET', 'appendonly', 'no');
      expect((await doubts())[0]).to.contain('appendonly yes');
      await client.config('SET', 'appendonly', 'yes');
      // Until it has written its data anew it keeps nothing of what it acknowledges.
      await until(
        async () =>
          /aof_rewrite_in_progress:0[^]*aof_rewrite_scheduled:0/.test(await client.info('persistence')),
        {
          within: 20_000,
          what: 'the append-only file to be written anew',
        },
      );
      await client.config('SET', 'appendfsync', 'always');
      await client.config('SET', 'maxmemory-policy', 'noeviction');
    });

    it('refuses writes while Redis has no memory left, says so, and takes them again', async () => {
      const store = await opened();
      await client.config('SET', 'maxmemory', '1');
      const error = await refusal(store.write(runRecord(1), open));
      expect([error.code, error.retry]).to.deep.equal(['refused', 'transient']);
      expect(error.message).to.contain('raise maxmemory');
      expect(await store.open()).to.deep.equal([]);
      await client.config('SET', 'maxmemory', '0');
      expect((await store.write(runRecord(1), open)).kind).to.equal('written');
      await store.close();
    });

    it('refuses writes while Redis is a replica, and takes them once it is master again', async () => {
      const store = await opened();
      await client.replicaof('127.0.0.1', '1');
      const error = await refusal(store.write(runRecord(1), open));
      expect([error.code, error.retry]).to.deep.equal(['refused', 'transient']);
      expect(error.message).to.contain('It is a replica now');
      await client.replicaof('NO', 'ONE');
      expect(await eventually(() => store.write(runRecord(1), open))).to.deep.equal({ kind: 'written' });
      await store.close();
    });

    it('has every acknowledged write after a kill -9 of Redis, and connects again by itself', async () => {
      const store = await opened();
      await store.write(runRecord(1), open);
      await server.kill();
      const error = await refusal(store.write(runRecord(2), open));
      expect(error.retry).to.equal('transient');
      expect(error.message).to.contain(server.url);
      await server.restart();
      expect(await eventually(() => store.write(runRecord(3), open))).to.deep.equal({ kind: 'written' });
      expect((await store.open()).map(({ id }) => id)).to.include.members([runId(1), runId(3)]);
      await store.close();
    });

    it('is filled again by a daemon that lives where Redis came back empty, and is still its own (rule 9.9)', async () => {
      const store = await opened();
      await store.write(runRecord(1), open);
      await client.flushall();
      await store.sharing?.beat();
      expect((await store.write({ ...runRecord(1), age: 5 }, open)).kind).to.equal('written');
      await store.close();
      expect((await refusal(opened({ manager: 'other.example.org' }))).code).to.equal('other-manager');
      const again = await opened();
      expect((await again.open()).map(({ age }) => age)).to.deep.equal([5]);
      await again.close();
    });

    it('says where no server answers, and where it refuses the password, which it never shows', async () => {
      const away = await refusal(opened({ address: { ...address('redis://127.0.0.1:1/0'), patience: 200 } }));
      expect([away.code, away.retry]).to.deep.equal(['away', 'transient']);
      await client.config('SET', 'requirepass', 'right');
      const wrong = await refusal(opened({ address: address(server.url, 'wrong-secret') }));
      expect(wrong.code).to.equal('unreadable');
      expect(wrong.message).to.contain('store.url').and.not.to.contain('wrong-secret');
      await (await opened({ address: address(server.url, 'right') })).close();
      await client.config('SET', 'requirepass', '');
    });
  });
});

/** What the work gives once it is not refused any more for a while. */
async function eventually<Value>(work: () => Promise<Value>): Promise<Value> {
  for (const end = performance.now() + 10_000; ;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
