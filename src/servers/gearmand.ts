// Starts Debian's gearmand, the C server, on a loopback port.

import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { inFolder, type Folder } from './folder.ts';
import { onPort } from './free-port.ts';
import { listensOn } from './listening.ts';
import { launch, ready, type Child, type Server } from './process.ts';
import { program } from './program.ts';

export interface GearmandOptions {
  /** A fixed port; default: a free one. */
  readonly port?: number;
  /** How often a job is handed out before the server fails it; default: for ever. */
  readonly jobRetries?: number;
}

export interface Gearmand extends Server {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** `host:port`, as a configuration has it. */
  readonly address: string;
  /** kill -9; resolves when it is gone. `startGearmand({ port })` brings an empty one back at the same address. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay, nothing is answered. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** The last 64 KiB of its log. */
  log(): string;
}

/** Starts a gearmand and waits until it answers; rejects with its last words, or with the package to install. */
export function startGearmand(options: GearmandOptions = {}): Promise<Gearmand> {
  const path = program('gearmand', 'gearman-job-server');
  return onPort(options.port, (port) =>
    inFolder('gearmand', async (folder) => {
      const name = `gearmand on port ${port}`;
      const child = await launch({
        name,
        program: path,
        args: args(port, folder, options),
        diesBy: 'signal',
      });
      // A taken port: gearmand tries for some seconds and ends; meanwhile the other one answers.
      const probe = async (signal: AbortSignal): Promise<true | null> =>
        (await listensOn(child.pid, port)) ? answers(port, signal) : null;
      await ready(child, { name, within: 10_000, probe });
      return gearmand(child, port, folder);
    }),
  );
}

function args(port: number, folder: Folder, options: GearmandOptions): string[] {
  const { uid, username } = userInfo();
  return [
    '--listen=127.0.0.1',
    `--port=${port}`,
    '--log-file=stderr',
    // Its default is a file of the system's service. It deletes the file when it ends, so never a device.
    `--pid-file=${join(folder.path, 'gearmand.pid')}`,
    ...(uid === 0 ? [`--user=${username}`] : []),
    ...(options.jobRetries === undefined ? [] : [`--job-retries=${options.jobRetries}`]),
  ];
}

function gearmand(child: Child, port: number, folder: Folder): Gearmand {
  return {
    pid: child.pid,
    host: '127.0.0.1',
    port,
    address: `127.0.0.1:${port}`,
    kill: async () => {
      await child.kill();
      await folder.remove();
    },
    freeze: () => child.signal('SIGSTOP'),
    thaw: () => child.signal('SIGCONT'),
    log: () => child.words(),
    stop: async () => {
      // A stopped process takes no SIGTERM.
      child.signal('SIGCONT');
      await child.stop(3000);
      await folder.remove();
    },
  };
}

// The admin protocol's `version`: a listening socket alone does not prove that its threads run.
function answers(port: number, signal: AbortSignal): Promise<true | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, signal });
    socket.setTimeout(1000, () => socket.destroy());
    socket.once('connect', () => socket.write('version\n'));
    socket.once('error', reject);
    socket.once('close', () => resolve(null));
    socket.once('data', (bytes) => {
      resolve(bytes.toString('latin1').startsWith('OK ') ? true : null);
      socket.destroy();
    });
  });
}
