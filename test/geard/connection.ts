// One connection of the stand-in: what the server remembers of it, and its packets and text lines.

import type { Socket } from 'node:net';
import { encodeFrame, type Frame } from '../../src/gearman/frame.ts';
import { createFrameReader } from '../../src/gearman/frame-reader.ts';
import type { PacketType } from '../../src/gearman/packet-type.ts';

export interface GeardConnection {
  readonly host: string;
  readonly functions: Set<string>;
  clientId: string;
  isAsleep: boolean;
  /** A packet with magic RES. */
  respond(type: PacketType, ...parts: readonly (string | Buffer)[]): void;
  /** The one packet that geard sends with magic REQ: WORK_FAIL of a job whose worker is gone (GATEKEEPER.md 5.1). */
  request(type: PacketType, ...parts: readonly (string | Buffer)[]): void;
  text(lines: string): void;
  /** Ends the connection as an error in a handler does. */
  close(): void;
}

export interface ConnectionEvents {
  frame(connection: GeardConnection, frame: Frame): void;
  line(connection: GeardConnection, line: string): void;
  lost(connection: GeardConnection): void;
}

/** Serves a socket; `events.lost` is told once. */
export function serveSocket(socket: Socket, events: ConnectionEvents): GeardConnection {
  let isLost = false;
  const write = (bytes: Buffer | string): void => {
    if (!isLost) socket.write(bytes);
  };
  const lose = (): void => {
    if (isLost) return;
    isLost = true;
    reader.stop();
    socket.destroy();
    events.lost(connection);
  };
  const connection: GeardConnection = {
    host: socket.remoteAddress ?? '127.0.0.1',
    functions: new Set(),
    clientId: '-',
    isAsleep: false,
    respond: (type, ...parts) => write(encodeFrame('RES', type, parts)),
    request: (type, ...parts) => write(encodeFrame('REQ', type, parts)),
    text: write,
    close: lose,
  };
  const reader = createFrameReader(
    {
      frame: (frame) => events.frame(connection, frame),
      readsPast: () => false,
      tooLarge: () => undefined,
      line: (line) => events.line(connection, line.toString('utf8')),
      broken: lose,
    },
    { largest: 64 << 20, longestLine: 1 << 20 },
  );
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.on('error', lose);
  socket.on('end', lose);
  socket.on('close', lose);
  return connection;
}
