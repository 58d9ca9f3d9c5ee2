// The stand-in's door: HTTP and WebSocket on a free port of 127.0.0.1, and a count of all that came through it.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { control, landed } from './controls.ts';
import { serveEvents } from './events.ts';
import { slugOf, type Builder } from './fleet.ts';
import { read, type Answer, type Known } from './reads.ts';
import { schedulersFor } from './schedulers.ts';
import { tablesOf } from './tables.ts';
import { createUsers, type Users } from './users.ts';
import { createWorld, type World } from './world.ts';

export interface Served {
  readonly port: number;
  readonly world: World;
  readonly users: Users;
  /** Requests by method and first word of the path: `GET builds`. */
  readonly counts: ReadonlyMap<string, number>;
  close(): void;
}

interface Door extends Known {
  readonly users: Users;
  readonly url: () => string;
}

/** The version whose answers were measured. */
const versions = [
  ['Python', '3.11.2'],
  ['Buildbot', '3.7.0-2'],
];

function config({ url, users }: Door, cookie: string | undefined): Answer {
  const who = users.who(cookie);
  const user = who === null ? { anonymous: true } : { username: who, email: who };
  const auth = { name: 'UserPasswordAuth' };
  return { status: 200, body: { versions, auth, user, buildbotURL: url(), multiMaster: false } };
}

function logIn({ users, url }: Door, { headers }: IncomingMessage, response: ServerResponse): void {
  const cookies = users.logIn(headers.authorization);
  if (cookies === null)
    response.writeHead(401, { 'www-authenticate': 'digest realm="stand-in"' }).end('Unauthorized');
  else response.writeHead(302, { location: `${url()}#/`, 'set-cookie': [...cookies] }).end();
}

const api = '/api/v2/';

async function answerTo(door: Door, request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', door.url());
  const { cookie, origin, 'content-type': contentType = '' } = request.headers;
  if (pathname === '/config') return config(door, cookie);
  if (request.method === 'POST') {
    const body = await text(request);
    if (pathname === '/change_hook/base') return landed(door.world, new URLSearchParams(body), slugOf);
    if (origin !== undefined && `${origin}/` !== door.url())
      return { status: 400, body: { error: { message: 'invalid origin' } } };
    const path = pathname.slice(api.length);
    return control(door, { path, contentType, body, user: door.users.who(cookie) });
  }
  if (!pathname.startsWith(api)) return { status: 404, body: { error: `Invalid path: ${pathname}` } };
  return read(door, pathname.slice(api.length), searchParams);
}

async function serve(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/auth/login') {
    logIn(door, request, response);
    return;
  }
  const { status, body } = await answerTo(door, request);
  if (request.method === 'POST' && request.url?.includes('/forceschedulers/') && door.world.losesAnswers()) {
    response.destroy();
    return;
  }
  const type = status === 200 || request.method === 'POST' ? 'application/json' : 'text/plain';
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(JSON.stringify(body));
}

function listenTo(door: Door, count: (request: IncomingMessage) => void): Server {
  return createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (request, response) => {
    count(request);
    serve(door, request, response).catch((error: unknown) => {
      process.stderr.write(`stand-in: ${request.method ?? ''} ${request.url ?? ''}: ${String(error)}\n`);
      response.destroy();
    });
  });
}

/** Listens. */
export async function startServing(fleet: readonly Builder[]): Promise<Served> {
  const world = createWorld(fleet);
  const tables = tablesOf(world);
  const users = createUsers();
  const counts = new Map<string, number>();
  const count = ({ method = '', url = '' }: IncomingMessage): void => {
    const kind = `${method} ${/^\/(?:api\/v2\/)?(\w*)/.exec(url)?.[1] ?? ''}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  };
  let port = 0;
  const door: Door = {
    ...{ world, tables, users, schedulers: schedulersFor(fleet) },
    url: () => `http://127.0.0.1:${port}/`,
  };
  const events = serveEvents(world, tables);
  const server = listenTo(door, count);
  server.on('upgrade', (request, socket, head) => {
    count(request);
    events.upgrade(request, socket, head);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  return {
    ...{ port, world, users, counts },
    close() {
      events.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
