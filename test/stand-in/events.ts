// The stand-in's WebSocket: commands, paths, and an event once for each path that fits it.

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { wholeRow, type Row } from './query.ts';
import { lineCount, logsOf, stepId, stepOf, type Tables } from './tables.ts';
import type { Event, World } from './world.ts';

/** Milliseconds: a worker sends no more often what was printed. */
const logsEvery = 5_000;

export interface Events {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): void;
}

interface Told {
  readonly key: string;
  readonly message: () => Row;
}

function tellingOf({ buildsets, buildrequests, builds, steps }: Tables): (event: Event) => Told {
  return (event) => {
    switch (event.kind) {
      case 'buildset':
        return {
          key: `buildsets/${event.set.id}/${event.what}`,
          message: () => wholeRow(buildsets, event.set),
        };
      case 'request': {
        const { request, what } = event;
        return {
          key: `buildrequests/${request.id}/${what}`,
          message: () => wholeRow(buildrequests, request),
        };
      }
      case 'build': {
        const { record, what } = event;
        return { key: `builds/${record.build.id}/${what}`, message: () => wholeRow(builds, record) };
      }
      case 'step': {
        const { record, at, what } = event;
        const item = { record, at };
        return { key: `steps/${stepId(item)}/${what}`, message: () => wholeRow(steps(record), item) };
      }
    }
  };
}

type Paths = Map<string, readonly string[]>;

function fits(path: readonly string[], key: readonly string[]): boolean {
  return path.length === key.length && path.every((part, at) => part === '*' || part === key[at]);
}

function answerTo(paths: Paths, command: Row): Row {
  const { cmd, path, _id: id } = command;
  if (id === undefined) return { error: "no '_id' or 'type' in websocket frame", code: 400, _id: null };
  const bad = (error: string, code = 400): Row => ({ error, code, _id: id });
  if (cmd === 'ping') return { msg: 'pong', code: 200, _id: id };
  if (cmd !== 'startConsuming' && cmd !== 'stopConsuming')
    return bad(`no such command type '${String(cmd)}'`, 404);
  if (typeof path !== 'string') return bad(`invalid path format '${String(path)}'`);
  if (cmd === 'startConsuming') paths.set(path, path.split('/'));
  else if (!paths.delete(path)) return bad(`path was not consumed '${path}'`);
  return { msg: 'OK', code: 200, _id: id };
}

/** A frame that is no JSON ends the connection. */
function hear(socket: WebSocket, paths: Paths): void {
  socket.on('message', (data: Buffer) => {
    let command: unknown;
    try {
      command = JSON.parse(data.toString());
    } catch {
      socket.terminate();
      return;
    }
    if (typeof command === 'object' && command !== null)
      socket.send(JSON.stringify(answerTo(paths, command as Row)));
  });
}

export function serveEvents(world: World, tables: Tables): Events {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const sockets = new Map<WebSocket, Paths>();
  const tellingFor = tellingOf(tables);
  const publish = ({ key, message }: Told): void => {
    const parts = key.split('/');
    let text: string | null = null;
    for (const [socket, paths] of sockets) {
      for (const path of paths.values()) {
        if (!fits(path, parts)) continue;
        text ??= JSON.stringify({ k: key, m: message() });
        socket.send(text);
      }
    }
  };
  world.watch((event) => publish(tellingFor(event)));

  const told = new Map<string, number>();
  const logs = setInterval(() => {
    const wanted = new Set([...sockets.values()].flatMap((paths) => [...paths.keys()]));
    for (const path of told.keys()) if (!wanted.has(path)) told.delete(path);
    for (const path of wanted) {
      const [, id] = /^steps\/(\d+)\/logs\/stdio\/append$/.exec(path) ?? [];
      const item = id === undefined ? undefined : stepOf(world, Number(id));
      const log = item === undefined ? undefined : logsOf(item).find(({ log: { slug } }) => slug === 'stdio');
      if (item === undefined || log === undefined || told.get(path) === lineCount(log)) continue;
      told.set(path, lineCount(log));
      publish({ key: path, message: () => wholeRow(tables.logs(item), log) });
    }
  }, logsEvery);
  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (opened) => {
        const paths: Paths = new Map();
        sockets.set(opened, paths);
        opened.on('close', () => sockets.delete(opened));
        opened.on('error', () => opened.terminate());
        hear(opened, paths);
      });
    },
    close() {
      clearInterval(logs);
      for (const socket of sockets.keys()) socket.terminate();
      server.close();
    },
  };
}
