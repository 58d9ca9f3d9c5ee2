// What of Redis's own settings makes an acknowledged write worth less than it should be. Said at the start, for only an operator can
// change it. That `everysec` may lose a second is no doubt: the rules live with it (RUNS.md 4.1-4.4), for it is found again at Buildbot.

import type { RedisAddress } from './address.ts';
import type { Connection } from './connection.ts';

/** One sentence for each setting in doubt, with its cure. Rejects with a `StoreError`. */
export async function doubtsOf(
  connection: Connection,
  { sentinels }: Pick<RedisAddress, 'sentinels'>,
): Promise<readonly string[]> {
  const info = await connection.ask((redis) => redis.info());
  const fields = new Map(info.split('\r\n').map((line) => [line.split(':', 1)[0], line.split(':')[1]]));
  const policy = fields.get('maxmemory_policy') ?? 'noeviction';
  const fsync = await settingOf(connection, 'appendfsync');
  const replicas = sentinels === undefined ? null : await settingOf(connection, 'min-replicas-to-write');
  return [
    ...(fields.get('role') === 'slave' ? [replica] : []),
    ...(fields.get('aof_enabled') === '1' ? [] : [noAppendOnly]),
    ...(fields.get('aof_enabled') === '1' && fsync === 'no' ? [neverSyncs] : []),
    ...(policy.startsWith('allkeys') ? [evicts(policy)] : []),
    ...(replicas === '0' ? [splits] : []),
  ];
}

const replica =
  'this Redis is a replica and takes no writes; let store.url name its master, or store.sentinels those who know it';

const noAppendOnly =
  'Redis keeps no append-only file: all since its last snapshot is lost when it ends; set appendonly yes';

const neverSyncs =
  'Redis leaves it to the system when to write to the disk: half a minute may be lost with its machine; set appendfsync everysec or always';

const splits =
  'a Redis master that is cut off from its Sentinels goes on taking writes while another takes its place; set min-replicas-to-write 1';

function evicts(policy: string): string {
  return `Redis forgets whole collections when its memory is full (${policy}); set maxmemory-policy noeviction`;
}

/** null: we may not ask (a hosted Redis often forbids CONFIG). */
async function settingOf(connection: Connection, name: string): Promise<string | null> {
  try {
    const answer = await connection.ask((redis) => redis.config('GET', name));
    const value: unknown = Array.isArray(answer) ? answer[1] : null;
    return typeof value === 'string' ? value : null;
  } catch {
    // Nothing is said then: what is not known is no doubt.
    return null;
  }
}
