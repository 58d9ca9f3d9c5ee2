// The logs of one build as they are fed to the reader's thread: bounded pieces, few of them on their way.

import type { LogTerms, Told } from './orders.ts';
import type { Thread } from './start-thread.ts';

/** Bytes of one order, and orders on their way for one log: what is in flight stays below 1 MiB a log. */
const pieceSize = 64 * 1024;
const inFlight = 8;

export interface LogInThread {
  /** Resolves when there is room for more. The bytes are handed over: they may not be used any more. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** What it tells so far; null for a report. */
  readonly look: () => Promise<Told | null>;
  readonly end: () => Promise<void>;
}

export interface BuildInThread {
  readonly open: (terms: LogTerms) => LogInThread;
  /** What each of its logs told, in the order in which they were opened. */
  readonly conclude: () => Promise<readonly Told[]>;
  readonly drop: () => void;
}

/** Whether nobody else has a part of the buffer: Node lays small ones of many into one. */
function isAlone(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset } = bytes;
  return buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength !== Buffer.poolSize;
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array<ArrayBuffer>> {
  // A copy would be garbage of the main thread, whose collector waits for 32 MiB of it; the reader's does not.
  if (bytes.length <= pieceSize && isAlone(bytes)) {
    yield bytes;
    return;
  }
  for (let from = 0; from < bytes.length; from += pieceSize)
    yield new Uint8Array(bytes.subarray(from, from + pieceSize));
}

let lastLog = 0;

function logIn(thread: Thread, build: number, terms: LogTerms): LogInThread {
  lastLog += 1;
  const log = lastLog;
  let under: Promise<unknown>[] = [];
  const noted = (order: Promise<unknown>): void => {
    // Its rejection is met where it is waited for; until then it must not count as unhandled.
    order.catch(() => undefined);
    under.push(order);
  };
  const after = async (kind: 'look' | 'end'): Promise<readonly Told[]> => {
    const before = under;
    under = [];
    const [told] = await Promise.all([thread.order({ kind, log }), ...before]);
    return told;
  };
  noted(thread.order({ kind: 'open', build, log, terms }));
  return {
    async write(bytes) {
      for (const piece of pieces(bytes)) {
        if (under.length >= inFlight) await under.shift();
        noted(thread.order({ kind: 'bytes', log, bytes: piece }));
      }
    },
    look: async () => (await after('look'))[0] ?? null,
    async end() {
      await after('end');
    },
  };
}

/** A build's place in a thread; `build` is a number that no other build of this process has. */
export function buildIn(thread: Thread, build: number): BuildInThread {
  return {
    open: (terms) => logIn(thread, build, terms),
    conclude: () => thread.order({ kind: 'conclude', build, log: 0 }),
    drop() {
      // Of a thread that has ended nothing is left to drop.
      thread.order({ kind: 'drop', build, log: 0 }).catch(() => undefined);
    },
  };
}
