// Starts Debian's Redis on a Unix socket in a directory of its own; it keeps nothing on disk.

import { connect } from 'node:net';
import { join } from 'node:path';
import { inFolder, type Folder } from './folder.ts';
import { launch, ready, type Child, type Server } from './process.ts';
import { program } from './program.ts';

export interface Redis extends Server {
  /** The path of its Unix socket. */
  readonly socket: string;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay, nothing is answered. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

/** Starts a Redis and waits for its PONG; rejects with its last words, or with the package to install. */
export function startRedis(): Promise<Redis> {
  const path = program('redis-server', 'redis-server');
  return inFolder('redis', async (folder) => {
    const socket = join(folder.path, 'redis.sock');
    const child = await launch({
      name: 'Redis',
      program: path,
      args: args(folder, socket),
      diesBy: 'signal',
    });
    await ready(child, { name: 'Redis', within: 10_000, probe: (signal) => pong(socket, signal) });
    return redis(child, folder, socket);
  });
}

function args(folder: Folder, socket: string): string[] {
  const settings = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: folder.path,
    save: '',
    appendonly: 'no',
    daemonize: 'no',
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}

function redis(child: Child, folder: Folder, socket: string): Redis {
  return {
    pid: child.pid,
    socket,
    kill: () => child.kill(),
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
