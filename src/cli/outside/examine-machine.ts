// What of this machine the gate stands on: Node, RE2, the store's disk.

import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StoreConfig } from '../../config/config.ts';
import { loadLineEngine } from '../../evidence/match/load-line-engine.ts';
import type { OutsideFinding } from './finding.ts';

/** Bytes: a journal of thousands of jobs and a year of history are some hundred megabytes. */
const scarce = 1024 ** 3;
const tooLittle = 64 * 1024 ** 2;
const node = { major: 20, minor: 19 } as const;

export function examineNode(version: string): OutsideFinding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const part = 'node';
  if (major > node.major || (major === node.major && minor >= node.minor))
    return { part, level: 'ok', sentence: `Node ${version}` };
  return {
    part,
    level: 'error',
    sentence: `Node ${version} is too old; install ${node.major}.${node.minor} or newer`,
  };
}

/** Whether signatures are matched by the compiled RE2. */
export async function examineEngine(): Promise<OutsideFinding> {
  const { name } = await loadLineEngine();
  return name === 're2'
    ? { part: 'signatures', level: 'ok', sentence: 'RE2 is compiled' }
    : {
        part: 'signatures',
        level: 'warning',
        sentence:
          'RE2 was not compiled at installation and signatures are matched more slowly; with a compiler there, run src/evidence/match/build-re2.mjs of the package',
      };
}

/** The folder, or the nearest above it that is there. */
async function nearest(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    // A folder that may not be looked into stands for what is in it.
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return absent && dirname(path) !== path ? nearest(dirname(path)) : path;
  }
}

/** Whether the store's folder can be written, and how much room there is. */
export async function examineStore({ path }: StoreConfig): Promise<readonly OutsideFinding[]> {
  const part = 'store';
  const there = await nearest(path);
  const who = `user ${process.getuid?.() ?? '?'}`;
  try {
    await access(there, constants.W_OK);
  } catch {
    // Whatever the reason, it is the writing that fails.
    const sentence = `${there} cannot be written by ${who}; run this as the daemon's user, or give the folder to that user (chown)`;
    return [{ part, level: 'warning', sentence }];
  }
  const { bavail, bsize } = await statfs(there);
  const free = bavail * bsize;
  const room = `${Math.floor(free / 1024 ** 2)} MiB free for ${path}`;
  if (free < tooLittle)
    return [{ part, level: 'error', sentence: `${room}; make room, or no job can be written down` }];
  if (free < scarce) return [{ part, level: 'warning', sentence: `${room}; make room, 1 GiB is asked for` }];
  return [{ part, level: 'ok', sentence: room }];
}
