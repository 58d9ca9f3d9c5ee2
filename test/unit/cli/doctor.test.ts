// What doctor says of parts that are not well; a fleet that is well is in test/stories/commands.test.ts.

import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { examineGearman } from '../../../src/cli/outside/examine-gearman.ts';
import { examineNode, examineStore } from '../../../src/cli/outside/examine-machine.ts';
import { examineCancel, examineClock } from '../../../src/cli/outside/examine-master.ts';

const minute = 60_000;

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('doctor', () => {
  it('names a Node that is too old', () => {
    const levels = ['18.20.0', '20.18.9', '20.19.0', '22.1.0'].map((version) => examineNode(version).level);
    expect(levels).to.deep.equal(['error', 'error', 'ok', 'ok']);
  });

  it('says how the clocks of master and gate are apart, and what to do', async () => {
    const server = createServer((_request, answer) => {
      answer.setHeader('date', new Date(10 * minute).toUTCString());
      answer.end('{}');
    });
    const url = `http://127.0.0.1:${await listening(server)}/`;
    try {
      expect((await examineClock(url, () => 10 * minute)).level).to.equal('ok');
      const ahead = await examineClock(url, () => 8 * minute);
      expect(ahead.sentence).to.match(/is 12\d s ahead of ours; .*timedatectl/);
      expect((await examineClock(url, () => 20 * minute)).sentence).to.match(/is 600 s behind ours/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
    expect((await examineClock(url, () => 0)).level).to.equal('warning');
  });

  it('calls it an error when the master lets us cancel nothing', async () => {
    const level = async (outcome: 'asked' | 'forbidden' | 'failed') =>
      (await examineCancel({ cancel: () => Promise.resolve(outcome) })).level;
    expect([await level('asked'), await level('forbidden'), await level('failed')]).to.deep.equal([
      'ok',
      'error',
      'warning',
    ]);
  });

  it('looks at the disk where the store is to be made, also before it is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gearbridge-doctor-'));
    try {
      await mkdir(join(folder, 'store'));
      for (const path of [join(folder, 'store'), join(folder, 'not', 'yet')]) {
        const [found] = await examineStore({ driver: 'embedded', path });
        expect(found?.sentence).to.match(new RegExp(`\\d+ MiB free for ${path}`));
      }
      const [proc] = await examineStore({ driver: 'embedded', path: '/proc/nowhere' });
      expect(proc?.level).to.not.equal('ok');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  describe('of a Gearman server', () => {
    const jobs = [{ name: 'gate' }];
    const rows: readonly (readonly [title: string, answer: string, level: string, says: RegExp])[] = [
      ['nobody serves', '.\n', 'warning', /nobody serves stop:g there; start the daemon/],
      ['where a job is not served', 'stop:g\t0\t0\t1\n.\n', 'warning', /nobody serves build:gate/],
      ['that serves all', 'stop:g\t0\t0\t1\nbuild:gate\t5\t2\t1\n.\n', 'ok', /3 gate jobs wait/],
      ['that is none', 'HTTP/1.1 400\r\n\r\n', 'error', /is it a Gearman server/],
    ];
    for (const [title, said, level, says] of rows) {
      it(`${title} says what is so, and what to do`, async () => {
        const server = createSocketServer((socket) => {
          socket.once('data', () => {
            // In pieces, as a network may.
            socket.write(said.slice(0, -1));
            if (said.startsWith('HTTP')) socket.end(said.slice(-1));
            else setImmediate(() => socket.write(said.slice(-1)));
          });
        });
        const port = await listening(server);
        const found = await examineGearman(
          { address: { host: '127.0.0.1', port }, security: null },
          { manager: 'g', jobs },
        );
        server.close();
        expect(found.level).to.equal(level);
        expect(found.sentence).to.match(says);
      });
    }
  });
});
