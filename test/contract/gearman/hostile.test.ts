// Servers that send what no server should. Nothing of it may crash, hang or grow the adapter, nor reach the log unescaped.

import { expect } from 'chai';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { response } from '../../../src/gearman/frame.ts';
import { packetType } from '../../../src/gearman/packet-type.ts';
import type { Handle } from '../../../src/gate/ids.ts';
import { until } from '../../until.ts';
import { assign, startFakeServer, type FakeOptions, type FakeServer, type Peer } from './fake-server.ts';
import { startRecorder, type Recorder } from './recorder.ts';

let server: FakeServer;
let told: Recorder;
/** Answers to the next GRABs on build connections. */
let answers: Buffer[];

const scripted: FakeOptions = {
  frame(peer, frame) {
    const next =
      frame.type === packetType.GRAB_JOB_UNIQ && peer.role() === 'build' ? answers.shift() : undefined;
    if (next !== undefined) peer.send(next);
    return next !== undefined;
  },
};

async function begin(
  options: FakeOptions = scripted,
  adapter: Parameters<typeof startRecorder>[1] = {},
): Promise<Peer> {
  server = await startFakeServer(options);
  told = startRecorder([server.address], adapter);
  told.gearman.serve(['build:one']);
  await told.up();
  return build();
}

const build = (): Peer => server.peer('build')!;

async function rest(peer: Peer): Promise<void> {
  await until(() => peer.names().at(-1) === 'PRE_SLEEP', { within: 2000, what: 'the adapter to sleep' });
}

/** Lets the adapter grab once and answers with these bytes. */
async function answerGrab(peer: Peer, bytes: Buffer): Promise<void> {
  await rest(peer);
  answers.push(bytes);
  peer.send(response(packetType.NOOP));
}

async function lossAfter(
  act: (peer: Peer) => unknown,
  adapter: Parameters<typeof startRecorder>[1] = {},
): Promise<string> {
  const peer = await begin(scripted, adapter);
  await act(peer);
  await until(() => told.lost.length > 0, { within: 3000, what: 'the loss' });
  await told.up(2);
  return told.lost[0]!.why;
}

