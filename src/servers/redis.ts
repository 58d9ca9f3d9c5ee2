// Starts Debian's Redis on a loopback port and a Unix socket, in a directory of its own. Every write is on the disk before it is answered.

import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { inFolder, type Folder } from './folder.ts';
import { onPort } from './free-port.ts';
import { launch, ready, type Child, type Server } from './process.ts';
import { program } from './program.ts';

export interface Redis extends Server {
  readonly port: number;
  /** `redis://127.0.0.1:PORT/0`, or `rediss:`. */
  readonly url: string;
  /** The path of its Unix socket. */
  readonly socket: string;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /**
   * After `kill`: starts it again at the same port with what it has on disk. With other settings, by name, as it answers, though it may
   * be still loading.
   */
  restart(settings?: Settings): Promise<void>;
  /** SIGSTOP: connections stay, nothing is answered. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
}

type Settings = Readonly<Record<string, string>>;

export interface RedisOptions {
  /** By name; they win over ours. */
  readonly settings?: Settings;
  /** Speaks TLS alone, with these PEM files. */
  readonly tls?: { readonly ca: string; readonly certificate: string; readonly key: string };
  /** It is a Sentinel with these lines of configuration, to which it adds its own. */
  readonly sentinel?: readonly string[];
}

interface Place {
  readonly folder: Folder;
  readonly port: number;
  readonly options: RedisOptions;
}

/** Starts a Redis and waits for its PONG; rejects with its last words, or with the package to install. */
export function startRedis(options: RedisOptions = {}): Promise<Redis> {
  return onPort(undefined, (port) =>
    inFolder('redis', async (folder) => {
      if (options.sentinel !== undefined) await writeFile(ownFile(folder), options.sentinel.join('\n'));
      const place = { folder, port, options };
      return redis(await begin(place, answers), place);
    }),
  );
}

/** What it says to PING once it serves, or is well but wants a password first. */
const answers = /^(\+PONG|-NOAUTH)/;
const loads = /^(\+PONG|-NOAUTH|-LOADING)/;

async function begin(place: Place, answer: RegExp): Promise<Child> {
  const child = await launch({
    name: 'Redis',
    program: program('redis-server', 'redis-server'),
    args: args(place),
    diesBy: 'signal',
  });
  const probe = (signal: AbortSignal) => ping(socketIn(place.folder), answer, signal);
  await ready(child, { name: 'Redis', within: 10_000, probe });
  return child;
}

function ownFile(folder: Folder): string {
  return join(folder.path, 'own.conf');
}

function socketIn(folder: Folder): string {
  return join(folder.path, 'redis.sock');
}

function args({ folder, port, options: { settings, tls, sentinel } }: Place): string[] {
  const all = {
    bind: '127.0.0.1',
    port: String(port),
    unixsocket: socketIn(folder),
    unixsocketperm: '700',
    dir: folder.path,
    daemonize: 'no',
    ...(sentinel === undefined ? { save: '', appendonly: 'yes', appendfsync: 'always' } : {}),
    ...(tls === undefined ? {} : encrypted(tls, port)),
    ...settings,
  };
  const words = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  return sentinel === undefined ? words : [ownFile(folder), '--sentinel', ...words];
}

function encrypted(tls: NonNullable<RedisOptions['tls']>, port: number): Settings {
  return {
    port: '0',
    'tls-port': String(port),
    'tls-ca-cert-file': tls.ca,
    'tls-cert-file': tls.certificate,
    'tls-key-file': tls.key,
  };
}

function redis(first: Child, place: Place): Redis {
  const { folder, port, options } = place;
  let child = first;
  return {
    get pid() {
      return child.pid;
    },
    port,
    url: `${options.tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}/0`,
    socket: socketIn(folder),
    kill: () => child.kill(),
    restart: async (settings) => {
      const other = { ...options, settings: { ...options.settings, ...settings } };
      child = await begin({ ...place, options: other }, settings === undefined ? answers : loads);
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

function ping(path: string, answer: RegExp, signal: AbortSignal): Promise<true | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, signal });
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('error', reject);
    socket.once('close', () => resolve(null));
    socket.once('data', (bytes) => {
      resolve(answer.test(bytes.toString('latin1')) ? true : null);
      socket.destroy();
    });
  });
}
