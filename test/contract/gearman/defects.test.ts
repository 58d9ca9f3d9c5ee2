// Those of the 28 defects of abraxas 2.1.10 (GEARMAN.md section 4) that a server must provoke, each with what shows it.
// The others: defects-on-servers.test.ts.

import { expect } from 'chai';
import { response } from '../../../src/gearman/frame.ts';
import { packetType } from '../../../src/gearman/packet-type.ts';
import { until } from '../../until.ts';
import { assign, startFakeServer, type FakeOptions, type FakeServer, type Peer } from './fake-server.ts';
import { startRecorder, type Recorder } from './recorder.ts';

const error = response(packetType.ERROR, 'SOME_CODE', 'some text');

describe('the defects of abraxas on a fake server', () => {
  let server: FakeServer;
  let told: Recorder;
  const closing: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  /** A fake server, and the adapter with one function on it. */
  async function begin(
    options: FakeOptions = {},
    adapter: Parameters<typeof startRecorder>[1] = {},
  ): Promise<Peer> {
    server = await startFakeServer(options);
    told = startRecorder([server.address], adapter);
    closing.push(
      () => told.gearman.close(),
      () => server.stop(),
    );
    told.gearman.serve(['build:one']);
    await told.up();
    return build();
  }

  const build = (): Peer => server.peer('build')!;
  const grabs = (peer: Peer): number => peer.names().filter((name) => name === 'GRAB_JOB_UNIQ').length;

  /** Wakes the adapter and answers its next GRAB with these bytes. */
  async function answerGrab(peer: Peer, ...bytes: readonly Buffer[]): Promise<void> {
    // It may have told of a new function in its sleep.
    const turn = (): string | undefined =>
      peer.names().findLast((name) => name === 'PRE_SLEEP' || name === 'GRAB_JOB_UNIQ');
    await until(() => turn() === 'PRE_SLEEP', { within: 2000, what: 'the adapter to sleep' });
    answers.set(peer, [...(answers.get(peer) ?? []), Buffer.concat(bytes)]);
    peer.send(response(packetType.NOOP));
  }
  /** To its next GRAB; another connection may ask of its own accord. */
  const answers = new Map<Peer, readonly Buffer[]>();
  const scripted: FakeOptions = {
    frame(peer, frame) {
      if (frame.type !== packetType.GRAB_JOB_UNIQ) return false;
      const [next, ...rest] = answers.get(peer) ?? [];
      if (next === undefined) return false;
      answers.set(peer, rest);
      peer.send(next);
      return true;
    },
  };

  it('is ready on a server that never answers OPTION_REQ, which is not even sent (defect 1)', async () => {
    const peer = await begin();
    expect(peer.names().slice(0, 3)).to.deep.equal(['SET_CLIENT_ID', 'CAN_DO', 'GET_STATUS']);
    expect(peer.names()).to.not.include('OPTION_REQ');
  });

  it('lives on after three ERROR packets, and takes the next job (defect 2)', async () => {
    const peer = await begin(scripted);
    peer.send(error, error, error);
    await answerGrab(peer, assign('H:f:1', 'build:one'));
    await told.job();
    expect(told.log.filter((line) => line.includes('ERROR SOME_CODE: some text'))).to.have.length(3);
    expect(told.lost).to.deep.equal([]);
  });

  for (const name of ['build:nope', 'constructor', '__proto__', 'job'])
    it(`fails a job of the function ${name}, which is not registered, and serves the next (defect 5)`, async () => {
      const peer = await begin(scripted);
      await answerGrab(peer, assign('H:f:1', name));
      await until(() => peer.names().includes('WORK_FAIL'), { within: 2000, what: 'WORK_FAIL' });
      expect(peer.frames.find((frame) => frame.type === packetType.WORK_FAIL)!.body.toString()).to.equal(
        'H:f:1',
      );
      await answerGrab(peer, assign('H:f:2', 'build:one'));
      expect((await told.job()).handle).to.equal('H:f:2');
    });

  it('takes names and unique ids of any length (defect 6)', async () => {
    const peer = await begin(scripted);
    const long = `build:${'j'.repeat(80)}`;
    told.gearman.serve([long]);
    await answerGrab(peer, assign('H:f:1', long, { unique: 'u'.repeat(5000) }));
    expect(await told.job()).to.include({ function: long, unique: 'u'.repeat(5000) });
    await answerGrab(peer, assign(`H:${'h'.repeat(200)}:2`, long, { unique: '' }));
    expect((await told.job(1)).unique).to.equal('');
  });

  it('comes back after a reset without FIN (defect 7)', async () => {
    const peer = await begin();
    peer.socket.resetAndDestroy();
    await told.up(2);
    expect(build()).to.not.equal(peer);
    expect(build().names()).to.include('CAN_DO');
    expect(told.lost).to.have.length(1);
  });

  it('tries again where the server closes each connection at once (defect 8)', async () => {
    let taken = 0;
    await begin({
      accepted(peer) {
        taken += 1;
        if (taken <= 2) peer.socket.destroy();
        return taken <= 2;
      },
    });
    expect(server.peers.length).to.be.at.least(3);
  });

  it('asks for work again after a connection that ended between GRAB and its answer (defect 9)', async () => {
    const peer = await begin({
      frame(from, frame) {
        const isFirst = frame.type === packetType.GRAB_JOB_UNIQ && from === server.peers[0];
        if (isFirst) from.socket.destroy();
        return isFirst || scripted.frame!(from, frame);
      },
    });
    await told.up(2);
    expect(build()).to.not.equal(peer);
    await answerGrab(build(), assign('H:f:9', 'build:one'));
    expect((await told.job()).handle).to.equal('H:f:9');
  });

  it('notices a server that is silent though its connection stands, and makes a new one (defect 10)', async () => {
    let isSilent = false;
    const peer = await begin({ frame: () => isSilent }, { times: { idle: 60, dead: 150 } });
    isSilent = true;
    await until(() => told.lost.length > 0, { within: 2000, what: 'the loss' });
    expect(told.lost[0]!.why).to.include('no answer to GET_STATUS');
    isSilent = false;
    await told.up(2);
    expect(build()).to.not.equal(peer);
  });

  it('drops packets of unknown types, and the connection at a bad magic (defect 11)', async () => {
    const peer = await begin(scripted);
    const unknown = Buffer.from('\0RES\0\0\0\x63\0\0\0\0', 'latin1');
    peer.send(unknown, unknown);
    await answerGrab(peer, assign('H:f:1', 'build:one'));
    await told.job();
    peer.send(Buffer.from('\0BAD\0\0\0\x06\0\0\0\0', 'latin1'));
    await told.up(2);
    expect(told.lost[0]!.why).to.include('bad magic BAD');
  });

  it('drops the connection at a packet that announces 4 GiB, and does not keep it (defect 12)', async () => {
    const peer = await begin();
    peer.send(Buffer.from('\0RES\0\0\0\x06\xff\xff\xff\xff', 'latin1'));
    await told.up(2);
    expect(told.lost[0]!.why).to.include('announces 4294967295 bytes');
  });

  it('keeps no more than 1 MiB of a job that announces 256 MiB (defect 12, rule 2.6)', async function () {
    this.timeout(30_000);
    const head = Buffer.from('\0RES\0\0\0\x1f\x10\0\0\0H:f:1\0build:one\0u\0', 'latin1');
    const chunk = Buffer.alloc(1 << 20, 'x');
    const peer = await begin(scripted);
    const before = process.memoryUsage().arrayBuffers;
    await answerGrab(peer, head);
    await until(() => [...answers.values()].flat().length === 0, { within: 2000, what: 'the GRAB' });
    for (let sent = head.length - 12; sent < 256 << 20; sent += chunk.length) {
      const part = chunk.subarray(0, Math.min(chunk.length, (256 << 20) - sent));
      await new Promise<void>((resolve) => peer.socket.write(part, () => resolve()));
    }
    expect(await told.job()).to.include({ handle: 'H:f:1', payload: 'too-large' });
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(64 << 20);
    expect(told.lost).to.deep.equal([]);
  });

  it('reads stray packets of 1 MB away and takes the next job (defect 13)', async () => {
    const peer = await begin(scripted);
    const megabyte = Buffer.alloc(1_000_000, 'x');
    peer.send(
      response(packetType.WORK_COMPLETE, 'H:f:7', megabyte),
      response(packetType.JOB_ASSIGN, 'H:f:8', 'f', megabyte),
    );
    await answerGrab(peer, assign('H:f:1', 'build:one'));
    await told.job();
    expect(told.lost).to.deep.equal([]);
  });

  it('parts from a server that pushes jobs unasked (defect 14)', async () => {
    const peer = await begin();
    // It may have told of a new function in its sleep.
    const turn = (): string | undefined =>
      peer.names().findLast((name) => name === 'PRE_SLEEP' || name === 'GRAB_JOB_UNIQ');
    await until(() => turn() === 'PRE_SLEEP', { within: 2000, what: 'the adapter to sleep' });
    peer.send(assign('H:f:1', 'build:one'), assign('H:f:2', 'build:one'));
    await until(() => told.lost.length > 0, { within: 2000, what: 'the loss' });
    expect(told.lost[0]!.why).to.equal('job H:f:1 was assigned though none had been asked for');
    expect(told.assigned).to.deep.equal([]);
  });

  it('slows down towards a server that answers rubbish (defect 15)', async () => {
    let refusals = 0;
    const since = performance.now();
    await begin(
      {
        accepted(peer) {
          if (refusals >= 5) return false;
          refusals += 1;
          peer.socket.write('HTTP/1.1 400 Bad Request\r\n');
          return true;
        },
      },
      { times: { firstPause: 40, longestPauseAfterShort: 10_000 } },
    );
    // Five pauses: 40, 80, 160, 320, 640 ms, each a quarter shorter at the least.
    expect(performance.now() - since).to.be.greaterThan(0.75 * 1240);
    expect(server.peers).to.have.length(5 + 3);
  });

  it('says that a server cannot be reached, once in the log however often it tries (defect 16)', async () => {
    const gone = await startFakeServer();
    await gone.stop();
    told = startRecorder([gone.address]);
    closing.push(() => told.gearman.close());
    await until(() => told.gearman.state()[0]!.trouble, { within: 2000, what: 'the trouble' });
    expect(told.gearman.state()[0]!.trouble).to.match(
      /^cannot connect to Gearman server 127\.0\.0\.1:\d+: .*ECONNREFUSED/,
    );
    server = await startFakeServer({}, gone.port);
    closing.push(() => server.stop());
    await told.up();
    expect(told.log.filter((line) => line.includes('ECONNREFUSED'))).to.have.length(1);
  });

  it('makes no connection once it was closed while connecting (defect 17)', async () => {
    const gone = await startFakeServer();
    await gone.stop();
    const closed = startRecorder([gone.address]);
    await until(() => closed.gearman.state()[0]!.trouble, { within: 2000, what: 'the first try' });
    await closed.gearman.close();
    server = await startFakeServer({}, gone.port);
    // Another adapter, with the same pauses, connects three times over while the closed one stays away.
    told = startRecorder([server.address]);
    closing.push(
      () => told.gearman.close(),
      () => server.stop(),
    );
    for (let times = 1; times <= 3; times += 1) {
      await told.up(times);
      build().socket.resetAndDestroy();
    }
    await told.up(4);
    expect(server.peers.filter((peer) => peer.role() === 'build')).to.have.length(4);
  });

  it('closes also while a connection is being made', async () => {
    server = await startFakeServer();
    closing.push(() => server.stop());
    told = startRecorder([server.address]);
    await told.gearman.close();
    await until(() => server.peers.every((peer) => !peer.isOpen()), { within: 2000, what: 'no connection' });
    expect(told.ups).to.deep.equal([]);
  });

  it('keeps the bytes that wait for a frozen reader bounded, the newest of each job, and every end (defect 27)', async () => {
    const peer = await begin(scripted, { limits: { waiting: 1 << 20 } });
    await answerGrab(peer, assign('H:f:1', 'build:one'));
    await answerGrab(peer, assign('H:f:2', 'build:one'));
    const [one, two] = [await told.job(), await told.job(1)];
    peer.socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    const text = 'x'.repeat(100_000);
    const results = Array.from({ length: 2000 }, (_, count) =>
      told.gearman.data(one.connection, one.handle, { count, text }, count === 0),
    );
    expect(results.every(Boolean)).to.equal(true);
    const ending = told.gearman.finish(two.connection, two.handle, { result: 'SUCCESS' });
    expect(told.gearman.data(two.connection, two.handle, { count: 1 }, false)).to.equal(false);
    expect(process.memoryUsage().arrayBuffers - before).to.be.below(32 << 20);
    peer.socket.resume();

    const sent = (type: number) =>
      peer.frames.filter((frame) => frame.type === type).map((frame) => frame.body.toString());
    await until(() => sent(packetType.WORK_DATA).some((body) => body.includes('"count":1999')), {
      within: 5000,
      what: 'the newest update',
    });
    expect(sent(packetType.WORK_STATUS)).to.deep.equal(['H:f:1\x000\x00100']);
    expect(sent(packetType.WORK_DATA).length).to.be.below(200);
    expect(sent(packetType.WORK_COMPLETE)).to.deep.equal(['H:f:2\0{"result":"SUCCESS"}']);
    // The fake server knows no handle.
    expect(await ending).to.equal('unconfirmed');
  });

  it('parts from a server that takes nothing while ends pile up beyond the bound (defect 27)', async () => {
    const peer = await begin(scripted, { limits: { congested: 1000, backlog: 100_000 } });
    const open = [];
    for (let count = 1; count <= 40; count += 1) {
      await answerGrab(peer, assign(`H:f:${count}`, 'build:one'));
      open.push(await told.job(count - 1));
    }
    peer.socket.pause();
    const text = 'x'.repeat(250_000);
    const endings = open.map((job) => told.gearman.finish(job.connection, job.handle, { text }));
    expect(await Promise.all(endings)).to.satisfy((all: string[]) => all.at(-1) === 'lost');
    expect(told.lost[0]!.why).to.include('the server does not read');
  });

  it('serves two servers in turn, each with a client of its own (defect 28)', async () => {
    // One adapter alone: a second one at the first server might take its answers.
    server = await startFakeServer(scripted);
    const other = await startFakeServer(scripted);
    const both = startRecorder([server.address, other.address]);
    closing.push(
      () => both.gearman.close(),
      () => server.stop(),
      () => other.stop(),
    );
    both.gearman.serve(['build:one']);
    await both.up(2);
    for (let count = 0; count < 3; count += 1)
      for (const [index, each] of [server, other].entries()) {
        await answerGrab(each.peer('build')!, assign(`H:${index}:${count}`, 'build:one'));
        await both.job(count * 2 + index);
      }
    expect(both.assigned.map((job) => job.server)).to.deep.equal(
      [1, 2, 3].flatMap(() => [server.address, other.address]),
    );
    expect(grabs(other.peer('build')!)).to.be.at.least(3);
  });
});
