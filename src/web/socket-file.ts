// The control socket's file: one that a dead daemon left is replaced, one on which somebody answers is not.

import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

const askFor = 2_000;

/** Whether somebody listens. `null`: nobody can be told, for the file is no socket of ours or the answer did not come. */
async function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.setTimeout(askFor, () => {
      socket.destroy();
      // Connected or in its backlog: a daemon that is stuck is still a daemon.
      resolve(true);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else
        reject(
          new Error(`the control socket ${path} cannot be looked at: ${error.message}`, { cause: error }),
        );
    });
  });
}

async function isThere(path: string): Promise<boolean> {
  try {
    const entry = await lstat(path);
    if (!entry.isSocket())
      throw new Error(`${path} is no socket; move it away, the control socket belongs there`);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Makes room for our socket. Rejects where another daemon answers on it, and where something else stands there. */
export async function makeRoom(path: string): Promise<void> {
  if (!(await isThere(path))) return;
  if (await answers(path)) {
    throw new Error(
      `another daemon answers on ${path}; stop it first, or give this one a directory of its own`,
    );
  }
  await unlink(path);
}
