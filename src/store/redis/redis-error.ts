// What Redis and its driver say, as a StoreError: whether it may have been done, and what cures it.

import { StoreError } from '../store-error.ts';

/** Wrong password, unknown user, a database that is not there: time does not heal these. */
export function isRefused(message: string): boolean {
  return /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR DB index)/.test(message);
}

/** Why the store could not be opened. */
export function openingError(url: string, trouble: string): StoreError {
  const message = `the store ${url} cannot be opened: ${trouble}`;
  return isRefused(trouble)
    ? new StoreError('unreadable', `${message}. Look at user, password and database in store.url`)
    : new StoreError('away', `${message}. Start Redis, or mend store.url`);
}

/** Of a command: `late` where it may have been done, `refused` where nothing was. `trouble`: what was last heard of the connection. */
export function commandError(url: string, error: unknown, trouble: string): StoreError {
  if (error instanceof StoreError) return error;
  const said = error instanceof Error ? error.message : String(error);
  // Sent, and no answer: the server may have done it.
  if (
    /timed out|Connection is closed|Socket timeout|aborted due to connection close|MaxRetries|max retries/i.test(
      said,
    )
  )
    return new StoreError(
      'late',
      `the store ${url} did not answer: ${trouble}. Look at Redis and the network`,
      error,
    );
  if (/enableOfflineQueue|isn't writeable/.test(said))
    return new StoreError('refused', `the store ${url} is not connected: ${trouble}`, error);
  return new StoreError('refused', `the store ${url} refused a command: ${said}. ${cureOf(said)}`, error);
}

/** Redis names the cause of a refusal in its first word. */
const cures: Readonly<Record<string, string>> = {
  READONLY: 'It is a replica now: the next try asks the master',
  LOADING: 'It reads its data after a start: wait',
  OOM: 'Its memory is full: raise maxmemory',
  MISCONF: 'It cannot write to its disk: look at the disk of Redis',
  NOREPLICAS: 'It has fewer replicas than min-replicas-to-write: look at them',
  MOVED: 'Another node has the slot: the next try asks that one',
  CLUSTERDOWN: 'The Cluster has no master for the slot: look at its nodes',
};

function cureOf(said: string): string {
  return cures[said.split(' ', 1)[0] ?? ''] ?? 'Nothing of it was kept';
}
