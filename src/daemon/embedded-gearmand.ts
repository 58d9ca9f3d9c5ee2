// A gearmand of our own (`gearman: { embedded: … }`), to try things out. It outlives the daemon, so that a restart of ours loses
// no waiting job, and is found again by its pid file.

import { spawn } from 'node:child_process';
import { mkdir, readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Address } from '../config/config.ts';
import type { Log } from '../observe/log.ts';

export interface EmbeddedGearmand {
  /** Starts it again if it is gone; called about once a second. */
  mind(): Promise<void>;
}

/** Milliseconds. */
const startAgain = 5_000;
const connectWithin = 2_000;

async function isOurs(pidFile: string): Promise<boolean> {
  try {
    const pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10);
    if (!Number.isSafeInteger(pid) || pid <= 1) return false;
    // A pid may be another program's by now.
    return (await readlink(`/proc/${pid}/exe`)).includes('gearmand');
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      ['ENOENT', 'ESRCH', 'EACCES'].includes(String(error.code))
    )
      return false;
    throw error;
  }
}

function listens({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(connectWithin, end(false));
    socket.once('connect', end(true));
    socket.once('error', end(false));
  });
}

/** Starts gearmand at the address, or takes over the one that runs there from an earlier start. Rejects when the folder cannot be made. */
export async function createEmbeddedGearmand(
  listen: Address,
  folder: string,
  log: Log,
): Promise<EmbeddedGearmand> {
  // The store's folder: as closed as the store itself makes it, whoever of the two comes first.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pidFile = join(folder, 'gearmand.pid');
  let startedAt = -Infinity;

  const start = (): void => {
    startedAt = performance.now();
    const args = [
      `--listen=${listen.host}`,
      `--port=${listen.port}`,
      `--pid-file=${pidFile}`,
      `--log-file=${join(folder, 'gearmand.log')}`,
    ];
    const child = spawn('gearmand', [...args, '--daemon', '--keepalive'], {
      stdio: 'ignore',
      detached: true,
    });
    child.on('error', (error) => {
      log.error(
        { component: 'gearman', err: error },
        'cannot start gearmand; install the package gearman-job-server',
      );
    });
    child.unref();
    log.info({ component: 'gearman', address: `${listen.host}:${listen.port}` }, 'started a gearmand');
  };

  const mind = async (): Promise<void> => {
    if (performance.now() - startedAt < startAgain) return;
    if ((await isOurs(pidFile)) || (await listens(listen))) return;
    start();
  };
  await mind();
  return { mind };
}
