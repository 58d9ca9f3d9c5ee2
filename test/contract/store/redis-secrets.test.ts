// TLS to Redis and the password there, and what becomes of both when their files are replaced while the store is open.

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis as Client } from 'ioredis';
import { readPasswordNow } from '../../../src/config/password.ts';
import { serverTlsSettings } from '../../../src/config/pem.ts';
import { startRedis, type Redis } from '../../../src/servers/redis.ts';
import type { RedisAddress } from '../../../src/store/redis/address.ts';
import { openRedisJournal } from '../../../src/store/redis/open-redis-journal.ts';
import { createAuthority, openDoor, type Authority, type Door } from '../../certificates.ts';
import { until } from '../../until.ts';
import { refusal } from './journal-suite.ts';
import { runRecord } from './run-record.ts';

const open = { joinable: true, open: true };
const opened = (address: RedisAddress) =>
  openRedisJournal({ address, prefix: 'gb', manager: 'gate.example.org' });

describe('the secrets of the store in Redis', function () {
  this.timeout(60_000);
  let authority: Authority;
  let folder: string;
  before(async () => {
    authority = await createAuthority();
    folder = await mkdtemp(join(tmpdir(), 'redis-secrets-'));
  });
  after(async () => {
    await authority.dispose();
    await rm(folder, { recursive: true });
  });

  describe('over TLS', () => {
    let server: Redis;
    let door: Door | null;
    before(async () => {
      server = await startRedis({ tls: { ca: authority.ca, ...(await authority.issue('redis')) } });
    });
    after(() => server.stop());
    beforeEach(() => {
      door = null;
    });
    afterEach(() => door?.close());
    const address = (files: Parameters<typeof serverTlsSettings>[0], url = server.url): RedisAddress => ({
      url,
      password: () => null,
      tls: serverTlsSettings(files),
      patience: 2_000,
    });
    const own = async (name: string) => ({
      ca: authority.ca,
      ...(await authority.issue(name)),
      hostNames: true,
    });

    it('is kept by a Redis that speaks nothing else and asks for a certificate', async () => {
      const store = await opened(address(await own('gate')));
      expect((await store.write(runRecord(1), open)).kind).to.equal('written');
      await store.close();
    });

    it('is refused without a certificate, by a server of another authority or of another name', async () => {
      const files = await own('gate');
      const other = await createAuthority();
      const bare = { ca: authority.ca, certificate: null, key: null, hostNames: true };
      const wrong = { ...files, ca: other.ca };
      for (const [each, says] of [
        [bare, /certificate required|ECONNRESET|closed/i],
        [wrong, /certificate/i],
      ] as const) {
        const error = await refusal(opened(address(each)));
        expect([error.code, error.message]).to.satisfy(([code]: string[]) => code === 'away');
        expect(error.message).to.match(says);
      }
      const plain = await startRedis();
      door = await openDoor(authority, { to: plain.port, host: 'DNS:elsewhere' });
      const url = `rediss://127.0.0.1:${door.port}/0`;
      expect((await refusal(opened(address(files, url)))).message).to.match(
        /IP: 127\.0\.0\.1 is not in the cert/,
      );
      await (await opened(address({ ...files, hostNames: false }, url))).close();
      await plain.stop();
      await other.dispose();
    });

    it('shows a renewed certificate at its next connection, without a restart', async () => {
      const plain = await startRedis();
      door = await openDoor(authority, { to: plain.port });
      const store = await opened(address(await own('gate'), `rediss://127.0.0.1:${door.port}/0`));
      await authority.issue('gate');
      await plain.kill();
      await plain.restart();
      await until(() => store.write(runRecord(1), open), {
        within: 10_000,
        what: 'a write after the renewal',
      });
      await store.close();
      await plain.stop();
      expect(new Set(door.serials).size).to.equal(2);
    });

    it('goes on with the files of before while the renewed ones are none, and with the new ones after', async () => {
      const plain = await startRedis();
      door = await openDoor(authority, { to: plain.port });
      const { certificate, key } = await authority.issue('gate');
      const at = join(folder, 'gate.pem');
      await copyFile(certificate, at);
      const files = { ca: authority.ca, certificate: at, key, hostNames: true };
      const store = await opened(address(files, `rediss://127.0.0.1:${door.port}/0`));
      await writeFile(at, 'half a file');
      await plain.kill();
      await plain.restart();
      await until(() => store.write(runRecord(1), open), {
        within: 10_000,
        what: 'a write with the old files',
      });
      expect((await refusal(opened(address(files)))).message).to.contain('holds no PEM block');
      expect(new Set(door.serials).size).to.equal(1);
      await authority.issue('gate');
      await copyFile(certificate, at);
      await plain.kill();
      await plain.restart();
      await until(() => store.write(runRecord(2), open), {
        within: 10_000,
        what: 'a write with the new files',
      });
      await store.close();
      expect(new Set(door.serials).size).to.equal(2);
      await plain.stop();
    });
  });

  it('take a replaced password from the next connection on, and never show it', async () => {
    const server = await startRedis({ settings: { requirepass: 'first-secret' } });
    const file = join(folder, 'redis.password');
    await writeFile(file, 'first-secret\n');
    const address = { url: server.url, password: () => readPasswordNow(file), patience: 1_000 };
    const store = await opened(address);
    await store.write(runRecord(1), open);
    const client = new Client(server.url, { password: 'first-secret' });
    await client.config('SET', 'requirepass', 'second-secret');
    // The connection that is there is trusted until it ends.
    await store.write(runRecord(2), open);
    await client.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'yes');
    const refused = await until(() => refusal(store.write(runRecord(3), open)), {
      within: 5_000,
      what: 'the old password to be refused',
    });
    expect(refused.message).to.not.match(/(first|second)-secret/);
    await until(async () => (await refusal(store.probe())).message.includes('WRONGPASS'), {
      within: 5_000,
      what: 'the refused password to be told',
    });
    await writeFile(file, 'second-secret\n');
    await until(() => store.write(runRecord(4), open), {
      within: 5_000,
      what: 'a write with the new password',
    });
    await store.close();
    await writeFile(file, '');
    const error = await refusal(opened(address));
    expect([error.code, error.message]).to.satisfy(
      ([code, message]: string[]) => code === 'unreadable' && message?.includes(`${file} is empty`) === true,
    );
    client.disconnect();
    await server.stop();
  });
});
