// The reader: logs are read in a thread of its own, so that no log, however large or hostile, holds up the gate. The thread is
// started when the first log comes, and started again when it died; only the log that it was with is given up.

import { buildIn, type BuildInThread } from './build-in-thread.ts';
import type { Signature } from '../../flakes/signature/signature.ts';
import type { LogTerms, Told } from './orders.ts';
import { createSeats } from './seats.ts';
import { LogUnreadable, startThread, ThreadEnded, type Thread, type ThreadLimits } from './start-thread.ts';

export interface LogSource {
  readonly terms: LogTerms;
  /** The bytes from the first on, which are handed over; asked for again where the thread died over another log. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
  /** Bytes that are read at the most. */
  readonly limit: number;
}

export interface BuildSource {
  readonly logs: readonly LogSource[];
  /** Milliseconds that reading all of it may take, waiting for its turn not counted. */
  readonly within: number;
}

/** `why`: the log was not read to its end. `told` is null where nothing of it could be read. */
export interface LogOutcome {
  readonly told: Told | null;
  readonly why: string | null;
}

/** A log that is still written to. */
export interface FollowedLog {
  /** Resolves when there is room for more. The bytes are handed over: they may not be used any more. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** What it tells so far. */
  readonly look: () => Promise<Told | null>;
  /** Gives it up; nothing more is told. */
  readonly drop: () => void;
}

export interface Reader {
  /** Reads the logs of a build, one outcome for each. Rejects with what a source rejects with, with nothing else. */
  readonly read: (source: BuildSource) => Promise<readonly LogOutcome[]>;
  /** Opens a log that grows. Its calls reject when the thread ends; whoever follows may open it again. */
  readonly follow: (terms: LogTerms) => FollowedLog;
  /** Signatures for the logs that are opened from now on. Their regexes must have passed the engine's `refusal`. */
  readonly use: (signatures: readonly Signature[]) => void;
  readonly close: () => Promise<void>;
}

export interface ReaderOptions extends Partial<ReaderLimits> {
  /** Why the thread does not match with the signatures given last: what it had before is in force. null: it matches with them again. */
  readonly refused?: (why: string | null) => void;
}

export interface ReaderLimits extends ThreadLimits {
  /** Builds read at once. */
  readonly atOnce: number;
  /** Builds that wait for their turn. */
  readonly waiting: number;
}

const usual: ReaderLimits = { patience: 30_000, heap: 128, atOnce: 3, waiting: 2_000 };

/** A log of which the thread died, and a thread that somebody else's log ended. */
const livesEach = 4;

function unread(source: BuildSource, why: string): readonly LogOutcome[] {
  return source.logs.map(() => ({ told: null, why }));
}

/** Feeds a log to the thread until `end` on the monotonic clock. `why` says what stopped it before the end of the source. */
async function feed(build: BuildInThread, source: LogSource, end: number): Promise<string | null> {
  const { terms, bytes, limit } = source;
  const log = build.open(terms);
  let size = 0;
  let why: string | null = null;
  for await (const chunk of bytes()) {
    const room = limit - size;
    // Asked now: what is written is handed over, and has no length then.
    size += chunk.length;
    await log.write(chunk.length <= room ? chunk : chunk.subarray(0, room));
    if (size > limit) why = `the log has more than ${limit} bytes; what follows was not read`;
    else if (performance.now() > end) why = 'there was no time to read the log to its end';
    if (why !== null) break;
  }
  await log.end();
  return why;
}

/** The thread ended while it was with the log of this number. */
class LogOfDeath extends Error {
  readonly at: number;

  constructor(at: number, why: string) {
    super(why);
    this.at = at;
  }
}

/** Reads all logs but those that are given up. */
async function readOnce(
  build: BuildInThread,
  { logs, within }: BuildSource,
  givenUp: ReadonlyMap<number, string>,
): Promise<readonly LogOutcome[]> {
  const end = performance.now() + within;
  const whys: (string | null)[] = [];
  for (const [at, source] of logs.entries()) {
    try {
      whys.push(givenUp.get(at) ?? (await feed(build, source, end)));
    } catch (error) {
      if (error instanceof LogUnreadable || (error instanceof ThreadEnded && error.blamed))
        throw new LogOfDeath(at, error.message);
      throw error;
    }
  }
  const told = givenUp.size === logs.length ? [] : [...(await build.conclude())];
  return whys.map((why, at) => ({ why, told: givenUp.has(at) ? null : (told.shift() ?? null) }));
}

/** Nothing is started before the first log. */
export function createReader({ refused, ...limits }: ReaderOptions = {}): Reader {
  const all = { ...usual, ...limits };
  const seats = createSeats(all);
  let thread: Thread | null = null;
  let closed = false;
  let signatures: readonly Signature[] = [];
  let builds = 0;
  const tell = (to: Thread): void => {
    // A thread that dies of it is started again with the next log, and told again.
    to.order({ kind: 'signatures', signatures, log: 0 }).then(
      () => refused?.(null),
      (error: unknown) => {
        if (!closed) refused?.(sentenceOf(error));
      },
    );
  };
  const place = (): BuildInThread => {
    if (closed) throw new ThreadEnded('the daemon stops', false);
    if (thread?.alive() !== true) {
      thread = startThread(all);
      if (signatures.length > 0) tell(thread);
    }
    builds += 1;
    return buildIn(thread, builds);
  };

  const readAll = async (source: BuildSource): Promise<readonly LogOutcome[]> => {
    const givenUp = new Map<number, string>();
    for (let life = 1; ; life += 1) {
      let build: BuildInThread | null = null;
      try {
        build = place();
        return await readOnce(build, source, givenUp);
      } catch (error) {
        build?.drop();
        if (error instanceof LogOfDeath) givenUp.set(error.at, error.message);
        else if (!(error instanceof ThreadEnded || error instanceof LogUnreadable)) throw error;
        if (closed) return unread(source, 'the daemon stops');
        if (life >= livesEach + source.logs.length) return unread(source, sentenceOf(error));
      }
    }
  };
  return {
    async read(source) {
      const leave = await seats.take();
      if (leave === null) return unread(source, 'too many builds wait to be read already');
      try {
        return await readAll(source);
      } finally {
        leave();
      }
    },
    follow(terms) {
      const build = place();
      return { ...build.open(terms), drop: build.drop };
    },
    use(given) {
      signatures = given;
      if (thread?.alive() === true) tell(thread);
    },
    async close() {
      closed = true;
      await thread?.end('the daemon stops');
    },
  };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
