// Opens the store in a Redis that several daemons may share: journal and history below one prefix.

import { randomBytes } from 'node:crypto';
import { storeOver, type StoreOptions } from '../ordered/store.ts';
import type { InstanceId } from '../sharing.ts';
import type { Store } from '../store.ts';
import type { RedisAddress } from './address.ts';
import { openConnection } from './connection.ts';
import { redisEngine } from './engine.ts';
import { createLayout } from './layout.ts';
import { doubtsOf } from './settings.ts';

export interface RedisOptions extends Omit<StoreOptions, 'self'> {
  readonly address: RedisAddress;
  /** `store.prefix`: begins every key, in braces. */
  readonly prefix: string;
  /** Whose store it is (RUNS.md 9.9). */
  readonly manager: string;
}

/**
 * Opens or makes the store. Rejects with a `StoreError`: `away`, `other-manager`, `schema`, `unreadable`, `broken-record`, `late`,
 * `refused`; after that nothing is left open.
 */
export async function openRedisJournal(options: RedisOptions): Promise<Store> {
  const { address, prefix, manager, ...rest } = options;
  const connection = await openConnection(address, createLayout(prefix).collection('meta').hash);
  const owner = { name: `${address.url} ${prefix}`, elsewhere: 'store.prefix', manager };
  const self = randomBytes(4).toString('hex') as InstanceId;
  const store = await storeOver(redisEngine(connection, prefix), owner, { ...rest, self });
  try {
    return { ...store, doubts: await doubtsOf(connection, address) };
  } catch (error) {
    await store.close();
    throw error;
  }
}
