// A bare connection to a Gearman server: sends packets and lines as told, and keeps what comes back. For tests of servers.

import { once } from 'node:events';
import { connect } from 'node:net';
import { request, type Frame } from '../../src/gearman/frame.ts';
import { createFrameReader } from '../../src/gearman/frame-reader.ts';
import { packetName, type PacketType } from '../../src/gearman/packet-type.ts';
import { until } from '../until.ts';

export interface RawConnection {
  /** `NAME` or `NAME argument|argument` of each packet that came, with `REQ ` before it where that was its magic. */
  readonly got: readonly string[];
  readonly lines: readonly string[];
  send(type: PacketType, ...parts: readonly (string | Buffer)[]): void;
  line(text: string): void;
  bytes(bytes: Buffer): void;
  /** Waits for the n-th thing that came. */
  nth(count: number): Promise<string>;
  /**
   * Waits until the server has dealt with all that was sent before: it answers a question after a handle, in order.
   * Then gives what came besides.
   */
  settled(): Promise<readonly string[]>;
  isOpen(): boolean;
  closed(): Promise<void>;
  close(): void;
}

/** Connects to a port of 127.0.0.1. */
export async function connectRaw(port: number): Promise<RawConnection> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const got: string[] = [];
  const lines: string[] = [];
  let marks = 0;
  const reader = createFrameReader(
    {
      frame: (frame) => got.push(shown(frame)),
      readsPast: () => false,
      tooLarge: () => undefined,
      line: (text) => lines.push(text.toString()),
      broken: () => socket.destroy(),
    },
    { largest: 64 << 20, longestLine: 1 << 20 },
  );
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  socket.on('error', () => socket.destroy());
  const send = (bytes: Buffer): void => void socket.write(bytes);
  return {
    got,
    lines,
    send: (type, ...parts) => send(request(type, ...parts)),
    line: (text) => send(Buffer.from(`${text}\n`)),
    bytes: send,
    nth: (count) =>
      until(() => got[count - 1], { within: 5000, what: `packet ${count}; got ${got.join(', ')}` }),
    async settled() {
      marks += 1;
      const mark = `H:mark:${marks}`;
      send(request(15, mark));
      await until(() => got.some((each) => each.includes(mark)), {
        within: 5000,
        what: `the answer to ${mark}`,
      });
      return got.filter((each) => !each.includes('H:mark:'));
    },
    isOpen: () => !socket.destroyed,
    async closed() {
      await until(() => socket.destroyed, { within: 5000, what: 'the server to close' });
    },
    close: () => socket.destroy(),
  };
}

function shown({ body, magic, type }: Frame): string {
  const text = body.toString('latin1').replaceAll('\0', '|');
  return `${magic === 'REQ' ? 'REQ ' : ''}${packetName(type)}${text === '' ? '' : ` ${text}`}`;
}
