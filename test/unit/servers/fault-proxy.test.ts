import { createServer as createHttp, type Server } from 'node:http';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect } from 'chai';
import type { Fault } from '../../faults.ts';
import { startFaultProxy, type FaultProxy } from '../../fault-proxy.ts';
import { chunks, gearmanPackets, httpRequests } from '../../frames.ts';
import { until } from '../../until.ts';

describe('the fault proxy before an HTTP server', () => {
  let server: Server;
  let proxy: FaultProxy;
  let got: string[];

  beforeEach(async () => {
    got = [];
    server = createHttp((request, response) => {
      let body = '';
      request.on('data', (bytes: Buffer) => (body += bytes.toString()));
      request.on('end', () => {
        got.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`.trim());
        response.end(`answer to ${request.url ?? ''}`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startFaultProxy({ port: (server.address() as AddressInfo).port, framing: httpRequests });
  });
  afterEach(async () => {
    await proxy.close();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const ask = async (path: string, milliseconds = 5000): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${proxy.port}${path}`, {
      method: 'POST',
      body: 'force',
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(milliseconds),
    });
    return answer.text();
  };
  const failure = async (path: string, milliseconds?: number): Promise<string> => {
    try {
      return `no failure: ${await ask(path, milliseconds)}`;
    } catch (error) {
      const { cause, name } = error as Error;
      return cause instanceof Error && 'code' in cause ? String(cause.code) : name;
    }
  };

  it('passes what no rule matches', async () => {
    const armed = proxy.arm({ match: 'POST /other', fault: { kind: 'lose', cut: 'rst' } });
    expect(await ask('/a')).to.equal('answer to /a');
    expect([got, armed.hits()]).to.deep.equal([['POST /a force'], 0]);
  });

  for (const [fault, error, delivered] of [
    [{ kind: 'lose', cut: 'rst' }, 'ECONNRESET', []],
    [{ kind: 'lose', cut: 'fin' }, 'UND_ERR_SOCKET', []],
    [{ kind: 'drop-answer', cut: 'rst' }, 'ECONNRESET', ['POST /a force']],
    [{ kind: 'drop-answer', cut: 'fin' }, 'UND_ERR_SOCKET', ['POST /a force']],
    [{ kind: 'halve', bytes: 30, cut: 'fin' }, 'UND_ERR_SOCKET', ['POST /a force']],
  ] as const satisfies readonly (readonly [Fault, string, readonly string[]])[]) {
    it(`does ${JSON.stringify(fault)} to one request and to no other`, async () => {
      const armed = proxy.arm({ match: /^POST \/a /, fault });
      expect(await failure('/a')).to.equal(error);
      expect(got).to.deep.equal(delivered);
      expect(await ask('/a')).to.equal('answer to /a');
      expect((await armed.hit).toString()).to.match(/^POST \/a [^]*force$/);
    });
  }

  it('leaves a client hanging after half an answer', async () => {
    proxy.arm({ fault: { kind: 'halve', bytes: 30, cut: 'hang' } });
    expect(await failure('/a', 300)).to.equal('TimeoutError');
    expect(got).to.deep.equal(['POST /a force']);
  });

  it('delivers a held request after its client was cut off', async () => {
    const armed = proxy.arm({ match: '/a', fault: { kind: 'hold', cut: 'rst' } });
    expect(await failure('/a')).to.equal('ECONNRESET');
    expect(await ask('/b')).to.equal('answer to /b');
    expect(got).to.deep.equal(['POST /b force']);
    armed.release();
    await until(() => got.includes('POST /a force'), { within: 2000, what: 'the held request' });
  });

  it('gives a client that waits the answer to its held request', async () => {
    const armed = proxy.arm({ match: '/a', fault: { kind: 'hold', cut: 'hang' } });
    const answer = ask('/a');
    await armed.hit;
    expect(got).to.deep.equal([]);
    armed.release();
    expect(await answer).to.equal('answer to /a');
  });

  it('delays a request', async () => {
    proxy.arm({ fault: { kind: 'delay', milliseconds: 120 } });
    const begin = performance.now();
    expect(await ask('/a')).to.equal('answer to /a');
    expect(performance.now() - begin).to.be.greaterThan(110);
  });

  it('answers in the place of the server', async () => {
    const bytes = 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nbad';
    proxy.arm({ fault: { kind: 'answer', bytes } });
    expect(await ask('/a')).to.equal('bad');
    expect(got).to.deep.equal([]);
  });

  it('delivers a request twice', async () => {
    proxy.arm({ fault: { kind: 'duplicate' } });
    expect(await ask('/a')).to.equal('answer to /a');
    await until(() => got.length === 2, { within: 2000, what: 'the second delivery' });
    expect(got).to.deep.equal(['POST /a force', 'POST /a force']);
  });

  it('hits as often as it is told, and not after it is disarmed', async () => {
    const armed = proxy.arm({ fault: { kind: 'lose', cut: 'rst' }, times: 3 });
    expect(await failure('/a')).to.equal('ECONNRESET');
    expect(await failure('/a')).to.equal('ECONNRESET');
    armed.disarm();
    expect(await ask('/a')).to.equal('answer to /a');
    expect(armed.hits()).to.equal(2);
  });

  it('refuses new connections, and accepts them again on the same port', async () => {
    proxy.refuse();
    expect(await failure('/a')).to.equal('ECONNREFUSED');
    await proxy.accept();
    expect(await ask('/a')).to.equal('answer to /a');
  });

  it('lets nothing pass while frozen, and all of it after', async () => {
    proxy.freeze();
    const answer = ask('/a');
    await until(() => proxy.connections() === 1, { within: 2000, what: 'the connection' });
    expect(await failure('/b', 200)).to.equal('TimeoutError');
    expect(got).to.deep.equal([]);
    proxy.thaw();
    expect(await answer).to.equal('answer to /a');
  });
});

describe('the fault proxy before an echo', () => {
  async function throughProxy(test: (socket: Socket, proxy: FaultProxy) => Promise<void>): Promise<void> {
    const server = createServer((socket) => void socket.on('error', () => socket.destroy()).pipe(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = await startFaultProxy({ port: (server.address() as AddressInfo).port });
    const socket = connect(proxy.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      await test(socket, proxy);
    } finally {
      socket.destroy();
      await proxy.close();
      server.close();
      await once(server, 'close');
    }
  }

  it('passes what comes back', () =>
    throughProxy(async (socket) => {
      socket.write('hello');
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      expect(bytes.toString()).to.equal('hello');
    }));

  it('cuts by FIN', () =>
    throughProxy(async (socket, proxy) => {
      socket.write('x');
      await once(socket, 'data');
      proxy.cut('fin');
      socket.resume();
      await once(socket, 'end');
    }));

  it('cuts by RST', () =>
    throughProxy(async (socket, proxy) => {
      socket.write('x');
      await once(socket, 'data');
      const failed = new Promise((resolve) => socket.once('error', resolve));
      proxy.cut('rst');
      expect(await failed).to.have.property('code', 'ECONNRESET');
    }));
});

describe('framing', () => {
  it('waits for the whole of an HTTP request and leaves the next one', () => {
    const request = Buffer.from('POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc');
    for (let size = 1; size < request.length; size += 1) {
      expect(httpRequests(request.subarray(0, size)), `of ${size} bytes`).to.equal(0);
    }
    expect(httpRequests(Buffer.concat([request, request]))).to.equal(request.length);
  });

  it('passes what is no HTTP request as it comes', () => {
    expect(httpRequests(Buffer.from([0x81, 0x85, 1, 2, 3]))).to.equal(5);
  });

  it('waits for the whole of a Gearman packet, or of an admin line', () => {
    const packet = Buffer.from('\0REQ\0\0\0\x10\0\0\0\x02hbrest', 'latin1');
    expect(gearmanPackets(packet.subarray(0, 11))).to.equal(0);
    expect(gearmanPackets(packet.subarray(0, 13))).to.equal(0);
    expect(gearmanPackets(packet)).to.equal(14);
    expect(gearmanPackets(Buffer.from('status'))).to.equal(0);
    expect(gearmanPackets(Buffer.from('status\nworkers\n'))).to.equal(7);
  });

  it('takes chunks as they come', () => {
    expect(chunks(Buffer.from('abc'))).to.equal(3);
  });
});
