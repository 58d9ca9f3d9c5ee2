// Admin questions to servers that answer them badly, and the question what a server is.

import { expect } from 'chai';
import { response } from '../../../src/gearman/frame.ts';
import { packetType } from '../../../src/gearman/packet-type.ts';
import type { Handle } from '../../../src/gate/ids.ts';
import { until } from '../../until.ts';
import { startFakeServer, type FakeOptions, type FakeServer, type Peer } from './fake-server.ts';
import { startRecorder, type Recorder } from './recorder.ts';

let server: FakeServer;
let told: Recorder;

async function begin(
  options: FakeOptions = {},
  adapter: Parameters<typeof startRecorder>[1] = {},
): Promise<void> {
  server = await startFakeServer(options);
  told = startRecorder([server.address], adapter);
  told.gearman.serve(['build:one']);
  await told.up();
}

describe('admin questions to a server that answers rubbish', () => {
  afterEach(async () => {
    await told.gearman.close();
    await server.stop();
  });

  /** The server answers `status` so, once it has told its kind. */
  async function askedStatus(
    answer: (peer: Peer) => void,
    limits: object = {},
  ): Promise<ReadonlyMap<string, number> | null> {
    let isUp = false;
    await begin(
      {
        line(peer, line) {
          if (!isUp || line !== 'status') return false;
          answer(peer);
          return true;
        },
      },
      { times: { admin: 200 }, limits },
    );
    isUp = true;
    return told.gearman.waiting(server.address);
  }

  it('gives null where the answer has no end, no end of line, too many bytes, is a packet, an ERR or a closed socket', async () => {
    const bad: ((peer: Peer) => void)[] = [
      (peer) => peer.socket.write('build:one\t1\t0\t1\n'),
      (peer) => peer.socket.write('x'.repeat(100_000)),
      (peer) => peer.socket.write('build:one\t1\t0\t1\n'.repeat(100_000)),
      (peer) => peer.send(response(packetType.NOOP)),
      (peer) => peer.socket.write('ERR UNKNOWN_COMMAND Unknown\r\n'),
      (peer) => peer.socket.destroy(),
      (peer) => peer.socket.resetAndDestroy(),
    ];
    let answer: (peer: Peer) => void = () => undefined;
    expect(await askedStatus((peer) => answer(peer), { adminAnswer: 1 << 20, adminLine: 65_536 })).to.equal(
      null,
    );
    for (const each of bad) {
      answer = each;
      const before = told.log.length;
      expect(await told.gearman.waiting(server.address)).to.equal(null);
      expect(told.log.length).to.equal(before + 1);
    }
    expect(told.lost).to.deep.equal([]);
  });

  it('passes over lines that are no table, and reads names with tabs in them', async () => {
    const table = [
      'nonsense',
      'build:x\t-1\t0\t1',
      'build:y\t1e9\t0\t1',
      'a\tb\t5\t2\t0',
      'build:z\t1\t4\t1',
      '__proto__\t2\t1\t1',
      '.',
    ];
    const waiting = await askedStatus((peer) =>
      peer.socket.write(table.map((line) => `${line}\r\n`).join('')),
    );
    expect([...waiting!]).to.deep.equal([
      ['a\tb', 3],
      ['build:z', 0],
      ['__proto__', 1],
    ]);
  });

  it('asks one question at a time, and refuses more than may wait', async () => {
    let open = 0;
    let most = 0;
    const first = await askedStatus(
      (peer) => {
        open += 1;
        most = Math.max(most, open);
        // Long enough for others to come in between, if they could.
        setTimeout(() => {
          open -= 1;
          peer.socket.write('.\n');
        }, 20);
      },
      { adminQueue: 5 },
    );
    expect(first?.size).to.equal(0);
    const all = await Promise.all(Array.from({ length: 8 }, () => told.gearman.waiting(server.address)));
    expect(all.filter((each) => each === null)).to.have.length(3);
    expect(most).to.equal(1);
  });

  it('gives null for a server that it does not have', async () => {
    await begin();
    expect(await told.gearman.waiting('192.0.2.1:4730')).to.equal(null);
    expect(await told.gearman.status({ server: '192.0.2.1:4730' }, 'H:x:1' as Handle)).to.equal('silent');
  });
});

describe('the question what a server is', () => {
  afterEach(async () => {
    await told.gearman.close();
    await server.stop();
  });

  it('is asked again where the connection that asked it failed (rule 8.1)', async () => {
    let failures = 0;
    await begin({
      line(peer, line) {
        if (line !== 'version' || failures >= 3) return false;
        failures += 1;
        peer.socket.resetAndDestroy();
        return true;
      },
    });
    expect(told.ups[0]!.serverKind).to.equal('gearmand');
    expect(failures).to.equal(3);
  });

  it('makes a geard of one that passes over `version` and answers `status`, without a wait', async () => {
    const since = performance.now();
    await begin({ line: (_peer, line) => line === 'version' }, { times: { admin: 5000 } });
    expect(told.ups[0]!.serverKind).to.equal('geard');
    expect(performance.now() - since).to.be.below(2000);
  });

  it('makes a geard of one that is mute on lines and answers packets', async () => {
    await begin({ line: () => true }, { times: { admin: 100 } });
    expect(told.ups[0]!.serverKind).to.equal('geard');
  });

  it('waits with being up for one that answers neither, for that may be a gearmand that hangs', async () => {
    let isMute = true;
    server = await startFakeServer({
      line: () => isMute,
      frame: (peer, frame) =>
        isMute &&
        frame.type === packetType.GET_STATUS &&
        peer.names().filter((each) => each === 'GET_STATUS').length > 1,
    });
    told = startRecorder([server.address], { times: { admin: 60, answer: 60 } });
    told.gearman.serve(['build:one']);
    await until(() => server.peers.filter((peer) => peer.lines.length > 0).length >= 3, {
      within: 3000,
      what: 'the third question',
    });
    expect(told.ups).to.deep.equal([]);
    isMute = false;
    expect((await told.up()).serverKind).to.equal('gearmand');
  });
});
