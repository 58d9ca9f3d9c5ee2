// The one script that changes records. Redis runs it alone and whole: what was seen is compared and the changes are made, or nothing
// is. KEYS: hash and order of each collection it touches. ARGV: how many records were seen; for each of them and then for each change
// the number of its collection, its field, and `=text`, or `-` for no record.

import { createHash } from 'node:crypto';
import type { Changes, Seen } from '../ordered/engine.ts';
import type { Layout } from './layout.ts';

export const writeScript = `
local at = 2
for _ = 1, tonumber(ARGV[1]) do
  local now = redis.call('HGET', KEYS[2 * ARGV[at] - 1], ARGV[at + 1])
  local was = ARGV[at + 2]
  if now then
    if was ~= '=' .. now then return 0 end
  elseif was ~= '-' then
    return 0
  end
  at = at + 3
end
while at <= #ARGV do
  local hash, order, field, text = KEYS[2 * ARGV[at] - 1], KEYS[2 * ARGV[at]], ARGV[at + 1], ARGV[at + 2]
  if text == '-' then
    redis.call('HDEL', hash, field)
    redis.call('ZREM', order, field)
  else
    redis.call('HSET', hash, field, string.sub(text, 2))
    redis.call('ZADD', order, 0, field)
  end
  at = at + 3
end
return 1
`;

export const writeSha = createHash('sha1').update(writeScript).digest('hex');

/** Numbers of keys and texts as EVAL takes them, the keys first. */
export function writeArguments(
  layout: Layout,
  changes: Changes,
  seen: Seen,
): { readonly keys: readonly string[]; readonly values: readonly string[] } {
  const collections = new Map<string, number>();
  const keys: string[] = [];
  const entry = ([key, text]: readonly [string, string | null | undefined]): readonly string[] => {
    const { hash, order, field } = layout.place(key);
    const known = collections.get(hash) ?? collections.size + 1;
    if (!collections.has(hash)) keys.push(hash, order);
    collections.set(hash, known);
    return [String(known), field, text === null || text === undefined ? '-' : `=${text}`];
  };
  const values = [String(seen.size), ...[...seen].flatMap(entry), ...[...changes].flatMap(entry)];
  return { keys, values };
}
