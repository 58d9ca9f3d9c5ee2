// Whether the Redis of the store lets us in, and whether it keeps what it acknowledges.

import type { StoreConfig } from '../../config/config.ts';
import { redisAccess } from '../../config/redis-access.ts';
import type { Outside } from './finding.ts';

/** Milliseconds. */
const patience = 5_000;

/** Nothing is said of an embedded store. */
export async function examineRedis(store: StoreConfig): Promise<Outside> {
  const part = 'redis';
  if (store.driver === 'embedded') return { findings: [], unreachable: false };
  // Who has no Redis does without its driver.
  const { lookAtRedis } = await import('../../store/redis/look-at-redis.ts');
  const look = await lookAtRedis({ ...redisAccess(store), patience }, store.prefix);
  if (look.kind !== 'answers')
    return {
      findings: [{ part, level: 'error', sentence: look.why }],
      unreachable: look.kind === 'away',
    };
  const warnings = look.doubts.map((sentence) => ({ part, level: 'warning', sentence }) as const);
  const sentence = `Redis ${look.version} answers at ${store.address.url}`;
  return { findings: [{ part, level: 'ok', sentence }, ...warnings], unreachable: false };
}
