// The connection to Redis: made once, made again by itself, every command with a deadline, every error a StoreError. No command is
// sent twice by itself: whoever asked knows whether that is right.

import type { Redis } from 'ioredis';
import { StoreError } from '../store-error.ts';
import type { RedisAddress } from './address.ts';
import { commandError, isRefused, openingError } from './redis-error.ts';
import { createRoute, type Options, type Route } from './route.ts';

export interface Connection {
  /** Rejects with a `StoreError`: `late` where no answer came, `refused` where nothing was done. */
  ask<Value>(work: (redis: Redis) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

/** Milliseconds for one command, for the first connection, between two tries to connect, and for a closed connection to end. */
const deadlines = { command: 10_000, open: 10_000, again: 1_000, end: 500 };

const settings: Options = {
  lazyConnect: true,
  // A command without a connection is refused at once, and one whose connection broke may have been done.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  commandTimeout: deadlines.command,
  sentinelCommandTimeout: deadlines.again * 3,
  disconnectTimeout: deadlines.end,
  socketTimeout: deadlines.command + 2_000,
  // It asks a server that loads its data how long that takes, and would wait as long.
  maxLoadingRetryTime: deadlines.again,
  keepAlive: 10_000,
  connectionName: 'gearbridge',
  disableClientInfo: true,
};

/** What is known of a connection that is not there. */
interface Trouble {
  said: string;
}

/**
 * Connects. Rejects with a `StoreError` and leaves nothing open: `away` where no server answers in time, `unreadable` where it
 * refuses us, or where a file with a secret cannot be used. `key`: some key of the store, by which a node of a Cluster is found.
 */
export async function openConnection(address: RedisAddress, key: string): Promise<Connection> {
  const { Redis } = await import('ioredis');
  const trouble: Trouble = { said: 'it does not answer' };
  const route = createRoute(address);
  const redis = new Redis({ ...settings, ...firstOptions(address, route) });
  Object.assign(redis.options, retries(redis, route, trouble));
  listen(redis, trouble);
  try {
    await connected(redis, { address, key, trouble });
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return {
    async ask(work) {
      try {
        return await work(redis);
      } catch (error) {
        throw commandError(address.url, error, trouble.said);
      }
    },
    // What was asked before is answered by then: the serial place has waited for it.
    close() {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}

function firstOptions({ url }: RedisAddress, route: Route): Options {
  try {
    return route.first();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError('unreadable', `the store ${url} cannot be opened: ${why}`, error);
  }
}

function retries(redis: Redis, route: Route, trouble: Trouble): Options {
  const again = (tries: number): number => {
    try {
      route.next(redis.options, tries);
    } catch (error) {
      // It is tried with what was read before: the file may be about to be replaced.
      trouble.said = error instanceof Error ? error.message : String(error);
    }
    return Math.min(50 * tries, deadlines.again);
  };
  return {
    retryStrategy: again,
    // Asked while no Sentinel answers.
    sentinelRetryStrategy: again,
    reconnectOnError: (error) => route.leadsAway(error),
  };
}

function listen(redis: Redis, trouble: Trouble): void {
  redis.on('error', (error: Error) => (trouble.said = error.message));
  redis.on('sentinelError', (error: Error) => (trouble.said = error.message));
  redis.on(
    'connect',
    () => (trouble.said = 'it is connected but not ready, for it reads its data after a start'),
  );
  redis.on('ready', () => (trouble.said = 'it does not answer'));
}

interface Opening {
  readonly address: RedisAddress;
  readonly key: string;
  readonly trouble: Trouble;
}

/** Resolves once the server is ready, and is the one that has our keys; a server that loads its data is waited for. */
async function connected(redis: Redis, { address, key, trouble }: Opening): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let arrived: () => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    const failed = (): void => reject(openingError(address.url, trouble.said));
    timer = setTimeout(failed, address.patience ?? deadlines.open);
    redis.on('error', (error: Error) => {
      if (isRefused(error.message)) reject(openingError(address.url, error.message));
    });
    arrived = () => {
      // Another node of a Cluster refuses this, and leads to the right one.
      redis.exists(key).then(
        () => resolve(),
        (error: unknown) => (trouble.said = error instanceof Error ? error.message : String(error)),
      );
    };
    redis.on('ready', arrived);
  });
  // It goes on trying; what it was told of the first try is in the reason.
  redis.connect().catch(() => undefined);
  try {
    await ready;
  } finally {
    clearTimeout(timer);
    redis.off('ready', arrived);
  }
}
