// A stand-in for OpenStack's geard (gear.Server): behaves as it does, habit by habit (GATEKEEPER.md 5.1, GEARMAN.md
// section 2). The real one is in no registry that the tests can use.

import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { serveSocket } from './connection.ts';
import { handleLine } from './admin-lines.ts';
import { connectionLost, handlePacket, type GeardState } from './packets.ts';
import { createJobQueue } from './queue.ts';

export interface Geard {
  readonly port: number;
  /** `host:port`, as a configuration has it. */
  readonly address: string;
  /** Connections that stand now, and how many were ever taken. */
  connections(): number;
  accepted(): number;
  /** Stays connected and takes no more notice, as under SIGSTOP. */
  freeze(): void;
  thaw(): void;
  /** Drops all connections and stops listening. `startGeard(port)` brings an empty one back at the same address. */
  stop(): Promise<void>;
}

/** Starts one on 127.0.0.1; without a port on a free one. */
export async function startGeard(port = 0): Promise<Geard> {
  const state: GeardState = {
    jobs: createJobQueue(),
    connections: new Set(),
    known: new Set(),
    lastHandle: 0,
  };
  const sockets = new Set<Socket>();
  let accepted = 0;
  let isFrozen = false;
  const server = createServer({ noDelay: false }, (socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (isFrozen) socket.pause();
    state.connections.add(
      serveSocket(socket, {
        frame: (connection, frame) => handlePacket(state, connection, frame),
        line: (connection, line) => handleLine(state, connection, line),
        lost: (connection) => connectionLost(state, connection),
      }),
    );
  });
  server.listen({ port, host: '127.0.0.1', backlog: 1 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no TCP port');

  return {
    port: address.port,
    address: `127.0.0.1:${address.port}`,
    connections: () => sockets.size,
    accepted: () => accepted,
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
