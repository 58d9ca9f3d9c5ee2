// One client's connection through the fault proxy, and the proxy's own to the server for it.

import { connect, type Socket } from 'node:net';
import type { Cut, Trap } from './faults.ts';
import type { Framing } from './frames.ts';

/** What all links of a proxy share. */
export interface Proxied {
  readonly target: { readonly host: string; readonly port: number };
  readonly framing: Framing;
  readonly traps: Set<Trap>;
  readonly timers: Set<NodeJS.Timeout>;
  /** Every socket that is to be ended with the proxy. */
  readonly sockets: Set<Socket>;
  frozen: boolean;
}

export interface Link {
  readonly proxied: Proxied;
  readonly client: Socket;
  readonly server: Socket;
  readonly queue: Buffer[];
  /** A request is under way that the next ones must not overtake. */
  busy: boolean;
  /** What the next bytes of the server come to. */
  answer: 'pass' | 'discard' | { readonly cut: Cut | 'hang'; left: number };
  /** The server's side outlives the client's: something is held for it. */
  outlives: boolean;
  /** The client is to wait for ever, whatever the server does. */
  hangs: boolean;
}

/** Connects a client to the server. */
export function openLink(proxied: Proxied, client: Socket): Link {
  const server = connect({ ...proxied.target, allowHalfOpen: true });
  const link: Link = {
    proxied,
    client,
    server,
    queue: [],
    busy: false,
    answer: 'pass',
    outlives: false,
    hangs: false,
  };
  for (const socket of [client, server]) track(proxied, socket);
  let pending = Buffer.alloc(0);
  client.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    for (let size = next(proxied, pending); size > 0; size = next(proxied, pending)) {
      link.queue.push(pending.subarray(0, size));
      pending = pending.subarray(size);
    }
    pump(link);
  });
  server.on('data', (bytes: Buffer) => answered(link, bytes));
  client.on('end', () => link.outlives || server.end());
  server.on('end', () => link.hangs || client.end());
  // A peer's reset goes on to the other side as what it is.
  client.on('error', () => link.outlives || server.resetAndDestroy());
  server.on('error', () => client.resetAndDestroy());
  client.on('close', () => link.outlives || server.destroySoon());
  server.on('close', () => link.hangs || client.destroySoon());
  return link;
}

/** Sends on what waits, as far as nothing holds it up. */
export function pump(link: Link): void {
  while (!link.busy && !link.proxied.frozen) {
    const request = link.queue.shift();
    if (request === undefined) return;
    const hit = [...link.proxied.traps].find((trap) => trap.takes(request));
    if (hit === undefined) link.server.write(request);
    else suffer(link, request, hit);
  }
}

/** Ends both sides. */
export function sever(link: Link, how: Cut): void {
  end(link.client, how);
  end(link.server, how);
}

function next(proxied: Proxied, pending: Buffer): number {
  return pending.length === 0 ? 0 : proxied.framing(pending);
}

function track(proxied: Proxied, socket: Socket): void {
  proxied.sockets.add(socket);
  socket.once('close', () => proxied.sockets.delete(socket));
  if (proxied.frozen) socket.pause();
}

function end(socket: Socket, how: Cut): void {
  if (how === 'rst') socket.resetAndDestroy();
  else socket.end();
}

function suffer(link: Link, request: Buffer, trap: Trap): void {
  const { fault } = trap;
  switch (fault.kind) {
    case 'lose':
      sever(link, fault.cut);
      break;
    case 'drop-answer':
      link.answer = { cut: fault.cut, left: 0 };
      link.server.write(request);
      break;
    case 'halve':
      link.answer = { cut: fault.cut, left: fault.bytes };
      link.server.write(request);
      break;
    case 'hold':
      hold(link, request, trap);
      break;
    case 'delay':
      delay(link, request, fault.milliseconds);
      break;
    case 'answer':
      link.client.end(fault.bytes, 'latin1');
      link.server.destroy();
      break;
    case 'duplicate':
      link.server.write(request);
      again(link.proxied, request);
      break;
  }
}

function hold(link: Link, request: Buffer, trap: Trap): void {
  link.busy = true;
  trap.keep(() => {
    link.server.write(request);
    link.busy = false;
    pump(link);
  });
  if (trap.fault.kind !== 'hold' || trap.fault.cut === 'hang') return;
  link.outlives = true;
  link.answer = 'discard';
  end(link.client, trap.fault.cut);
}

function delay(link: Link, request: Buffer, milliseconds: number): void {
  const { timers } = link.proxied;
  link.busy = true;
  const timer = setTimeout(() => {
    timers.delete(timer);
    link.server.write(request);
    link.busy = false;
    pump(link);
  }, milliseconds);
  timers.add(timer);
}

function again(proxied: Proxied, request: Buffer): void {
  const second = connect(proxied.target);
  track(proxied, second);
  second.on('error', () => second.destroy());
  // Once it is answered it was delivered, and has nothing more to do.
  second.once('data', () => second.destroy());
  second.write(request);
}

function answered(link: Link, bytes: Buffer): void {
  const { answer, client, server } = link;
  if (answer === 'discard') return;
  if (answer === 'pass') {
    if (client.write(bytes)) return;
    server.pause();
    client.once('drain', () => link.proxied.frozen || server.resume());
    return;
  }
  client.write(bytes.subarray(0, answer.left));
  answer.left -= Math.min(answer.left, bytes.length);
  if (answer.left > 0) return;
  link.answer = 'discard';
  if (answer.cut === 'hang') link.hangs = true;
  else sever(link, answer.cut);
}
