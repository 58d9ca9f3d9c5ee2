// What a Gearman server says to the admin lines that both kinds of server know.

import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Address, GearmanConfig } from '../../config/config.ts';
import { formatAddress } from '../../config/address.ts';
import { gearmanTlsSettings } from '../../config/pem.ts';
import type { OutsideFinding } from './finding.ts';

/** Milliseconds. */
const deadline = 5_000;
/** Bytes of an answer; a server of 5,000 functions says some 200 KB. */
const mostHeard = 4 * 1024 * 1024;

export interface Server {
  readonly address: Address;
  /** Settings of a TLS connection; null: plain TCP. */
  readonly security: (() => ConnectionOptions) | null;
}

/** The servers of a configuration; those that it starts itself only on demand. */
export function serversOf(gearman: GearmanConfig): readonly Server[] {
  if (gearman.kind === 'embedded') return [{ address: gearman.listen, security: null }];
  const security = gearman.tls === null ? null : gearmanTlsSettings(gearman.tls);
  return gearman.servers.map((address) => ({ address, security }));
}

function dial({ address: { host, port }, security }: Server, connected: () => void): Socket {
  if (security === null) return connect({ host, port }, connected);
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, ...name, ...security() }, connected);
}

/** Sends an admin line that is answered up to a dot; gives the answer. Rejects with a sentence. */
export function adminAnswer(server: Server, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = dial(server, () => socket.write(`${line}\n`));
    const pieces: Buffer[] = [];
    let size = 0;
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(why));
    };
    socket.setTimeout(deadline, () =>
      fail(`it gave no answer to the admin line ${line}; is it a Gearman server?`),
    );
    socket.on('error', (error) => fail(`${error.message}; is the server running?`));
    socket.on('end', () => fail('it closed the connection; is it a Gearman server?'));
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size > mostHeard) {
        fail(`it answered the admin line ${line} with more than ${mostHeard} bytes; is it a Gearman server?`);
        return;
      }
      // The dot may come in a piece of its own.
      const end = Buffer.concat(pieces.slice(-2)).toString('latin1');
      if (!/(^|\n)\.\r?\n$/.test(end)) return;
      // With close_notify: an abrupt end of TLS has put geard's loop into an endless exception (GATEKEEPER.md 5.5).
      socket.end();
      resolve(Buffer.concat(pieces).toString('latin1'));
    });
  });
}

/** Whether the server answers at all. */
export async function askGearman(server: Server): Promise<OutsideFinding> {
  const part = `gearman ${formatAddress(server.address)}`;
  try {
    await adminAnswer(server, 'status');
    return { part, level: 'ok', sentence: 'answers' };
  } catch (error) {
    return { part, level: 'error', sentence: error instanceof Error ? error.message : String(error) };
  }
}