describe('the adapter and a server that sends rubbish', () => {
  beforeEach(() => {
    answers = [];
  });
  afterEach(async () => {
    await told.gearman.close();
    await server.stop();
    expect(told.log.join('')).to.match(/^[\x20-\x7e]*$/);
  });

  it('takes 30 jobs that come byte by byte', async () => {
    const peer = await begin({
      frame(from, frame) {
        const count = told.assigned.length;
        if (frame.type !== packetType.GRAB_JOB_UNIQ || from.role() !== 'build' || count >= 30) return false;
        for (const byte of assign(`H:f:${count}`, 'build:one', { payload: `{"count":${count}}` }))
          from.send(Buffer.from([byte]));
        return true;
      },
    });
    await told.job(29);
    expect(told.assigned.map((job) => job.payload.toString())).to.deep.equal(
      Array.from({ length: 30 }, (_, count) => `{"count":${count}}`),
    );
    expect(peer.isOpen()).to.equal(true);
  });

  it('takes several packets in one chunk, and one packet in several', async () => {
    const peer = await begin();
    const noise = response(packetType.NOOP);
    const job = assign('H:f:1', 'build:one', { payload: 'x'.repeat(200_000) });
    await answerGrab(peer, Buffer.concat([noise, noise, job.subarray(0, 100_000)]));
    await until(() => answers.length === 0, { within: 2000, what: 'the GRAB' });
    peer.send(Buffer.concat([job.subarray(100_000), noise, noise]));
    expect((await told.job()).payload.length).to.equal(200_000);
  });

  it('parts from a server that speaks HTTP, and shows its words escaped', async () => {
    const why = await lossAfter((peer) => peer.socket.write('HTTP/1.1 400 \x1b[31mBad\r\n\r\n'));
    expect(why).to.equal('the server said HTTP/1.1 400 \\x1b[31mBad, which is no packet');
  });

  it('parts from a server that sends a text line without end', async () => {
    expect(await lossAfter((peer) => peer.socket.write('x'.repeat(5000)))).to.include(
      'a text line of more than 1024 bytes',
    );
  });

  it('parts from a server that sends requests', async () => {
    const why = await lossAfter((peer) =>
      peer.socket.write(Buffer.from('\0REQ\0\0\0\x06\0\0\0\0', 'latin1')),
    );
    expect(why).to.equal('the server sent a request (NOOP) to a worker');
  });

  for (const [what, body] of [
    ['no arguments', ''],
    ['no function', 'H:f:1'],
    ['no unique id', 'H:f:1\0build:one'],
    ['a handle with a blank', 'H f 1\0build:one\0u\0{}'],
    ['a handle with a control character', 'H:\x1b[2J\0build:one\0u\0{}'],
    ['an empty handle', '\0build:one\0u\0{}'],
  ] as const)
    it(`parts from a server that assigns a job with ${what}`, async () => {
      const why = await lossAfter((peer) => answerGrab(peer, response(packetType.JOB_ASSIGN_UNIQ, body)));
      expect(why).to.equal('a JOB_ASSIGN_UNIQ that has no handle, function and unique id');
      expect(told.assigned).to.deep.equal([]);
    });

  it('parts from a server whose STATUS_RES lacks arguments, and drops one that nobody asked for', async () => {
    const peer = await begin();
    peer.send(response(packetType.STATUS_RES, 'H:f:9', '1', '1', '0', '0'));
    await until(() => told.log.some((line) => line.includes('STATUS_RES that nobody asked for')), {
      within: 2000,
      what: 'the warning',
    });
    expect(told.lost).to.deep.equal([]);
    peer.send(response(packetType.STATUS_RES, 'H:f:9', '1'));
    await told.up(2);
  });

  it('drops NO_JOB without a GRAB, and a flood of NOOP costs one grab at a time', async () => {
    const peer = await begin();
    await rest(peer);
    const before = peer.names().filter((name) => name === 'GRAB_JOB_UNIQ').length;
    peer.send(...Array.from({ length: 5000 }, () => response(packetType.NO_JOB)));
    peer.send(...Array.from({ length: 5000 }, () => response(packetType.NOOP)));
    await answerGrab(peer, assign('H:f:1', 'build:one'));
    await told.job();
    expect(peer.names().filter((name) => name === 'GRAB_JOB_UNIQ').length - before).to.be.below(20);
  });

  it('parts from a server that never answers a GRAB', async () => {
    let isMute = false;
    await begin(
      { frame: (_peer, frame) => isMute && frame.type === packetType.GRAB_JOB_UNIQ },
      { times: { grab: 100 } },
    );
    isMute = true;
    build().send(response(packetType.NOOP));
    await until(() => told.lost.length > 0, { within: 2000, what: 'the loss' });
    expect(told.lost[0]!.why).to.equal('GRAB_JOB_UNIQ was not answered within 100 ms');
  });

  it('parts from a server that begins a packet and only trickles on', async () => {
    const peer = await begin(scripted, { times: { packet: 150, idle: 60, dead: 120 } });
    peer.send(response(packetType.NO_JOB, 'x'.repeat(1000)).subarray(0, 20));
    const trickle = setInterval(() => peer.send(Buffer.from('x')), 20);
    await until(() => told.lost.length > 0, { within: 3000, what: 'the loss' });
    clearInterval(trickle);
    expect(told.lost[0]!.why).to.equal('a packet did not end within 150 ms');
  });

  it('logs what an ERROR packet says, shortened and escaped, and doubts the handles only for JOB_NOT_FOUND', async () => {
    const peer = await begin();
    peer.send(response(packetType.ERROR, 'OTHER', `\x1b]0;${'é'.repeat(5000)}`), response(packetType.ERROR));
    peer.send(response(packetType.ERROR, 'JOB_NOT_FOUND', 'x'));
    await until(() => told.doubted.length > 0, { within: 2000, what: 'the doubt' });
    expect(told.doubted).to.deep.equal([told.ups[0]!.connection]);
    expect(Math.max(...told.log.map((line) => line.length))).to.be.below(1200);
  });

  it('doubts the handles when the heartbeat finds a running one unknown', async () => {
    const peer = await begin(scripted, { times: { idle: 50, dead: 5000 } });
    await answerGrab(peer, assign('H:f:1', 'build:one'));
    const given = await told.job();
    await until(() => told.doubted.length > 0, { within: 3000, what: 'the doubt' });
    expect(told.doubted[0]).to.equal(given.connection);
    expect(
      peer.frames.some((frame) => frame.type === packetType.GET_STATUS && frame.body.toString() === 'H:f:1'),
    ).to.equal(true);
  });

  it('stops grabbing at the bound of open jobs, and goes on when one has ended', async () => {
    const peer = await begin(
      {
        frame(from, frame) {
          if (frame.type !== packetType.GRAB_JOB_UNIQ || from.role() !== 'build') return false;
          from.send(assign(`H:f:${told.assigned.length}`, 'build:one'));
          return true;
        },
      },
      { limits: { openJobs: 7 } },
    );
    await told.job(6);
    // The answer proves that nothing written before it is still on its way.
    await told.gearman.status({ server: server.address }, 'H:x:1' as Handle);
    expect(told.assigned).to.have.length(7);
    const one = told.assigned[0]!;
    void told.gearman.finish(one.connection, one.handle, { result: 'SUCCESS' });
    await told.job(7);
    expect(peer.isOpen()).to.equal(true);
  });

  it('opens nothing beside the build connection before its first answer (checklist 13)', async () => {
    let questions = 0;
    server = await startFakeServer({
      frame(peer, frame) {
        if (frame.type !== packetType.GET_STATUS || peer.role() !== 'build') return false;
        questions += 1;
        // The second question is the heartbeat's: the adapter has had time for whatever it should not do.
        if (questions === 2) openAtAnswer = server.peers.length;
        return questions < 2;
      },
    });
    let openAtAnswer = 0;
    told = startRecorder([server.address], { times: { idle: 80, dead: 5000 } });
    await told.up();
    expect(openAtAnswer).to.equal(1);
    await until(() => told.gearman.state()[0]!.control, { within: 2000, what: 'the control connection' });
  });

  it('sends no CANT_DO while a grab is unanswered, for the answer may be a job of that function (checklist 9)', async () => {
    let isHeld = false;
    const peer = await begin({
      frame: (from, frame) => isHeld && frame.type === packetType.GRAB_JOB_UNIQ && from.role() === 'build',
    });
    await rest(peer);
    isHeld = true;
    const grabs = () => peer.names().filter((name) => name === 'GRAB_JOB_UNIQ').length;
    const before = grabs();
    peer.send(response(packetType.NOOP));
    await until(() => grabs() > before, { within: 2000, what: 'the GRAB' });
    told.gearman.serve(['build:two']);
    await until(() => peer.names().at(-1) === 'GET_STATUS', { within: 2000, what: 'the new set to be read' });
    expect(peer.names()).to.not.include('CANT_DO');
    isHeld = false;
    peer.send(assign('H:f:1', 'build:one'));
    const given = await told.job();
    expect(peer.names()).to.not.include('CANT_DO');
    void told.gearman.finish(given.connection, given.handle, { result: 'SUCCESS' });
    await until(() => peer.names().includes('CANT_DO'), { within: 2000, what: 'CANT_DO' });
    expect(peer.names().indexOf('CANT_DO')).to.be.greaterThan(peer.names().indexOf('WORK_COMPLETE'));
  });

  it('refuses function names that would break lines, says so, and serves the others', async () => {
    await begin();
    told.gearman.serve(['build:one', 'build:a\nb', 'build:\0', '', `build:${'x'.repeat(600)}`, 'build:two']);
    const names = () =>
      build()
        .frames.filter((frame) => frame.type === packetType.CAN_DO)
        .map((frame) => frame.body.toString());
    await until(() => names().includes('build:two'), { within: 2000, what: 'build:two' });
    expect(names()).to.deep.equal(['build:one', 'build:two']);
    expect(told.log.filter((line) => line.startsWith('error function'))).to.have.length(4);
  });
});

