// Debian starts a package's service as soon as it is installed, unless /usr/sbin/policy-rc.d says no (invoke-rc.d(8)).
// Owns that file while packages are installed. What stood there is put back, if need be by the next run: this one may be
// killed at any moment.

import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';

const begin = '#!/bin/sh\n# gearbridge, process ';

function ours(pid: number): string {
  return `${begin}${pid}: no service starts while its test servers are installed.\nexit 101\n`;
}

/**
 * Runs `install` while the policy file forbids services to start; the file is as before when this settles. Rejects before
 * anything is changed where another run of ours is at it, or where it cannot be told which policy is the machine's.
 */
export async function withoutServices<Result>(
  policy: string,
  install: () => Promise<Result>,
): Promise<Result> {
  const writer = await ourWriter(policy);
  refuseSecond(policy, writer);
  // Theirs goes whatever it says: a policy may forbid one service and permit another. Ours is overwritten: apt may still
  // be at work for the run that was killed.
  if (writer === null && (await exists(policy))) await setAside(policy);
  try {
    await writeFile(`${policy}.new`, ours(process.pid), { mode: 0o755 });
    await rename(`${policy}.new`, policy);
    return await install();
  } finally {
    await putBack(policy);
  }
}

/** Puts back what a run that was killed left changed; where nothing was, nothing happens. */
export async function mendPolicy(policy: string): Promise<void> {
  const writer = await ourWriter(policy);
  const atWork = writer !== null && alive(writer);
  const theirs = writer === null && (await exists(policy));
  if (!atWork && !theirs) await putBack(policy);
}

async function setAside(policy: string): Promise<void> {
  const aside = asideOf(policy);
  if (await exists(aside))
    throw new Error(
      `${policy} and ${aside} both exist: an installation that was killed had set the second aside; remove the one that is not this machine's`,
    );
  await rename(policy, aside);
}

async function putBack(policy: string): Promise<void> {
  const aside = asideOf(policy);
  await ((await exists(aside)) ? rename(aside, policy) : rm(policy, { force: true }));
}

function asideOf(policy: string): string {
  return `${policy}.before-gearbridge`;
}

/** The process that wrote the policy, if it is one of ours. */
async function ourWriter(policy: string): Promise<number | null> {
  try {
    const text = await readFile(policy, 'utf8');
    return text.startsWith(begin) ? Number.parseInt(text.slice(begin.length), 10) : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function refuseSecond(policy: string, writer: number | null): void {
  if (writer === null || !alive(writer)) return;
  throw new Error(
    `process ${writer} is installing packages at this moment: try again when it has ended (if it is no gearbridge, remove ${policy})`,
  );
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // ESRCH, for root may ask after every process.
    return false;
  }
}

// A link that leads nowhere is there, too.
async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
