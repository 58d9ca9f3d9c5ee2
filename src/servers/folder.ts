// A server's own temporary directory.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Folder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes a new directory, readable by us alone, whose name begins with `gearbridge-<name>-`. */
export async function temporaryFolder(name: string): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), `gearbridge-${name}-`));
  // A server that is just ending may still write: rm tries again.
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }) };
}

/** Runs `start` in a new directory; the directory goes when it fails. */
export async function inFolder<Started>(
  name: string,
  start: (folder: Folder) => Promise<Started>,
): Promise<Started> {
  const folder = await temporaryFolder(name);
  try {
    return await start(folder);
  } catch (error) {
    await folder.remove();
    throw error;
  }
}
