// Looks at a Redis for `doctor`, without a store in it: whether it lets us in, and what its settings are worth. Changes nothing.

import { StoreError } from '../store-error.ts';
import type { RedisAddress } from './address.ts';
import { openConnection } from './connection.ts';
import { createLayout } from './layout.ts';
import { doubtsOf } from './settings.ts';

export type RedisLook =
  | { readonly kind: 'answers'; readonly version: string; readonly doubts: readonly string[] }
  /** `away`: nothing answers; `refused`: somebody does, and wants us not. The sentence says what to do. */
  | { readonly kind: 'away' | 'refused'; readonly why: string };

/** Never rejects for what a Redis or a network can be. */
export async function lookAtRedis(address: RedisAddress, prefix: string): Promise<RedisLook> {
  try {
    const connection = await openConnection(address, createLayout(prefix).collection('meta').hash);
    try {
      const info = await connection.ask((redis) => redis.info('server'));
      const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'of an unknown version';
      return { kind: 'answers', version, doubts: await doubtsOf(connection, address) };
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { kind: error.code === 'away' || error.code === 'late' ? 'away' : 'refused', why: error.message };
  }
}
