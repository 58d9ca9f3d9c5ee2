// Opens the store that the configuration names. The driver of the other one is never loaded.

import { mkdir } from 'node:fs/promises';
import type { Config } from '../config/config.ts';
import { redisAccess } from '../config/redis-access.ts';
import type { Log } from '../observe/log.ts';
import type { Store } from '../store/store.ts';

/** Rejects with a `StoreError`. */
export async function openStore({ store, manager }: Config, log: Log): Promise<Store> {
  if (store.driver === 'embedded') {
    const { openLevelJournal } = await import('../store/level/open-level-journal.ts');
    return openLevelJournal({ path: store.path, manager });
  }
  const { openRedisJournal } = await import('../store/redis/open-redis-journal.ts');
  const { prefix, path } = store;
  // Of the control socket and the caches.
  await mkdir(path, { recursive: true, mode: 0o700 });
  const opened = await openRedisJournal({ address: redisAccess(store), prefix, manager });
  for (const why of opened.doubts) log.warn({ component: 'store', why }, 'Redis may lose what it has kept');
  return opened;
}
