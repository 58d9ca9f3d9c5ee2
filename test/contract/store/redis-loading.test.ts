// A Redis that is started again and reads its data for some seconds: it answers, and serves nobody.

import { expect } from 'chai';
import { Redis as Client } from 'ioredis';
import { startRedis, type Redis } from '../../../src/servers/redis.ts';
import { openRedisJournal } from '../../../src/store/redis/open-redis-journal.ts';
import type { Store } from '../../../src/store/store.ts';
import { until } from '../../until.ts';
import { refusal } from './journal-suite.ts';
import { runId, runRecord } from './run-record.ts';

const open = { joinable: true, open: true };

describe('the store in a Redis that loads its data', function () {
  this.timeout(60_000);
  let server: Redis;
  let client: Client;
  before(async () => {
    server = await startRedis();
    client = new Client(server.url, { retryStrategy: () => 20, disconnectTimeout: 100 });
    client.on('error', () => undefined);
  });
  after(async () => {
    client.disconnect();
    await server.stop();
  });
  const opened = (patience: number): Promise<Store> => {
    const address = { url: server.url, password: () => null, patience };
    return openRedisJournal({ address, prefix: 'gb', manager: 'gate.example.org' });
  };

  it('is refused its writes meanwhile, has all that was acknowledged, and is opened soon after the end', async () => {
    const store = await opened(5_000);
    await Promise.all([1, 2, 3].map((nth) => store.write(runRecord(nth), open)));
    const much = client.pipeline();
    // It looks at its connections after each thousand of commands that it reads back.
    for (let nth = 0; nth < 3_000; nth++) much.set(`filling ${nth}`, '');
    await much.exec();
    await server.kill();
    await server.restart({ 'key-load-delay': '1500' });
    const early = refusal(opened(300));
    const late = opened(30_000).then((found) => ({ found, at: performance.now() }));
    const refused = await until(() => refusal(store.write(runRecord(4), open)), {
      within: 5_000,
      what: 'a refused write',
    });
    expect(refused.retry).to.equal('transient');
    await until(async () => (await refusal(store.probe())).message.includes('reads its data'), {
      within: 10_000,
      what: 'the reason',
    });
    expect(await client.info('persistence')).to.match(/^loading:1/m);
    expect((await early).code).to.equal('away');
    const loaded = await until(
      async () => (await client.info('persistence')).includes('loading:0') && performance.now(),
      { within: 30_000, what: 'the data to be loaded' },
    );
    const { found, at } = await late;
    // It is asked again each second or so; a busy machine adds to that.
    expect(at - loaded).to.be.lessThan(10_000);
    await until(() => store.write(runRecord(5), open), { within: 10_000, what: 'a write afterwards' });
    expect((await found.open()).map(({ id }) => id)).to.include.members([1, 2, 3, 5].map(runId));
    await Promise.all([store.close(), found.close()]);
  });
});
