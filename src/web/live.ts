// /live: tells each client what it asked for, at once and then after each change. Changes are gathered, and a text is made once for
// all who want it, so that neither a burst of changes nor many readers become load. Clients, and what waits for each, are bounded.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { FailedLogs, JobView } from '../views/document.ts';
import type { Views } from '../views/views.ts';
import { viewDeadline, within } from './deadline.ts';
import type { WebLog } from './log.ts';
import { homePiece, jobPiece } from './pages.ts';
import { mayListen, subscriptionKey, subscriptionOf, type Subscription } from './subscription.ts';

export interface LiveOptions {
  readonly views: Views;
  readonly failedLogs: (job: JobView) => Promise<FailedLogs>;
  readonly publicUrl: string;
  readonly log: WebLog;
}

export interface Live {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

const clientsMost = 200;
/** Bytes that may wait for one client before it is sent away; it comes back and gets the newest state. */
const backlogBound = 1024 * 1024;
/** Milliseconds in which changes are gathered, and between two pings. */
const gathering = 250;
const pingEvery = 30_000;

interface Client {
  readonly socket: WebSocket;
  readonly subscription: Subscription;
  alive: boolean;
}

/** What a subscription gets now; null when the job is not known. */
async function textFor(
  { job, as }: Subscription,
  { views, failedLogs }: LiveOptions,
): Promise<string | null> {
  const at = new Date().toISOString();
  if (job === null) {
    const [status, list] = await Promise.all([views.status(), views.jobs({ limit: 50 })]);
    return JSON.stringify(
      as === 'html'
        ? { kind: 'page', at, html: homePiece(status, list) }
        : { kind: 'list', at, status, ...list },
    );
  }
  const found = await views.job(job);
  if (found.kind === 'not-found') return null;
  if (as === 'json') return JSON.stringify({ kind: 'job', at, job: found.job });
  const title = `${found.job.result ?? found.job.state} ${found.job.name} ${job} · gearbridge`;
  return JSON.stringify({ kind: 'page', at, title, html: jobPiece(found.job, await failedLogs(found.job)) });
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function tell(client: Client, text: string): void {
  if (client.socket.readyState !== client.socket.OPEN) return;
  if (client.socket.bufferedAmount > backlogBound) client.socket.terminate();
  else client.socket.send(text);
}

/** Starts the live feed. It asks the views only for what somebody listens to. */
export function createLive(options: LiveOptions): Live {
  const { views, log } = options;
  // What a client sends is not read; a frame larger than this ends it.
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1_024 });
  const clients = new Set<Client>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | null = null;
  let telling = false;
  let closed = false;

  async function tellOne(client: Client, making: Promise<string | null>): Promise<void> {
    try {
      const text = await making;
      if (text === null) client.socket.close(4004, 'no such job');
      else tell(client, text);
    } catch (error) {
      log.warn({ err: error }, 'live page could not be made');
      client.socket.close(1013, 'try again');
    }
  }

  async function tellAll(wanted: readonly Client[]): Promise<void> {
    const texts = new Map<string, Promise<string | null>>();
    const makingFor = (client: Client): Promise<string | null> => {
      const key = subscriptionKey(client.subscription);
      const made = texts.get(key);
      if (made !== undefined) return made;
      const making = within(viewDeadline, 'a live page', textFor(client.subscription, options));
      texts.set(key, making);
      return making;
    };
    await Promise.all(wanted.map((client) => tellOne(client, makingFor(client))));
  }

  // One round at a time: what changes during a round is told in the next.
  async function round(): Promise<void> {
    timer = null;
    telling = true;
    const numbers = new Set(changed);
    changed.clear();
    await tellAll([...clients].filter(({ subscription: { job } }) => job === null || numbers.has(job)));
    telling = false;
    if (changed.size > 0) schedule();
  }

  function schedule(): void {
    if (timer === null && !telling && !closed) timer = setTimeout(() => void round(), gathering);
  }

  const unwatch = views.watch((number) => {
    if (clients.size === 0) return;
    const wanted = [...clients].some(({ subscription: { job } }) => job === null || job === number);
    if (!wanted) return;
    changed.add(number);
    schedule();
  });

  const pings = setInterval(() => {
    for (const client of clients) {
      if (!client.alive) client.socket.terminate();
      client.alive = false;
      client.socket.ping();
    }
  }, pingEvery);
  pings.unref();

  function admit(socket: WebSocket, subscription: Subscription): void {
    const client: Client = { socket, subscription, alive: true };
    clients.add(client);
    socket.on('pong', () => {
      client.alive = true;
    });
    socket.on('error', (error) => {
      log.info({ why: error.message }, 'live client failed');
    });
    socket.on('close', () => clients.delete(client));
    void tellAll([client]);
  }

  return {
    upgrade(request, socket, head) {
      socket.on('error', () => socket.destroy());
      const subscription = subscriptionOf(request.url ?? '/');
      if (subscription === null) refuse(socket, '404 Not Found');
      else if (!mayListen(request.headers.origin, request.headers.host, options.publicUrl))
        refuse(socket, '403 Forbidden');
      else if (clients.size >= clientsMost || closed) refuse(socket, '503 Service Unavailable');
      else server.handleUpgrade(request, socket, head, (ready) => admit(ready, subscription));
    },
    close() {
      closed = true;
      unwatch();
      clearInterval(pings);
      if (timer !== null) clearTimeout(timer);
      for (const { socket } of clients) socket.terminate();
      server.close();
    },
  };
}
