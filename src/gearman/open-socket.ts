// One TCP connection to a Gearman server, with TLS where that is asked for.

import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket, type ConnectionOptions } from 'node:tls';
import type { Address } from './address.ts';

/** Gives the settings of a TLS connection that is made now; throws where its files cannot be read. null: plain TCP. */
export type Security = (() => ConnectionOptions) | null;

/** A socket that is being connected; `ready` is the event after which it may be written to. Throws what `security` throws. */
export function openSocket(
  { host, port }: Address,
  security: Security,
): { readonly socket: Socket; readonly ready: 'connect' | 'secureConnect' } {
  if (security === null) return { socket: connect({ host, port, noDelay: true }), ready: 'connect' };
  // A name of an address is no name: SNI must not carry it.
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({ host, port, ...name, ...security() });
  socket.setNoDelay(true);
  return { socket, ready: 'secureConnect' };
}

/** Milliseconds for the last words of TLS. */
const lastWords = 500;

/**
 * Ends a socket at once; one that speaks TLS says close_notify first: an abrupt end has put geard's loop into an endless exception
 * (GATEKEEPER.md 5.5).
 */
export function dropSocket(socket: Socket): void {
  if (!(socket instanceof TLSSocket) || socket.connecting || socket.destroyed) {
    socket.destroy();
    return;
  }
  socket.destroySoon();
  setTimeout(() => socket.destroy(), lastWords).unref();
}
