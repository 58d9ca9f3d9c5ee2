// The one serial place through which every write goes. While one synced batch is under way what arrives waits, and goes together
// into the next: a hundred writes at once cost a few syncs. Each is decided (is the key free?) in its turn, over what those before
// it in the same batch leave behind, and is answered when the batch is on the disk. Where another process has changed meanwhile
// what the decisions rest on, they are made again.

import { StoreError } from '../store-error.ts';
import type { Engine, Seen } from './engine.ts';

/** The database as it will be once all writes before this one are kept. Only keys named in `reads` can be got. */
export interface View {
  get(key: string): string | undefined;
  put(key: string, value: string): void;
  del(key: string): void;
}

export interface Write<Result> {
  /** Rough size, for the bound of the queue. */
  readonly bytes: number;
  readonly reads: readonly string[];
  /** What throws is given to this write's caller alone, and nothing of it is kept. */
  apply(view: View): Result;
}

export interface GroupCommit {
  /** Resolves when the write is on the disk. Rejects with a `StoreError`: `queue-full`, `refused`, `late`, `closed`. */
  submit<Result>(write: Write<Result>): Promise<Result>;
  /** Takes nothing more, and resolves when what waits has been written or refused. */
  close(): Promise<void>;
}

export interface CommitOptions {
  /** Bounds of what may wait. */
  readonly maxWaiting?: number;
  readonly maxWaitingBytes?: number;
  /** Milliseconds after which a write is given up by its caller. */
  readonly patience?: number;
  /** Called before each synced batch with the number of writes in it; may refuse it by throwing (tests of a full or slow disk). */
  readonly beforeSync?: (writes: number) => void | Promise<void>;
}

interface Waiting {
  readonly bytes: number;
  readonly reads: readonly string[];
  readonly apply: (view: View) => () => void;
  readonly reject: (error: StoreError) => void;
  abandoned: boolean;
}

/** Another process that writes the same few records loses this race as often as it wins it. */
const mostRounds = 20;
const contended = `other daemons changed the same records ${mostRounds} times while a batch of writes was decided on`;
/** A batch is no larger, so that the first of a long queue need not wait for the last. */
const batchBounds = { writes: 500, bytes: 8 * 1024 * 1024 };

/** Puts the serial place in front of an engine. */
export function groupCommit(engine: Engine, options: CommitOptions = {}): GroupCommit {
  const { maxWaiting = 10_000, maxWaitingBytes = 64 * 1024 * 1024, patience = 25_000 } = options;
  const queue: Waiting[] = [];
  let queuedBytes = 0;
  let pumping: Promise<void> | null = null;
  let closed = false;

  const pump = async (): Promise<void> => {
    // Everything that is submitted in this turn of the loop shares the first batch.
    await Promise.resolve();
    while (queue.length > 0) {
      const batch = takeBatch(queue);
      queuedBytes -= batch.reduce((sum, one) => sum + one.bytes, 0);
      await commit(engine, batch, options.beforeSync);
    }
    pumping = null;
  };

  const refusal = (bytes: number): StoreError | null => {
    if (closed) return new StoreError('closed', 'the store is closed: nothing more is written');
    if (queue.length < maxWaiting && queuedBytes + bytes <= maxWaitingBytes) return null;
    const message = `${queue.length} writes of ${queuedBytes} bytes wait for the disk already: it is too slow for what arrives`;
    return new StoreError('queue-full', message);
  };

  return {
    submit: (write) => {
      const refused = refusal(write.bytes);
      if (refused !== null) return Promise.reject(refused);
      return new Promise((resolve, reject) => {
        queue.push(waiting(write, { resolve, reject, patience }));
        queuedBytes += write.bytes;
        pumping ??= pump();
      });
    },
    close: async () => {
      closed = true;
      await pumping;
    },
  };
}

