import { expect } from 'chai';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type WebSocket from 'ws';
import type { Hint } from '../../../src/buildbot/master.ts';
import { readFrame } from '../../../src/buildbot/hints.ts';
import { until } from '../../until.ts';
import { clientOf, logIn } from './lying-master.ts';
import type { Client } from './lying-master.ts';

const soon = { within: 3000 };
const frame = (k: string, m: object): string => JSON.stringify({ k, m });

/** Deadlines run in real time; the pauses before another try are shortened a hundredfold and remembered. */
function quickClock() {
  const pauses: number[] = [];
  let now = 0;
  return {
    pauses,
    pass: (ms: number) => (now += ms),
    now: () => now,
    random: () => 0,
    after: (ms: number, task: () => void) => {
      const isPause = ms < 400 || ms > 600;
      if (isPause) pauses.push(ms);
      const timer = setTimeout(task, isPause ? ms / 100 : ms);
      return () => clearTimeout(timer);
    },
  };
}

describe('the events of a master', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let open: WebSocket[];
  let cookies: (string | undefined)[];
  let commands: { cmd: string; path?: string; _id: number }[];
  let allow: (request: IncomingMessage) => boolean;
  let acknowledge: boolean;
  let pong: boolean;
  let logins: number;
  let client: Client;
  let clock: ReturnType<typeof quickClock>;
  let hints: Hint[];

  const received = (socket: WebSocket, text: string): void => {
    const command = JSON.parse(text) as { cmd: string; path?: string; _id: number };
    commands.push(command);
    if (command.cmd === 'ping' ? pong : acknowledge) {
      socket.send(JSON.stringify({ msg: 'OK', code: 200, _id: command._id }));
    }
  };

  beforeEach(async () => {
    open = [];
    cookies = [];
    commands = [];
    hints = [];
    allow = () => true;
    acknowledge = true;
    pong = true;
    logins = 0;
    sockets = new WebSocketServer({ noServer: true });
    server = createServer((request, response) => {
      logins += 1;
      if (request.url === '/auth/login') logIn(response, `user${logins}`);
      else response.end('{"buildsets":[]}');
    });
    server.on('upgrade', (request, socket, head) => {
      cookies.push(request.headers.cookie);
      if (!allow(request)) {
        // The client may be gone before it has read the refusal.
        socket.on('error', () => socket.destroy());
        socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (one) => {
        open.push(one);
        one.on('message', (data: Buffer) => received(one, data.toString()));
        one.on('error', () => one.terminate());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    clock = quickClock();
    const { port } = server.address() as AddressInfo;
    client = clientOf(`http://127.0.0.1:${port}/`, { clock, username: 'gate', password: () => 'x' });
  });
  afterEach(async () => {
    await client.master.close();
    for (const one of open) one.terminate();
    sockets.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const watch = async (): Promise<void> => {
    client.master.watch((hint) => hints.push(hint));
    await until(() => client.master.watching(), { ...soon, what: 'the socket to be up' });
  };
  const resyncs = (): number => hints.filter(({ kind }) => kind === 'resync').length;
  const again = (n: number): Promise<true> =>
    until(() => client.master.watching() && resyncs() >= n, { ...soon, what: `resync ${n}` });

  it('open no socket before somebody listens', async () => {
    await client.master.newestBuildset();
    expect(client.master.watching()).to.equal(false);
    expect(cookies).to.have.length(0);
  });

  it('are subscribed to, and say resync only when every subscription was acknowledged', async () => {
    acknowledge = false;
    client.master.watch((hint) => hints.push(hint));
    await until(() => commands.length === 5, { ...soon, what: 'the subscriptions' });
    expect(commands.map(({ path }) => path)).to.deep.equal([
      'buildrequests/*/*',
      'builds/*/*',
      'steps/*/started',
      'steps/*/finished',
      'workers/*/*',
    ]);
    const ids = commands.map(({ _id }) => _id);
    const ack = (_id: number): void => open[0]!.send(JSON.stringify({ msg: 'OK', code: 200, _id }));
    for (const id of ids.slice(1)) ack(id);
    open[0]!.send(frame('builds/3/new', { buildid: 3, buildrequestid: 7 }));
    await until(() => hints.length === 1, { ...soon, what: 'the first hint' });
    expect(client.master.watching()).to.equal(false);
    ack(ids[0]!);
    await again(1);
    expect(hints.map(({ kind }) => kind)).to.deep.equal(['build', 'resync']);
  });

  it('tell how the log of a step grows while it is listened to, also over a gap', async () => {
    const told = (path: string): string[] =>
      commands.filter((command) => command.path === path).map(({ cmd }) => cmd);
    const path = 'steps/9/logs/stdio/append';
    await watch();
    const end = client.master.listenToLog(9);
    await until(() => told(path).length === 1, { ...soon, what: 'the subscription' });
    open[0]!.send(frame('steps/9/logs/stdio/append', { logid: 4, stepid: 9, num_lines: 34 }));
    await until(() => hints.length === 2, { ...soon, what: 'the hint' });
    open[0]!.terminate();
    await again(2);
    end();
    await until(() => told(path).length === 3, { ...soon, what: 'the end of it' });

    expect(hints[1]).to.deep.equal({ kind: 'log', step: 9, lines: 34 });
    expect(told(path)).to.deep.equal(['startConsuming', 'startConsuming', 'stopConsuming']);
  });

  it('begin anew when the subscriptions are not acknowledged in time', async () => {
    acknowledge = false;
    client.master.watch((hint) => hints.push(hint));
    await until(() => open.length === 2, { ...soon, what: 'another try' });
    expect(client.logged[0]!.message).to.include('no answer to the subscriptions within 500 ms');
  });

  it('come back after the master has gone, with a resync and one line for the whole gap', async () => {
    await watch();
    let refused = 0;
    allow = () => ++refused > 4;
    open[0]!.terminate();
    await again(2);
    const lines = client.logged.map(({ level, message }) => `${level} ${message.slice(0, 30)}`);
    expect(lines).to.have.length(2);
    expect(lines[0]).to.match(/^warn Buildbot's WebSocket is down/);
    expect(lines[1]).to.match(/^info Buildbot's WebSocket is up/);
  });

  it('wait longer after each failure, also when the master takes us and drops us at once', async () => {
    sockets.on('connection', () => undefined);
    await watch();
    for (let n = 1; n < 5; n += 1) {
      open.at(-1)!.terminate();
      await again(n + 1);
    }
    const pauses = clock.pauses.filter((ms) => ms < 20_000);
    expect(pauses).to.deep.equal([250, 2000 / 4, 1000, 2000].filter((ms) => ms < 400 || ms > 600));
    clock.pass(20_000);
    clock.pauses.length = 0;
    open.at(-1)!.terminate();
    await again(6);
    expect(clock.pauses[0]).to.equal(250);
  });

  it('are pinged, and begin anew when a ping gets no answer', async () => {
    await watch();
    await until(() => commands.filter(({ cmd }) => cmd === 'ping').length > 2, { ...soon, what: 'pings' });
    pong = false;
    await again(2);
    expect(client.logged[0]!.message).to.include('no answer to a ping within 500 ms');
  });

  it('survive frames that are not JSON, unknown, or full of lies', async () => {
    await watch();
    const lies = [
      '',
      '{',
      'null',
      '[]',
      '5',
      '{"k":1}',
      '{"k":"builds/1/new"}',
      '{"k":"builds/1/new","m":[]}',
    ];
    lies.push('{"k":"builds/1/new","m":{"buildid":"1"}}', '{"k":"builds/1/new","m":{"buildid":-5}}');
    lies.push('{"_id":1,"code":"200"}', '{"_id":99,"code":500,"error":"x"}', '{"k":"toString","m":{}}');
    for (const lie of lies) open[0]!.send(lie);
    open[0]!.send(Buffer.from([0xff, 0xfe, 0x00]));
    open[0]!.send(frame('workers/1/connected', {}));
    await until(() => hints.some(({ kind }) => kind === 'workers'), { ...soon, what: 'the last frame' });
    expect(hints).to.deep.equal([{ kind: 'resync' }, { kind: 'workers' }]);
    expect(open).to.have.length(1);
  });

  it('begin anew after a frame over the bound, which is not taken in', async () => {
    await watch();
    open[0]!.send(Buffer.alloc(1024 * 1024 + 1, 'x'));
    await again(2);
    expect(client.logged[0]!.message).to.include('Max payload size exceeded');
  });

  it('begin anew when the master breaks the protocol', async () => {
    await watch();
    const raw = (open[0] as unknown as { _socket: { write(data: Buffer): void } })._socket;
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await again(2);
  });

  it('go on to the other listeners when one fails', async () => {
    client.master.watch(() => {
      throw new Error('a mistake\u001b[31m');
    });
    await watch();
    expect(resyncs()).to.equal(1);
    expect(client.logged[0]!.message).to.include("a listener to Buildbot's events failed: a mistake\\u{1b}");
  });

  it('are asked for with the cookie of the session', async () => {
    await client.master.stop(1 as never, 'x');
    await watch();
    expect(cookies).to.deep.equal(['TWISTED_SESSION=user1']);
  });

  it('are asked for with a new login, once, when the upgrade is refused with 403', async () => {
    allow = (request) => request.headers.cookie === 'TWISTED_SESSION=user1';
    await watch();
    expect(cookies).to.deep.equal([undefined, 'TWISTED_SESSION=user1']);
    expect(clock.pauses.filter((ms) => ms < 20_000)).to.deep.equal([]);
  });

  it('do not log in again and again where the upgrade stays refused', async () => {
    allow = () => false;
    client.master.watch((hint) => hints.push(hint));
    await until(() => cookies.length > 4, { ...soon, what: 'some tries' });
    expect(logins).to.equal(1);
    expect(hints).to.deep.equal([]);
  });

  it('end with the client, and nothing is tried after that', async () => {
    await watch();
    await client.master.close();
    await until(() => open[0]!.readyState === open[0]!.CLOSED, { ...soon, what: 'the socket to end' });
    expect(client.master.watching()).to.equal(false);
    expect(clock.pauses.filter((ms) => ms < 20_000)).to.deep.equal([]);
  });

  it('may be closed while a connection is being made', async () => {
    client.master.watch((hint) => hints.push(hint));
    await client.master.close();
    expect(client.master.watching()).to.equal(false);
    expect(hints).to.deep.equal([]);
  });
});

describe('a frame', () => {
  const rows: readonly (readonly [string, string, object, object])[] = [
    [
      'a new build grows',
      'builds/3/new',
      { buildid: 3, buildrequestid: 7 },
      { request: 7, finished: false, grew: true },
    ],
    [
      'a build that changes its sentence does not grow',
      'builds/3/update',
      { buildid: 3, buildrequestid: 7 },
      { request: 7, finished: false, grew: false },
    ],
    [
      'a finished build is finished',
      'builds/3/finished',
      { buildid: 3, buildrequestid: 7 },
      { request: 7, finished: true, grew: false },
    ],
    [
      'a step that begins is growth of its build',
      'steps/9/started',
      { stepid: 9, buildid: 3 },
      { request: null, finished: false, grew: true },
    ],
    [
      'a step that ends is growth of its build',
      'steps/9/finished',
      { stepid: 9, buildid: 3 },
      { request: null, finished: false, grew: true },
    ],
  ];
  for (const [title, k, m, expected] of rows) {
    it(`says that ${title}`, () => {
      const hint = { kind: 'build', build: 3, seen: null, step: null, ...expected };
      expect(readFrame(frame(k, m))).to.deep.equal({ kind: 'event', hint });
    });
  }

  it('names a request and its buildset', () => {
    const text = frame('buildrequests/7/claimed', { buildrequestid: 7, buildsetid: 2 });
    expect(readFrame(text)).to.deep.equal({
      kind: 'event',
      hint: { kind: 'request', request: 7, buildset: 2, complete: false },
    });
  });

  it('says when a request is complete', () => {
    const text = frame('buildrequests/7/complete', { buildrequestid: 7, buildsetid: 2 });
    expect(readFrame(text)).to.have.nested.property('hint.complete', true);
  });

  const row = {
    buildid: 3,
    buildrequestid: 7,
    number: 1,
    complete: false,
    results: null,
    started_at: 1700000000,
  };
  const running = { ...row, complete_at: null, state_string: 'acquiring locks', properties: {} };
  it('shows what it says of a running build', () => {
    const seen = readFrame(frame('builds/3/update', running));
    expect(seen).to.have.nested.property('hint.seen.state', 'acquiring locks');
    expect(seen).to.have.nested.property('hint.seen.startedAt', 1700000000);
  });

  it('shows the step that began, and nothing of one that it describes wrongly', () => {
    const step = { stepid: 9, buildid: 3, number: 4, name: 'test', complete: false, results: null };
    const told = { ...step, started_at: 1700000000, complete_at: null, state_string: 'running' };
    expect(readFrame(frame('steps/9/started', told))).to.have.nested.property('hint.step.name', 'test');
    const lie = { ...told, name: 7 };
    expect(readFrame(frame('steps/9/started', lie))).to.have.nested.property('hint.step', null);
  });

  it('shows nothing of a build that it calls finished, or describes wrongly', () => {
    const finished = { ...running, complete: true, results: 0 };
    for (const lie of [finished, { ...running, number: '1' }, { ...running, started_at: null }]) {
      expect(readFrame(frame('builds/3/update', lie))).to.have.nested.property('hint.seen', null);
    }
    expect(readFrame(frame('builds/3/finished', running))).to.have.nested.property('hint.seen', null);
  });
});
