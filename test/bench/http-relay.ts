// A relay between the daemon and Buildbot that keeps every request with the time at which its answer had passed.

import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly begunAt: number;
  readonly status: number;
  readonly answer: string;
  /** `performance.now()` of the last byte of the answer. */
  readonly answeredAt: number;
}

export interface HttpRelay {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  /** All that passed, WebSocket upgrades included (status 101, or 503 where they are refused). */
  readonly exchanges: readonly Exchange[];
  close(): Promise<void>;
}

export interface HttpRelayOptions {
  /** The real server's. */
  readonly port: number;
  /** WebSockets are refused with 503. */
  readonly refusesEvents?: boolean;
}

/** Answers of questions are large and of no use here; those of commands are short. */
const kept = 64 * 1024;

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function text(bytes: Buffer): string {
  return bytes.subarray(0, kept).toString('utf8');
}

interface Upstream {
  readonly port: number;
  readonly agent: Agent;
  readonly note: (exchange: Exchange) => void;
}

async function passOn(
  upstream: Upstream,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const begunAt = performance.now();
  const { method = 'GET', url: path = '/', headers } = incoming;
  const body = await bytesOf(incoming);
  const { port, agent } = upstream;
  const asked = request({ host: '127.0.0.1', port, agent, method, path, headers });
  asked.end(body);
  const [answered] = (await once(asked, 'response')) as [IncomingMessage];
  outgoing.writeHead(answered.statusCode ?? 502, answered.rawHeaders);
  const answer = await bytesOf(answered);
  outgoing.end(answer);
  const answeredAt = performance.now();
  const status = answered.statusCode ?? 502;
  upstream.note({
    method,
    path,
    headers,
    body: text(body),
    begunAt,
    status,
    answer: text(answer),
    answeredAt,
  });
}

function upgrade(
  upstream: Upstream,
  incoming: IncomingMessage,
  client: Duplex,
  refused: boolean,
): Socket | null {
  const { method = 'GET', url: path = '/', headers, rawHeaders } = incoming;
  const at = performance.now();
  const seen = { method, path, headers, body: '', begunAt: at, answer: '', answeredAt: at };
  upstream.note({ ...seen, status: refused ? 503 : 101 });
  client.on('error', () => client.destroy());
  if (refused) {
    client.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    return null;
  }
  const server = connect(upstream.port, '127.0.0.1');
  server.setNoDelay(true);
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}`] : [],
  );
  server.write(`${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  server.on('error', () => client.destroy());
  server.on('close', () => client.destroy());
  client.on('close', () => server.destroy());
  server.pipe(client);
  client.pipe(server);
  return server;
}

/** Listens on a free port of 127.0.0.1 and passes everything on. */
export async function startHttpRelay(options: HttpRelayOptions): Promise<HttpRelay> {
  const exchanges: Exchange[] = [];
  const sockets = new Set<Socket>();
  const agent = new Agent({ keepAlive: true, noDelay: true });
  const upstream = { port: options.port, agent, note: (exchange: Exchange) => void exchanges.push(exchange) };
  const server = createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    // The daemon sees a cut connection, as without a relay.
    passOn(upstream, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.on('upgrade', (incoming, client) => {
    const socket = upgrade(upstream, incoming, client, options.refusesEvents === true);
    if (socket !== null) sockets.add(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    exchanges,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      sockets.forEach((socket) => socket.destroy());
      agent.destroy();
      await closed;
    },
  };
}
