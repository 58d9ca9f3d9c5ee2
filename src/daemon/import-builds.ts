// The import: finished builds from before the daemon watched, oldest first, a page of a hundred at a time and with rests between.
// How far it has come is written down after each page, so that a restart goes on there.

import { BuildbotError } from '../buildbot/buildbot-error.ts';
import type { Master } from '../buildbot/master.ts';
import type { Log } from '../observe/log.ts';
import type { History } from '../store/history.ts';
import type { ImportOutcome } from '../views/actions.ts';
import type { ImportView } from '../views/flakes.ts';
import { iso, oneLine } from '../views/text.ts';
import { add, nothingRecorded, type FleetHistory, type Recorded } from './fleet-history.ts';

export interface ImportParts {
  readonly master: Pick<Master, 'builds' | 'newestBuild' | 'firstBuildSince'>;
  readonly history: Pick<History, 'note' | 'setNote'>;
  readonly fleet: FleetHistory;
  /** Whether Buildbot answers and the fleet is known. */
  readonly ready: () => boolean;
  readonly stopping: () => boolean;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly log: Log;
}

export interface Importer {
  /** Starts an import of builds that began since then (milliseconds since 1970). */
  start(since: number): Promise<ImportOutcome>;
  /** Goes on with one that was under way when the daemon ended. */
  resume(): Promise<void>;
  look(): Promise<ImportView>;
  /** The last build that an import has read or will read; null: there was none. */
  upTo(): Promise<number | null>;
}

const note = 'import';
const page = 100;
/** Milliseconds. */
const betweenPages = 200;
const whileAway = 10_000;
/** Tries in a row that may fail before it stops: an hour of a master that is away. */
const mostTries = 360;

interface State extends Recorded {
  readonly state: 'running' | 'done' | 'stopped';
  readonly why: string;
  readonly since: number;
  /** Builds up to this id are read; the last to be read is `until`. */
  readonly above: number;
  readonly until: number;
  /** Milliseconds since 1970 at which the newest build read so far began. */
  readonly reached: number | null;
}

function viewOf(state: State | null): ImportView {
  const none = { state: 'never', why: '', since: null, reached: null, ...nothingRecorded } as const;
  if (state === null) return none;
  const { since, reached, builds, failures, unread, why } = state;
  return {
    state: state.state,
    why: oneLine(why, 300),
    since: iso(since),
    reached: reached === null ? null : iso(reached),
    builds,
    failures,
    unread,
  };
}

export function createImporter(parts: ImportParts): Importer {
  const { master, history, log } = parts;
  let running = false;
  let latest: State | null = null;

  const keep = async (state: State): Promise<State> => {
    latest = state;
    await history.setNote(note, JSON.stringify(state));
    return state;
  };
  const kept = async (): Promise<State | null> => {
    const text = latest === null ? await history.note(note) : null;
    // Only this file writes the note.
    return text === null ? latest : (JSON.parse(text) as State);
  };

  /** The next page; the state after it. */
  const step = async (state: State): Promise<State> => {
    const builds = await master.builds({ above: state.above, limit: page });
    const wanted = builds.filter(({ id }) => id <= state.until);
    const recorded = await parts.fleet.record(wanted, parts.stopping);
    // What was cut short by the end of the daemon is read again: what is kept already costs nothing.
    if (parts.stopping()) return state;
    const last = wanted.at(-1);
    const isLast = last === undefined || last.id >= state.until || builds.length < page;
    return keep({
      ...state,
      ...add(state, recorded),
      state: isLast ? 'done' : 'running',
      above: last?.id ?? state.until,
      reached: last === undefined ? state.reached : last.startedAt * 1_000,
    });
  };

  const failed = async (state: State, error: unknown, tries: number): Promise<State> => {
    const passes = error instanceof BuildbotError && error.retry === 'transient' && tries < mostTries;
    if (passes) {
      await parts.pause(whileAway);
      return state;
    }
    const why = error instanceof Error ? error.message : String(error);
    log.warn({ component: 'buildbot', err: error }, 'the import of builds has stopped');
    return keep({ ...state, state: 'stopped', why });
  };

  const run = async (from: State): Promise<void> => {
    let state = from;
    for (let tries = 0; state.state === 'running' && !parts.stopping();) {
      try {
        if (parts.ready()) {
          state = await step(state);
          tries = 0;
          await parts.pause(betweenPages);
        } else await parts.pause(whileAway);
      } catch (error) {
        tries += 1;
        state = await failed(state, error, tries);
      }
    }
    if (state.state === 'done') log.info({ count: state.builds }, 'the import of builds is done');
  };

  const begin = (state: State): void => {
    running = true;
    run(state)
      .catch((error: unknown) => {
        log.warn(
          { component: 'store', err: error },
          'the import of builds could not be kept; start it again',
        );
      })
      .finally(() => {
        running = false;
      });
  };

  return {
    async start(since) {
      if (running) return { kind: 'running' };
      if (!parts.ready()) return { kind: 'unavailable', why: 'Buildbot cannot be asked now' };
      running = true;
      try {
        const [first, until] = [await master.firstBuildSince(since / 1_000), await master.newestBuild()];
        const state = { state: 'running', why: '', since, above: first - 1, until, reached: null } as const;
        begin(await keep({ ...state, ...nothingRecorded }));
        return { kind: 'ok' };
      } catch (error) {
        running = false;
        return { kind: 'unavailable', why: error instanceof Error ? error.message : String(error) };
      }
    },
    async resume() {
      const state = await kept();
      if (state?.state === 'running' && !running) begin((latest = state));
    },
    look: async () => viewOf(await kept()),
    upTo: async () => (await kept())?.until ?? null,
  };
}
