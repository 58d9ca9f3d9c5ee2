// A TCP proxy in front of a real server that does to single requests, and to all connections, what networks do.

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { openLink, pump, sever, type Link, type Proxied } from './fault-link.ts';
import { trap, type Armed, type Cut, type Rule } from './faults.ts';
import { chunks, type Framing } from './frames.ts';

export interface FaultProxyOptions {
  /** The real server's. */
  readonly port: number;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** How a client's bytes are cut into requests; default: as they come. */
  readonly framing?: Framing;
}

export interface FaultProxy {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The first armed rule that matches a request is done to it. */
  arm(rule: Rule): Armed;
  /** Open connections of clients. */
  connections(): number;
  /** Nothing passes any more in either direction, on old connections and new ones. */
  freeze(): void;
  thaw(): void;
  /** Ends all connections now. */
  cut(how: Cut): void;
  /** New connections are refused; those that there are live on. */
  refuse(): void;
  /** The same port listens again. */
  accept(): Promise<void>;
  /** Ends everything; what is held is never delivered. */
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxied: Proxied = {
    target: { host: options.host ?? '127.0.0.1', port: options.port },
    framing: options.framing ?? chunks,
    traps: new Set(),
    timers: new Set(),
    sockets: new Set(),
    frozen: false,
  };
  const links = new Set<Link>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const link = openLink(proxied, client);
    links.add(link);
    client.once('close', () => links.delete(link));
  });
  const port = await listen(server, 0);
  return {
    host: '127.0.0.1',
    port,
    ...control(proxied, links),
    refuse: () => void server.close(),
    accept: async () => {
      await listen(server, port);
    },
    close: () => close(proxied, server),
  };
}

function control(
  proxied: Proxied,
  links: ReadonlySet<Link>,
): Pick<FaultProxy, 'arm' | 'connections' | 'freeze' | 'thaw' | 'cut'> {
  return {
    arm: (rule) => {
      const armed = trap(rule);
      proxied.traps.add(armed);
      return armed;
    },
    connections: () => links.size,
    freeze: () => {
      proxied.frozen = true;
      proxied.sockets.forEach((socket) => socket.pause());
    },
    thaw: () => {
      proxied.frozen = false;
      proxied.sockets.forEach((socket) => socket.resume());
      links.forEach((link) => pump(link));
    },
    cut: (how) => links.forEach((link) => sever(link, how)),
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(proxied: Proxied, server: Server): Promise<void> {
  proxied.timers.forEach((timer) => clearTimeout(timer));
  // A server that refuses is closed already; a second `close` only says so.
  const closed = new Promise((resolve) => server.close(resolve));
  proxied.sockets.forEach((socket) => socket.destroy());
  await closed;
}
