// The reader: logs are read in a thread of its own, so that no log, however large or hostile, holds up the gate. The thread is
// started when the first log comes, and started again when it died; only the log that it was with is given up.

import type { LogTerms, Told } from './orders.ts';
import { createSeats } from './seats.ts';
import { LogUnreadable, startThread, ThreadEnded, type Thread, type ThreadLimits } from './start-thread.ts';

export interface LogSource {
  readonly terms: LogTerms;
  /** The bytes from the first on; asked for again where the thread died over another log. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
  /** Bytes that are read at the most. */
  readonly limit: number;
  /** Milliseconds that reading it may take in all. */
  readonly within: number;
}

/** `why`: the log was not read to its end. `told` is null where nothing of it could be read. */
export interface LogOutcome {
  readonly told: Told | null;
  readonly why: string | null;
}

/** A log that is still written to. */
export interface FollowedLog {
  /** Resolves when the bytes were read. */
  write(bytes: Uint8Array): Promise<void>;
  /** What it tells so far. */
  look(): Promise<Told>;
  /** Gives it up; nothing more is told. */
  drop(): void;
}

export interface Reader {
  /** Reads a whole log. Rejects with what the source rejects with, with nothing else. */
  readonly read: (source: LogSource) => Promise<LogOutcome>;
  /** Opens a log that grows. Its calls reject when the thread ends; whoever follows may open it again. */
  readonly follow: (terms: LogTerms) => FollowedLog;
  readonly close: () => Promise<void>;
}

export interface ReaderLimits extends ThreadLimits {
  /** Logs read at once. */
  readonly atOnce: number;
  /** Logs that wait for their turn. */
  readonly waiting: number;
}

const usual: ReaderLimits = { patience: 30_000, heap: 128, atOnce: 3, waiting: 2_000 };

/** Bytes of one order, and orders on their way for one log: what is in flight stays below 1 MiB a log. */
const pieceSize = 64 * 1024;
const inFlight = 8;
const livesEach = 3;

function* pieces(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  // Copied, because what is handed over must not be a part of somebody else's buffer.
  for (let from = 0; from < bytes.length; from += pieceSize)
    yield new Uint8Array(bytes.subarray(from, from + pieceSize));
}

interface OpenedLog {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly ask: (kind: 'look' | 'end') => Promise<Told>;
  readonly drop: () => void;
}

function openLog(thread: Thread, log: number, terms: LogTerms): OpenedLog {
  let under: Promise<unknown>[] = [];
  const noted = (order: Promise<unknown>): void => {
    // Its rejection is met where it is waited for; until then it must not count as unhandled.
    order.catch(() => undefined);
    under.push(order);
  };
  noted(thread.order({ kind: 'open', log, terms }));
  return {
    async write(bytes) {
      for (const piece of pieces(bytes)) {
        if (under.length >= inFlight) await under.shift();
        noted(thread.order({ kind: 'bytes', log, bytes: piece }));
      }
    },
    async ask(kind) {
      const before = under;
      under = [];
      const [told] = await Promise.all([thread.order({ kind, log }), ...before]);
      if (told === null) throw new Error('the reader told nothing of the log');
      return told;
    },
    drop() {
      // Of a thread that has ended nothing is left to drop.
      thread.order({ kind: 'drop', log }).catch(() => undefined);
    },
  };
}

/** Feeds a log to the thread. `why` says what stopped it before the end of the source. */
async function feed(opened: OpenedLog, { bytes, limit, within }: LogSource): Promise<string | null> {
  const end = performance.now() + within;
  let size = 0;
  for await (const chunk of bytes()) {
    const room = limit - size;
    await opened.write(chunk.length <= room ? chunk : chunk.subarray(0, room));
    size += chunk.length;
    if (size > limit) return `the log has more than ${limit} bytes; what follows was not read`;
    if (performance.now() > end) return `reading the log took more than ${Math.round(within / 1_000)} s`;
  }
  return null;
}

/** Nothing is started before the first log. */
export function createReader(limits: Partial<ReaderLimits> = {}): Reader {
  const all = { ...usual, ...limits };
  const seats = createSeats(all);
  let thread: Thread | null = null;
  let closed = false;
  let last = 0;
  const open = (terms: LogTerms): OpenedLog => {
    if (closed) throw new ThreadEnded('the daemon stops', true);
    if (thread?.alive() !== true) thread = startThread(all);
    last += 1;
    return openLog(thread, last, terms);
  };

  const once = async (source: LogSource): Promise<LogOutcome> => {
    const opened = open(source.terms);
    try {
      const why = await feed(opened, source);
      return { told: await opened.ask('end'), why };
    } catch (error) {
      opened.drop();
      throw error;
    }
  };
  return {
    async read(source) {
      if (closed) return { told: null, why: 'the daemon stops' };
      const leave = await seats.take();
      if (leave === null) return { told: null, why: 'too many logs wait to be read already' };
      try {
        for (let life = 1; ; life += 1) {
          try {
            return await once(source);
          } catch (error) {
            if (error instanceof LogUnreadable) return { told: null, why: error.message };
            if (!(error instanceof ThreadEnded)) throw error;
            if (error.blamed || life >= livesEach) return { told: null, why: error.message };
          }
        }
      } finally {
        leave();
      }
    },
    follow(terms) {
      const opened = open(terms);
      return { write: opened.write, look: () => opened.ask('look'), drop: opened.drop };
    },
    async close() {
      closed = true;
      await thread?.end('the daemon stops');
    },
  };
}
