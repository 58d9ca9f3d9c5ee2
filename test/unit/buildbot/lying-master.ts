// A small HTTP server that answers as a test says, and remembers what it was asked.

import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { BuildbotError } from '../../../src/buildbot/buildbot-error.ts';
import { createMaster } from '../../../src/buildbot/create-master.ts';
import type { Master } from '../../../src/buildbot/master.ts';
import type { CallReport, LogEntry, MasterOptions } from '../../../src/buildbot/options.ts';

export interface Seen {
  readonly method: string;
  /** With its query, as it came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (seen: Seen, response: ServerResponse) => void;

export interface LyingMaster {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly Seen[];
  /** The most connections that were open at one time. */
  readonly mostConnections: () => number;
  /** Connections open now. */
  readonly connections: () => number;
  answer(next: Answer): void;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Starts it on a free loopback port. */
export async function startLyingMaster(first: Answer): Promise<LyingMaster> {
  let answer = first;
  let most = 0;
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    bodyOf(request).then(
      (body) => {
        const { method = '', url = '', headers } = request;
        const one = { method, url, headers, body };
        seen.push(one);
        answer(one, response);
      },
      () => response.destroy(),
    );
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    seen,
    mostConnections: () => most,
    connections: () => sockets.size,
    answer: (next) => {
      answer = next;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Sends a JSON body. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** Sends a JSON-RPC error. */
export function rpcError(response: ServerResponse, status: number, error: unknown): void {
  json(response, { id: 1, jsonrpc: '2.0', error }, status);
}

/** Answers a login as Buildbot does: two cookies of one name, the anonymous one first. */
export function logIn(response: ServerResponse, cookie: string): void {
  response.writeHead(302, {
    Location: 'http://127.0.0.1/#/',
    'Set-Cookie': ['TWISTED_SESSION=anonymous; Path=/', `TWISTED_SESSION=${cookie}; Path=/`],
  });
  response.end();
}

export interface Client {
  readonly master: Master;
  readonly logged: readonly LogEntry[];
  readonly calls: readonly CallReport[];
}

/** A client of it with short deadlines. */
export function clientOf(url: string, options: Partial<MasterOptions> = {}): Client {
  const logged: LogEntry[] = [];
  const calls: CallReport[] = [];
  const deadlines = { login: 500, read: 500, control: 500, force: 500, socket: 500, ...options.deadlines };
  const master = createMaster({
    url,
    scheduler: 'gate',
    stanza: '1',
    log: (entry) => logged.push(entry),
    report: (call) => calls.push(call),
    ...options,
    deadlines,
  });
  return { master, logged, calls };
}

/** Awaits a rejection and gives it. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('it should have been rejected');
}

/** Awaits a rejection that must be a BuildbotError. */
export async function refusal(promise: Promise<unknown>): Promise<BuildbotError> {
  const error = await rejection(promise);
  if (error instanceof BuildbotError) return error;
  throw error;
}
