// What of Redis's own settings makes an acknowledged write worth less than it should be. Said at the start, for only an operator can
// change it; the rules live with it (RUNS.md 4.1-4.4): what was forgotten is found again at Buildbot.

import type { Connection } from './connection.ts';

/** One sentence for each setting in doubt, with its cure. Rejects with a `StoreError`. */
export async function doubtsOf(connection: Connection): Promise<readonly string[]> {
  const info = await connection.ask((redis) => redis.info());
  const fields = new Map(info.split('\r\n').map((line) => [line.split(':', 1)[0], line.split(':')[1]]));
  const policy = fields.get('maxmemory_policy') ?? 'noeviction';
  const fsync = await fsyncOf(connection);
  return [
    ...(fields.get('aof_enabled') === '1' ? [] : [noAppendOnly]),
    ...(fields.get('aof_enabled') === '1' && fsync !== 'always' ? [lastSecond(fsync)] : []),
    ...(policy.startsWith('allkeys') ? [evicts(policy)] : []),
  ];
}

const noAppendOnly =
  'Redis keeps no append-only file: all since its last snapshot is lost when it ends; set appendonly yes';

function lastSecond(fsync: string | null): string {
  const how = fsync === null ? 'Redis does not say how it syncs' : `Redis syncs ${fsync}`;
  return `${how}: the last second of writes may be lost with its machine, and is then found again at Buildbot; appendfsync always keeps it`;
}

function evicts(policy: string): string {
  return `Redis forgets whole collections when its memory is full (${policy}); set maxmemory-policy noeviction`;
}

/** null: we may not ask (a hosted Redis often forbids CONFIG). */
async function fsyncOf(connection: Connection): Promise<string | null> {
  try {
    const answer = await connection.ask((redis) => redis.config('GET', 'appendfsync'));
    const value: unknown = Array.isArray(answer) ? answer[1] : null;
    return typeof value === 'string' ? value : null;
  } catch {
    // The sentence then says that it is not known.
    return null;
  }
}
