// Stands between the adapter and a real server: keeps every packet in both directions, and cuts connections the hard ways.

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Frame } from '../../../src/gearman/frame.ts';
import { createFrameReader } from '../../../src/gearman/frame-reader.ts';
import { packetName } from '../../../src/gearman/packet-type.ts';

export interface ProxyLink {
  /** Packets of the adapter, in order. */
  readonly sent: readonly Frame[];
  /** Packets of the server, in order. */
  readonly got: readonly Frame[];
  /** Lines of the adapter: an admin question. */
  readonly lines: readonly string[];
  /** `build` or `control` by the client id, `admin` by a line, '' before either. */
  role(): string;
  /** Names of `sent`. */
  names(): string[];
  isOpen(): boolean;
  /** Passes nothing on any more and keeps both connections: as a cable that was pulled. */
  silence(): void;
  /** Sends bytes to the server as if the adapter had. */
  inject(bytes: Buffer): void;
  /** RST towards the adapter; the server sees a FIN. */
  reset(): void;
}

export interface Proxy {
  readonly address: string;
  readonly links: readonly ProxyLink[];
  /** The newest link of that role. */
  link(role: string): ProxyLink | undefined;
  stop(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and passes on to `port`. */
export async function startProxy(port: number): Promise<Proxy> {
  const links: (ProxyLink & { readonly stop: () => void })[] = [];
  const server = createServer((near) => {
    links.push(join(near, connect({ host: '127.0.0.1', port, noDelay: true })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no TCP port');
  return {
    address: `127.0.0.1:${address.port}`,
    links,
    link: (role) => links.findLast((link) => link.role() === role),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const link of links) link.stop();
      await closed;
    },
  };
}

function join(near: Socket, far: Socket): ProxyLink & { readonly stop: () => void } {
  const sent: Frame[] = [];
  const got: Frame[] = [];
  const lines: string[] = [];
  let isSilent = false;
  pass(near, far, reading(sent, lines));
  pass(far, near, reading(got, []));

  function pass(from: Socket, to: Socket, read: (chunk: Buffer) => void): void {
    from.on('data', (chunk: Buffer) => {
      if (isSilent) return;
      read(chunk);
      to.write(chunk);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      if (!isSilent) to.destroy();
    });
  }

  const stop = (): void => {
    near.destroy();
    far.destroy();
  };
  return {
    sent,
    got,
    lines,
    stop,
    role() {
      const id = sent.find((frame) => packetName(frame.type) === 'SET_CLIENT_ID')?.body.toString();
      return id === undefined ? (lines.length > 0 ? 'admin' : '') : id.slice(id.lastIndexOf('/') + 1);
    },
    names: () => sent.map((frame) => packetName(frame.type)),
    isOpen: () => !near.destroyed,
    silence: () => void (isSilent = true),
    inject: (bytes) => void far.write(bytes),
    reset() {
      near.resetAndDestroy();
      far.destroy();
    },
  };
}

function reading(frames: Frame[], lines: string[]): (chunk: Buffer) => void {
  const reader = createFrameReader(
    {
      frame: (frame) => frames.push({ ...frame, body: Buffer.from(frame.body) }),
      readsPast: () => true,
      tooLarge: (frame) => frames.push(frame),
      line: (line) => lines.push(line.toString()),
      broken: () => undefined,
    },
    { largest: 4 << 20, longestLine: 1 << 20 },
  );
  return (chunk) => reader.push(chunk);
}
