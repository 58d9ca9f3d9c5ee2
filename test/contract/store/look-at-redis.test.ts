// What `doctor` says of the Redis of a configuration.

import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis as Client } from 'ioredis';
import { examineRedis } from '../../../src/cli/outside/examine-redis.ts';
import type { RedisConfig } from '../../../src/config/config.ts';
import { startRedis, type Redis } from '../../../src/servers/redis.ts';
import { lookUpsEnded } from '../../redis-groups.ts';

describe('doctor, of Redis', () => {
  let server: Redis;
  let client: Client;
  let folder: string;
  before(async () => {
    server = await startRedis();
    client = new Client(server.url);
    folder = await mkdtemp(join(tmpdir(), 'look-at-redis-'));
  });
  after(async () => {
    client.disconnect();
    await server.stop();
    await rm(folder, { recursive: true });
    await lookUpsEnded();
  });
  const store = (wish: Partial<RedisConfig> = {}): RedisConfig => ({
    driver: 'redis',
    path: folder,
    address: { url: server.url, password: () => null },
    prefix: 'gb',
    passwordFile: null,
    sentinels: null,
    sentinelPasswordFile: null,
    cluster: null,
    tls: null,
    ...wish,
  });

  it('says that it answers and in which version, writes nothing, and is silent of an embedded store', async () => {
    const { findings, unreachable } = await examineRedis(store());
    expect(findings.map(({ level }) => level)).to.deep.equal(['ok']);
    expect(findings[0]?.sentence).to.match(/^Redis \d+\.\d+\.\d+ answers at redis:/);
    expect(unreachable).to.equal(false);
    expect(await client.dbsize()).to.equal(0);
    expect(await examineRedis({ driver: 'embedded', path: folder })).to.deep.equal({
      findings: [],
      unreachable: false,
    });
  });

  it('warns of a replica, and of settings that keep less than what was acknowledged', async () => {
    await client.config('SET', 'appendonly', 'no');
    await client.replicaof('127.0.0.1', '1');
    const { findings } = await examineRedis(store());
    await client.replicaof('NO', 'ONE');
    await client.config('SET', 'appendonly', 'yes');
    expect(findings.map(({ level }) => level)).to.deep.equal(['ok', 'warning', 'warning']);
    expect(findings.map(({ sentence }) => sentence).join()).to.match(/is a replica.*appendonly yes/s);
  });

  it('calls it an error where nobody answers, and where the password is wrong or its file is none', async () => {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'wrong-secret');
    await client.config('SET', 'requirepass', 'right');
    const refused = await examineRedis(store({ passwordFile }));
    const broken = await examineRedis(store({ passwordFile: join(folder, 'none') }));
    await client.config('SET', 'requirepass', '');
    const sentinels = [{ host: '127.0.0.1', port: 1 }];
    const away = await examineRedis(
      store({ sentinels, address: { url: 'redis://gate', password: () => null } }),
    );
    expect([refused, broken, away].map(({ unreachable }) => unreachable)).to.deep.equal([false, false, true]);
    const said = [refused, broken, away].flatMap(({ findings }) => findings);
    expect(said.map(({ level }) => level)).to.deep.equal(['error', 'error', 'error']);
    const [first, second, third] = said.map(({ sentence }) => sentence);
    expect(first).to.contain('WRONGPASS').and.not.contain('wrong-secret');
    expect(second).to.contain(join(folder, 'none'));
    expect(third).to.match(/sentinels are unreachable/);
  });
}).timeout(30_000);
