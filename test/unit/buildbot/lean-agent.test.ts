import { expect } from 'chai';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { leanAgent } from '../../../src/buildbot/lean-agent.ts';

describe('connections that read into one buffer', () => {
  const body = Buffer.from(Array.from({ length: 600_000 }, (_, at) => at).join());
  const agent = leanAgent({ keepAlive: true, maxSockets: 1 });
  let server: Server;

  before(async () => {
    server = createServer((request, response) => {
      if (request.url === '/whole') response.end(body);
      else response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    agent.destroy();
    server.close();
  });

  const ask = (path: string): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      get({ host: '127.0.0.1', port, agent, path }, resolve).on('error', reject);
    });

  it('give each answer whole, however slowly it is taken, and use the connection and its buffer again', async () => {
    const sockets = new Set<Socket>();
    const buffers = new Set<ArrayBufferLike>();
    for (let count = 0; count < 3; count += 1) {
      const answer = await ask('/whole');
      const { socket } = answer;
      if (!sockets.has(socket)) socket.on('data', (bytes: Buffer) => buffers.add(bytes.buffer));
      sockets.add(socket);
      const chunks: Buffer[] = [];
      for await (const chunk of answer) {
        chunks.push(chunk as Buffer);
        // What is not taken stops the reading: the server's bytes wait.
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(Buffer.concat(chunks).equals(body), `answer ${count}`).to.equal(true);
    }
    expect({ sockets: sockets.size, buffers: buffers.size }).to.deep.equal({ sockets: 1, buffers: 1 });
  });

  it('say that nobody listens there, and that an answer was cut off', async () => {
    const refused = await new Promise((resolve) => {
      get({ host: '127.0.0.1', port: 1, agent }, resolve).on('error', resolve);
    });
    expect(refused).to.include({ code: 'ECONNREFUSED' });
    const answer = await ask('/half');
    const cut: unknown = await text(answer).catch((error: unknown) => error);
    expect(cut).to.include({ code: 'ECONNRESET' });
  });
});