/** Several writes as one: all of them are kept or none. */
export function together<Result>(writes: readonly Write<Result>[]): Write<readonly Result[]> {
  return {
    bytes: writes.reduce((sum, { bytes }) => sum + bytes, 0),
    reads: writes.flatMap(({ reads }) => reads),
    apply: (view) => writes.map((write) => write.apply(view)),
  };
}

function waiting<Result>(
  write: Write<Result>,
  caller: { resolve: (result: Result) => void; reject: (error: StoreError) => void; patience: number },
): Waiting {
  const timer = setTimeout(() => {
    // A write that still waits is dropped; one under way may be kept all the same.
    entry.abandoned = true;
    const message = `a write was not kept within ${caller.patience / 1000} s: the disk is too slow or does not answer`;
    caller.reject(new StoreError('late', message));
  }, caller.patience);
  const entry: Waiting = {
    bytes: write.bytes,
    reads: write.reads,
    apply: (view) => {
      const result = write.apply(view);
      return () => {
        clearTimeout(timer);
        caller.resolve(result);
      };
    },
    reject: (error) => {
      clearTimeout(timer);
      entry.abandoned = true;
      caller.reject(error);
    },
    abandoned: false,
  };
  return entry;
}

function takeBatch(queue: Waiting[]): Waiting[] {
  let count = 0;
  let bytes = 0;
  for (const one of queue.slice(0, batchBounds.writes)) {
    if (count > 0 && bytes + one.bytes > batchBounds.bytes) break;
    bytes += one.bytes;
    count++;
  }
  return queue.splice(0, count);
}

async function commit(
  engine: Engine,
  batch: readonly Waiting[],
  beforeSync: CommitOptions['beforeSync'],
): Promise<void> {
  try {
    for (let round = 1; ; round++) {
      const { changes, seen, answers } = await decide(engine, batch);
      if (changes.size > 0) await beforeSync?.(answers.length);
      if (changes.size === 0 || (await engine.write(changes, seen)) === 'written') {
        for (const answer of answers) answer();
        return;
      }
      if (round === mostRounds) throw new StoreError('refused', contended);
    }
  } catch (error) {
    const refused = asStoreError(error, 'the store refused a batch of writes');
    for (const entry of batch) entry.reject(refused);
  }
}

interface Decided {
  readonly changes: ReadonlyMap<string, string | null>;
  readonly seen: Seen;
  readonly answers: readonly (() => void)[];
}

/** Lets each write of the batch say what it changes, in order; the changes of all together. One that throws is answered, and out of it. */
async function decide(engine: Engine, batch: readonly Waiting[]): Promise<Decided> {
  const taken = batch.filter(({ abandoned }) => !abandoned);
  const keys = [...new Set(taken.flatMap(({ reads }) => reads))];
  const values = keys.length > 0 ? await engine.get(keys) : [];
  const seen = new Map(keys.map((key, index) => [key, values[index]]));
  const changes = new Map<string, string | null>();
  const answers: (() => void)[] = [];
  for (const entry of taken) {
    const own = new Map<string, string | null>();
    try {
      answers.push(entry.apply(viewOver(own, changes, seen)));
      for (const [key, value] of own) changes.set(key, value);
    } catch (error) {
      entry.reject(asStoreError(error, 'a write could not be made ready'));
    }
  }
  return { changes, seen, answers };
}

function viewOver(
  own: Map<string, string | null>,
  before: ReadonlyMap<string, string | null>,
  stored: Seen,
): View {
  return {
    get: (key) => {
      const changed = own.has(key) ? own.get(key) : before.get(key);
      return changed === undefined ? stored.get(key) : (changed ?? undefined);
    },
    put: (key, value) => void own.set(key, value),
    del: (key) => void own.set(key, null),
  };
}

function asStoreError(error: unknown, what: string): StoreError {
  if (error instanceof StoreError) return error;
  return new StoreError(
    'refused',
    `${what}: ${error instanceof Error ? error.message : String(error)}`,
    error,
  );
}
