// A relay between the daemon and gearmand that notes when each packet passed. Bytes go on first and are read afterwards, so that
// what is measured waits for no reading.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Frame } from '../../src/gearman/frame.ts';
import { createFrameReader } from '../../src/gearman/frame-reader.ts';

export interface SeenFrame {
  /** Counts the connections. */
  readonly connection: number;
  readonly from: 'worker' | 'server';
  readonly frame: Frame;
  /** `performance.now()` of its coming to the relay. */
  readonly at: number;
}

export interface GearmanRelay {
  readonly port: number;
  /** `host:port`. */
  readonly address: string;
  /** Calls `watcher` with each packet from now on; gives what ends that. */
  watch(watcher: (seen: SeenFrame) => void): () => void;
  close(): Promise<void>;
}

interface Passing {
  readonly watchers: ReadonlySet<(seen: SeenFrame) => void>;
  readonly connection: number;
}

function pass(passing: Passing, from: SeenFrame['from'], ends: { source: Socket; target: Socket }): void {
  let at = 0;
  const reader = createFrameReader(
    {
      frame: (frame) => passing.watchers.forEach((watcher) => watcher({ ...passing, from, frame, at })),
      readsPast: () => true,
      tooLarge: () => undefined,
      line: () => undefined,
      broken: (why) => process.stderr.write(`bench: the relay cannot read packets any more: ${why}\n`),
    },
    { largest: 16 << 20, longestLine: 1 << 20 },
  );
  ends.source.on('data', (bytes: Buffer) => {
    at = performance.now();
    ends.target.write(bytes);
    reader.push(bytes);
  });
  ends.source.on('end', () => ends.target.end());
  // One side's loss is the other's: the daemon must see what happens to its connection.
  ends.source.on('error', () => ends.target.destroy());
  ends.source.on('close', () => ends.target.destroy());
}

/** Listens on a free port of 127.0.0.1 and passes everything on to `target`. */
export async function startGearmanRelay(target: number): Promise<GearmanRelay> {
  const watchers = new Set<(seen: SeenFrame) => void>();
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (worker) => {
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true, allowHalfOpen: true });
    const passing = { watchers, connection: (connections += 1) };
    for (const socket of [worker, upstream]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
    pass(passing, 'worker', { source: worker, target: upstream });
    pass(passing, 'server', { source: upstream, target: worker });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    address: `127.0.0.1:${port}`,
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}
