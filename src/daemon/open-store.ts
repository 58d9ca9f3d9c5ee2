// Opens the store that the configuration names. The driver of the other one is never loaded.

import { mkdir } from 'node:fs/promises';
import type { Config, RedisConfig } from '../config/config.ts';
import { readPasswordNow } from '../config/password.ts';
import { serverTlsSettings } from '../config/pem.ts';
import type { Log } from '../observe/log.ts';
import type { RedisAddress } from '../store/redis/address.ts';
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
  const opened = await openRedisJournal({ address: addressOf(store), prefix, manager });
  for (const why of opened.doubts) log.warn({ component: 'store', why }, 'Redis may lose what it has kept');
  return opened;
}

/** What changes without a restart is read when it is asked for. */
function addressOf({ address, passwordFile, ...store }: RedisConfig): RedisAddress {
  const { sentinels, sentinelPasswordFile, cluster, tls } = store;
  return {
    url: address.url,
    password: passwordFile === null ? address.password : () => readPasswordNow(passwordFile),
    ...(sentinels !== null && { sentinels }),
    ...(sentinelPasswordFile !== null && { sentinelPassword: () => readPasswordNow(sentinelPasswordFile) }),
    ...(cluster !== null && { cluster }),
    ...(tls !== null && { tls: serverTlsSettings(tls) }),
  };
}
