// The servers' side of node:http: limits that hold for everybody, listening, and an end within a deadline.

import { chmod } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TcpAddress {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

/** A server whose clients can neither stay silent, nor send large headers, nor be too many. */
export function limitedServer(listener: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: 8 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 2_000,
    },
    listener,
  );
  server.maxConnections = 512;
  server.maxRequestsPerSocket = 1_000;
  return server;
}

function listening(server: Server, where: TcpAddress | { readonly path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Listens on TCP; the address as `host:port`, in brackets for IPv6. */
export async function listenOnTcp(server: Server, listen: TcpAddress): Promise<string> {
  await listening(server, listen);
  const { address, family, port } = server.address() as AddressInfo;
  return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Listens on a Unix socket that its owner and group may use. Before the chmod nobody but the owner can write to it (umask). */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  await listening(server, { path });
  await chmod(path, 0o660);
}

/** Ends a server: idle connections at once, busy ones when they are done or after `grace` milliseconds. */
export async function endServer(server: Server, grace: number): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), grace);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}
