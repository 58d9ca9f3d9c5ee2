// The connection to Redis: made once, made again by itself, every command with a deadline, every error a StoreError. No command is
// sent twice by itself: whoever asked knows whether that is right.

import type { Redis } from 'ioredis';
import { StoreError } from '../store-error.ts';

export interface RedisAddress {
  /** `redis:` or `rediss:` with host, port, database and user; no password. It is safe to show. */
  readonly url: string;
  readonly password: () => string | null;
  /** Milliseconds to wait for it at the start; default 10 s. */
  readonly patience?: number;
}

export interface Connection {
  /** Rejects with a `StoreError`: `late` where no answer came, `refused` where nothing was done. */
  ask<Value>(work: (redis: Redis) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

/** Milliseconds for one command, for the first connection, between two tries to connect, and for a closed connection to end. */
const deadlines = { command: 10_000, open: 10_000, again: 1_000, end: 500 };

/**
 * Connects. Rejects with a `StoreError` and leaves nothing open: `away` where no server answers in time, `unreadable` where it
 * refuses us.
 */
export async function openConnection(address: RedisAddress): Promise<Connection> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(withoutUser(address.url), {
    ...loginOf(address),
    lazyConnect: true,
    // A command without a connection is refused at once, and one whose connection broke may have been done.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: deadlines.command,
    connectTimeout: deadlines.open,
    disconnectTimeout: deadlines.end,
    socketTimeout: deadlines.command + 2_000,
    keepAlive: 10_000,
    retryStrategy: (tries) => Math.min(50 * tries, deadlines.again),
    // After a failover the address may lead to the new master (Sentinel, a proxy, DNS); the old one is a replica now.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    connectionName: 'gearbridge',
    disableClientInfo: true,
  });
  let trouble = 'it does not answer';
  redis.on('error', (error: Error) => (trouble = error.message));
  try {
    await connected(redis, address.patience ?? deadlines.open, () => refusal(address.url, trouble));
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return {
    async ask(work) {
      try {
        return await work(redis);
      } catch (error) {
        throw translated(address.url, error, trouble);
      }
    },
    // What was asked before is answered by then: the serial place has waited for it.
    close() {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}

function loginOf({ url, password }: RedisAddress): { username?: string; password?: string } {
  const secret = password();
  const { username } = new URL(url);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(secret === null ? {} : { password: secret }),
  };
}

/** The driver would take a user without a password in the URL for one with an empty password. */
function withoutUser(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  return parsed.href;
}

/** Resolves once the server is ready; a server that loads its data is waited for. */
async function connected(redis: Redis, patience: number, why: () => StoreError): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<void>((resolve, reject) => {
    timer = setTimeout(() => reject(why()), patience);
    redis.once('ready', resolve);
    redis.on('error', (error: Error) => {
      if (isRefused(error.message)) reject(why());
    });
  });
  // It goes on trying; what it was told of the first try is in the reason.
  redis.connect().catch(() => undefined);
  try {
    await ready;
  } finally {
    clearTimeout(timer);
  }
}

/** Wrong password, unknown user, a database that is not there: time does not heal these. */
function isRefused(message: string): boolean {
  return /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR DB index)/.test(message);
}

function refusal(url: string, trouble: string): StoreError {
  const message = `the store ${url} cannot be opened: ${trouble}`;
  return isRefused(trouble)
    ? new StoreError('unreadable', `${message}. Look at user, password and database in store.url`)
    : new StoreError('away', `${message}. Start Redis, or mend store.url`);
}

function translated(url: string, error: unknown, trouble: string): StoreError {
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
};

function cureOf(said: string): string {
  return cures[said.split(' ', 1)[0] ?? ''] ?? 'Nothing of it was kept';
}
