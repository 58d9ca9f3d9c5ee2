// Starts Debian's Redis on a loopback port and a Unix socket, in a directory of its own. Every write is on the disk before it is answered.

import { connect } from 'node:net';
import { join } from 'node:path';
import { inFolder, type Folder } from './folder.ts';
import { onPort } from './free-port.ts';
import { launch, ready, type Child, type Server } from './process.ts';
import { program } from './program.ts';

export interface Redis extends Server {
  readonly port: number;
  /** `redis://127.0.0.1:PORT/0`. */
  readonly url: string;
  /** The path of its Unix socket. */
  readonly socket: string;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** After `kill`: starts it again at the same port with what it has on disk. */
  restart(): Promise<void>;
  /** SIGSTOP: connections stay, nothing is answered. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

/** Starts a Redis and waits for its PONG; rejects with its last words, or with the package to install. */
export function startRedis(): Promise<Redis> {
  return onPort(undefined, (port) =>
    inFolder('redis', async (folder) => redis(await begin(folder, port), { folder, port })),
  );
}

async function begin(folder: Folder, port: number): Promise<Child> {
  const child = await launch({
    name: 'Redis',
    program: program('redis-server', 'redis-server'),
    args: args(folder, port),
    diesBy: 'signal',
  });
  const socket = socketIn(folder);
  await ready(child, { name: 'Redis', within: 10_000, probe: (signal) => pong(socket, signal) });
  return child;
}

function socketIn(folder: Folder): string {
  return join(folder.path, 'redis.sock');
}

function args(folder: Folder, port: number): string[] {
  const settings = {
    bind: '127.0.0.1',
    port: String(port),
    unixsocket: socketIn(folder),
    unixsocketperm: '700',
    dir: folder.path,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    daemonize: 'no',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

function redis(first: Child, { folder, port }: { readonly folder: Folder; readonly port: number }): Redis {
  let child = first;
  return {
    get pid() {
      return child.pid;
    },
    port,
    url: `redis://127.0.0.1:${port}/0`,
    socket: socketIn(folder),
    kill: () => child.kill(),
    restart: async () => {
      child = await begin(folder, port);
    },
    freeze: () => child.signal('SIGSTOP'),
    thaw: () => child.signal('SIGCONT'),
    stop: async () => {
      // A stopped process takes no SIGTERM.
      child.signal('SIGCONT');
      await child.stop(3000);
      await folder.remove();
    },
  };
}

function pong(path: string, signal: AbortSignal): Promise<true | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, signal });
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('error', reject);
    socket.once('close', () => resolve(null));
    socket.once('data', (bytes) => {
      resolve(bytes.toString('latin1').startsWith('+PONG') ? true : null);
      socket.destroy();
    });
  });
}
