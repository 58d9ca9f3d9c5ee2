// The engine over Redis: records in hashes, their order in sorted sets beside them (layout.ts), one script for every write.

import type { Redis } from 'ioredis';
import type { Engine, Range } from '../ordered/engine.ts';
import type { Connection } from './connection.ts';
import { createLayout, type Layout } from './layout.ts';
import { writeArguments, writeScript, writeSha } from './write-script.ts';

/** Records read with one command: Redis serves nobody else meanwhile. */
const page = 500;
/** Collections of which at least one is there once anything was ever kept. */
const first = ['run', 'ended', 'build'];
/** Records looked at for the size of a collection. */
const samples = 50;

/** The Engine port over a connection; all its keys begin with the prefix in braces. */
export function redisEngine(connection: Connection, prefix: string): Engine {
  const layout = createLayout(prefix);
  return {
    get: (keys) => getAll(connection, layout, keys),
    async write(changes, seen) {
      const { keys, values } = writeArguments(layout, changes, seen);
      const kept = await connection.ask((redis) => run(redis, keys, values));
      return kept === 1 ? 'written' : 'stale';
    },
    scan: (range) => scan(connection, layout, range),
    async isEmpty() {
      const keys = first.map((name) => layout.collection(name).hash);
      return (await connection.ask((redis) => redis.exists(...keys))) === 0;
    },
    async size(of) {
      const { hash, order } = layout.bounds({ prefix: of });
      const sizes = await connection.ask((redis) =>
        Promise.all([hash, order].map((key) => redis.memory('USAGE', key, 'SAMPLES', samples))),
      );
      return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
    },
    // Redis gives the room back by itself.
    compact: () => Promise.resolve(),
    close: () => connection.close(),
  };
}

async function run(redis: Redis, keys: readonly string[], values: readonly string[]): Promise<unknown> {
  try {
    return await redis.evalsha(writeSha, keys.length, ...keys, ...values);
  } catch (error) {
    // A server that was started anew, or another one after a failover, does not know the script yet.
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return redis.eval(writeScript, keys.length, ...keys, ...values);
  }
}

async function getAll(
  connection: Connection,
  layout: Layout,
  keys: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const places = keys.map((key, index) => ({ ...layout.place(key), index }));
  const found: (string | undefined)[] = keys.map(() => undefined);
  const reads = [...new Set(places.map(({ hash }) => hash))].flatMap((hash) =>
    pages(places.filter((place) => place.hash === hash)).map(async (some) => {
      const fields = some.map(({ field }) => field);
      const texts = await connection.ask((redis) => redis.hmget(hash, ...fields));
      some.forEach(({ index }, at) => {
        found[index] = texts[at] ?? undefined;
      });
    }),
  );
  await Promise.all(reads);
  return found;
}

function pages<Each>(all: readonly Each[]): readonly (readonly Each[])[] {
  return Array.from({ length: Math.ceil(all.length / page) }, (_, at) =>
    all.slice(at * page, (at + 1) * page),
  );
}

async function scan(
  connection: Connection,
  layout: Layout,
  range: Range,
): Promise<readonly (readonly [string, string])[]> {
  const bounds = layout.bounds(range);
  const entries: (readonly [string, string])[] = [];
  for (let { from, to } = bounds; entries.length < range.limit;) {
    const count = Math.min(page, range.limit - entries.length);
    const fields = await connection.ask((redis) =>
      range.reverse === true
        ? redis.zrevrangebylex(bounds.order, to, from, 'LIMIT', 0, count)
        : redis.zrangebylex(bounds.order, from, to, 'LIMIT', 0, count),
    );
    const last = fields.at(-1);
    if (last === undefined) break;
    const texts = await connection.ask((redis) => redis.hmget(bounds.hash, ...fields));
    fields.forEach((field, at) => {
      // One that is missing was deleted between the two reads.
      const text = texts[at];
      if (typeof text === 'string') entries.push([`${bounds.collection}/${field}`, text]);
    });
    if (fields.length < count) break;
    if (range.reverse === true) to = `(${last}`;
    else from = `(${last}`;
  }
  return entries;
}
