// A Gearman server that is polite until a test says otherwise: answers GET_STATUS, `version` and GRAB_JOB_UNIQ, and lets
// the test send any bytes at all.

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { response, type Frame } from '../../../src/gearman/frame.ts';
import { createFrameReader } from '../../../src/gearman/frame-reader.ts';
import { packetName, packetType } from '../../../src/gearman/packet-type.ts';

export interface Peer {
  readonly frames: readonly Frame[];
  readonly lines: readonly string[];
  readonly socket: Socket;
  /** `build`, `control` or ''. */
  role(): string;
  names(): string[];
  isOpen(): boolean;
  send(...bytes: readonly Buffer[]): void;
}

export interface FakeOptions {
  /** Sees a packet first; true: it has been dealt with. */
  frame?(peer: Peer, frame: Frame): boolean;
  line?(peer: Peer, line: string): boolean;
  /** A connection was taken; true: it is not even read. */
  accepted?(peer: Peer): boolean;
}

export interface FakeServer {
  readonly port: number;
  readonly address: string;
  readonly peers: readonly Peer[];
  /** The newest peer of that role. */
  peer(role: string): Peer | undefined;
  stop(): Promise<void>;
}

/** Starts one on 127.0.0.1, on a free port unless one is given. */
export async function startFakeServer(options: FakeOptions = {}, port = 0): Promise<FakeServer> {
  const peers: Peer[] = [];
  const server = createServer((socket) => peers.push(servePeer(socket, options)));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake server has no TCP port');
  return {
    port: address.port,
    address: `127.0.0.1:${address.port}`,
    peers,
    peer: (role) => peers.findLast((peer) => peer.role() === role),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const peer of peers) peer.socket.destroy();
      await closed;
    },
  };
}

/** A JOB_ASSIGN_UNIQ. */
export function assign(
  handle: string,
  name: string,
  rest: { unique?: string; payload?: string | Buffer } = {},
): Buffer {
  return response(packetType.JOB_ASSIGN_UNIQ, handle, name, rest.unique ?? 'u', rest.payload ?? '{}');
}

function servePeer(socket: Socket, options: FakeOptions): Peer {
  const frames: Frame[] = [];
  const lines: string[] = [];
  const peer: Peer = {
    frames,
    lines,
    socket,
    role() {
      const id = frames.find((frame) => frame.type === packetType.SET_CLIENT_ID)?.body.toString();
      return id?.slice(id.lastIndexOf('/') + 1) ?? '';
    },
    names: () => frames.map((frame) => packetName(frame.type)),
    isOpen: () => !socket.destroyed,
    send: (...bytes) => void socket.write(Buffer.concat(bytes)),
  };
  socket.on('error', () => socket.destroy());
  if (options.accepted?.(peer) === true) return peer;
  const reader = createFrameReader(
    {
      frame(frame) {
        frames.push({ ...frame, body: Buffer.from(frame.body) });
        if (options.frame?.(peer, frame) !== true) answer(peer, frame);
      },
      readsPast: () => false,
      tooLarge: () => undefined,
      line(line) {
        lines.push(line.toString());
        if (options.line?.(peer, line.toString()) !== true) answerLine(peer, line.toString());
      },
      broken: () => socket.destroy(),
    },
    { largest: 64 << 20, longestLine: 1 << 20 },
  );
  socket.on('data', (chunk: Buffer) => reader.push(chunk));
  return peer;
}

function answer(peer: Peer, frame: Frame): void {
  if (frame.type === packetType.GET_STATUS)
    peer.send(response(packetType.STATUS_RES, frame.body, '0', '0', '0', '0'));
  if (frame.type === packetType.GRAB_JOB_UNIQ) peer.send(response(packetType.NO_JOB));
}

function answerLine(peer: Peer, line: string): void {
  if (line === 'version') peer.socket.write('OK 1.1.20\n');
  if (line === 'status') peer.socket.write('.\n');
}
