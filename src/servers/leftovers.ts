// Ends what still runs under a mark of ours: processes inherit their environment, also those whose parent is gone.

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds in which what was killed has to be gone. */
const goneWithin = 5_000;

/** Pids of the processes that were started with exactly this `NAME=value` in their environment, this one excepted. */
export async function marked(mark: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (const pid of pids) {
    if (pid !== process.pid && (await environment(pid)).includes(mark)) found.push(pid);
  }
  return found;
}

/** Kills them (SIGKILL) until none is left; rejects with the pids of those that are not gone within 5 s. */
export async function endMarked(mark: string): Promise<void> {
  const end = performance.now() + goneWithin;
  for (;;) {
    const left = await marked(mark);
    if (left.length === 0) return;
    if (performance.now() > end) {
      throw new Error(`processes ${left.join(', ')} outlived SIGKILL for 5 s: look at them with ps`);
    }
    for (const pid of left) kill(pid);
    await pause(20);
  }
}

async function environment(pid: number): Promise<readonly string[]> {
  try {
    return (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
  } catch {
    // It ended while we looked, or belongs to somebody else: not ours either way.
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: it was quicker.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