describe('a port that is no Gearman server', () => {
  it('never gets the adapter up, and `close` ends all the same', async () => {
    const silent: Server = createServer((socket) => socket.on('error', () => socket.destroy()).resume());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    told = startRecorder([`127.0.0.1:${address.port}`], { times: { idle: 50, dead: 100 } });
    told.gearman.serve(['build:one']);
    await until(() => told.log.some((line) => line.includes('no answer to GET_STATUS')), {
      within: 3000,
      what: 'the loss',
    });
    expect(told.ups).to.deep.equal([]);
    expect(told.lost).to.deep.equal([]);
    const closed = once(silent, 'close');
    await told.gearman.close();
    silent.close();
    await closed;
  });
});

describe('the adapter and a server that answers admin lines late', () => {
  afterEach(async () => {
    await told.gearman.close();
    await server.stop();
  });

  it('serves, though its functions changed while it was still asking what the server is', async () => {
    const asked: Peer[] = [];
    server = await startFakeServer({
      line(peer) {
        asked.push(peer);
        return true;
      },
    });
    told = startRecorder([server.address]);
    told.gearman.serve(['build:one']);
    await until(() => asked.length > 0, { within: 2000, what: 'the question what the server is' });
    told.gearman.serve(['build:one', 'build:two']);
    const registered = (): boolean =>
      build().names().join(' ').endsWith('CAN_DO GET_STATUS CAN_DO GET_STATUS');
    await until(registered, { within: 2000, what: 'the new function' });
    for (const peer of asked.slice(0, 1)) peer.socket.write('OK 1.1.20\n');
    await told.up();
  });
});
