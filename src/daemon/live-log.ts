// A log that is read while its step runs: its new lines go through the reader's thread, and it is asked what they tell so far.

import type { Master } from '../buildbot/master.ts';
import type { StdioPlace } from '../buildbot/log-pages.ts';
import type { FollowedLog, Reader } from '../evidence/reader/create-reader.ts';
import type { LogTerms, Told } from '../evidence/reader/orders.ts';
import type { Signature } from '../flakes/signature/signature.ts';

export interface LiveLogParts {
  readonly master: Pick<Master, 'nextLines'>;
  readonly reader: Pick<Reader, 'follow'>;
  /** The signatures in force; the same list while they are the same. */
  readonly signatures: () => readonly Signature[];
}

export interface LiveLog {
  /** Reads what is new, at most so many pages of it. null: nothing is. */
  next(pages: number): Promise<Told | null>;
  /** Lines that were read. */
  lines(): number;
  /** It was read with signatures that are not in force any more. */
  isStale(): boolean;
  /** It is too large to be followed on; its end is read all the same. */
  isTooLarge(): boolean;
  drop(): void;
}

/** Bytes of one log that are read while it grows. */
const mostBytes = 64 * 1024 * 1024;

/** Nothing is asked before the first `next`. Its calls reject with what Buildbot or the reader's thread rejects with. */
export function createLiveLog(
  { master, reader, signatures }: LiveLogParts,
  place: StdioPlace,
  terms: LogTerms,
): LiveLog {
  let log: FollowedLog | null = null;
  let [lines, bytes] = [0, 0];
  let openedWith = signatures();

  const open = (): FollowedLog => {
    openedWith = signatures();
    return reader.follow(terms);
  };
  const drop = (): void => {
    log?.drop();
    log = null;
  };
  return {
    async next(pages) {
      const before = lines;
      for (let page = 0; page < pages && bytes < mostBytes; page += 1) {
        const next = await master.nextLines(place, lines);
        if (next.lines === 0) break;
        log ??= open();
        for (const piece of next.pieces) {
          // What is written is handed over, and has no length then.
          bytes += piece.length;
          await log.write(piece);
        }
        lines += next.lines;
        if (!next.full) break;
      }
      return log === null || lines === before ? null : log.look();
    },
    lines: () => lines,
    isStale: () => log !== null && openedWith !== signatures(),
    isTooLarge: () => bytes >= mostBytes,
    drop,
  };
}
