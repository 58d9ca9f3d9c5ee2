// The narrow door to classic-level: strings in, strings out, every call with a deadline, its errors as StoreErrors.
//
// LevelDB refuses every write after one that failed, also when the disk has room again, until it is opened anew (seen with a
// full disk). So a failed write marks the database, and the next one opens it anew. That needs room as well, and a database that
// cannot be opened can no longer be read: room is proved with a file before the old handle is let go.

import type { ClassicLevel } from 'classic-level';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endOf, type Changes, type Engine, type Range } from '../ordered/engine.ts';
import { StoreError } from '../store-error.ts';

/** Milliseconds for one read, one write, and for opening, which reads the log of a process that was killed. */
const deadlines = { read: 10_000, write: 20_000, open: 60_000, compact: 50_000 };
/** LevelDB's write buffer, which opening may have to write out, and some more. */
const roomNeeded = 6 * 1024 * 1024;

/** Opens the database in a folder, which is made. Rejects with a `StoreError`: `locked`, `unreadable` or `late`. */
export async function openEngine(folder: string): Promise<Engine> {
  const { ClassicLevel } = await import('classic-level');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreError(
      'unreadable',
      `the folder ${folder} of the store cannot be made: ${say(error)}`,
      error,
    );
  }
  const db = new ClassicLevel(folder);
  await open(db);
  let suspect = false;
  const call = <Value>(what: 'read' | 'write' | 'compact', work: () => Promise<Value>): Promise<Value> =>
    translated(what, folder, within(deadlines[what], folder, work));

  return {
    get: (keys) => call('read', () => db.getMany([...keys])),
    scan: (range) => call('read', () => db.iterator(bounds(range)).all()),
    write: async (changes) => {
      if (suspect) await call('write', () => reopen(db));
      suspect = true;
      await call('write', () => db.batch(operations(changes), { sync: true }));
      suspect = false;
      // LevelDB's lock keeps every other process out.
      return 'written';
    },
    isEmpty: () => call('read', async () => (await db.keys({ limit: 1 }).all()).length === 0),
    size: (prefix) => call('read', () => db.approximateSize(prefix, endOf(prefix))),
    compact: (prefix) => call('compact', () => db.compactRange(prefix, endOf(prefix))),
    close: () => call('write', () => db.close()),
  };
}

async function open(db: ClassicLevel): Promise<void> {
  try {
    await within(deadlines.open, db.location, () => db.open());
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (isCoded(cause) && cause.code === 'LEVEL_LOCKED') {
      throw new StoreError(
        'locked',
        `the store ${db.location} is in use by another process: stop the other daemon, or give this one a store.path of its own`,
        error,
      );
    }
    throw new StoreError('unreadable', `the store ${db.location} cannot be opened: ${say(cause)}`, error);
  }
}

async function reopen(db: ClassicLevel): Promise<void> {
  if (db.status === 'open') {
    const trial = join(db.location, 'room.trial');
    try {
      await writeFile(trial, Buffer.alloc(roomNeeded));
    } finally {
      await rm(trial, { force: true });
    }
    await db.close();
  }
  await db.open();
}

function bounds({ prefix, above = prefix, below, reverse = false, limit }: Range) {
  return { gt: above, lt: below ?? endOf(prefix), reverse, limit };
}

function operations(changes: Changes) {
  return Array.from(changes, ([key, value]) =>
    value === null ? ({ type: 'del', key } as const) : ({ type: 'put', key, value } as const),
  );
}

/** LevelDB's work cannot be called back: what is late goes on, and only nobody waits for it any more. */
async function within<Value>(limit: number, folder: string, work: () => Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `the store ${folder} did not answer within ${limit / 1000} s: look at the disk`;
    timer = setTimeout(() => reject(new StoreError('late', message)), limit);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function translated<Value>(
  what: 'read' | 'write' | 'compact',
  folder: string,
  work: Promise<Value>,
): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const sentence =
      what === 'write'
        ? `the store ${folder} refused a write: ${say(error)}. Nothing of it was kept; look for a full or read-only disk`
        : `the store ${folder} could not be read: ${say(error)}`;
    throw new StoreError('refused', sentence, error);
  }
}

function say(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isCoded(error: unknown): error is { readonly code: string } {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';
}
