// New builds of the fleet, recorded as they finish. What the events tell of is asked for about once a minute, so that an idle gate on a
// busy master stays within its four calls a minute; without events everything that runs is asked for, less often.

import type { ListedBuild } from '../buildbot/build-list.ts';
import type { Hint, Master } from '../buildbot/master.ts';
import type { Log } from '../observe/log.ts';
import type { History } from '../store/history.ts';
import type { FleetHistory } from './fleet-history.ts';

export interface FollowBuildsParts {
  readonly master: Pick<Master, 'builds' | 'newestBuild' | 'watching'>;
  readonly history: Pick<History, 'note' | 'setNote'>;
  readonly fleet: FleetHistory;
  /** The last build that an import has read or will read; null: there was none. */
  readonly importedUpTo: () => Promise<number | null>;
  readonly ready: () => boolean;
  readonly stopping: () => boolean;
  readonly mono: () => number;
  readonly log: Log;
}

export interface FollowBuilds {
  hint(hint: Hint): void;
  /** Does what is due; called about once a second. Rejects when Buildbot or the store does. */
  tick(): Promise<void>;
}

/** Milliseconds. */
const atMostEvery = 60_000;
const withoutEvents = 120_000;
const netEvery = 600_000;
const afterGap = 15_000;
const page = 100;
const pagesARound = 20;
/** Builds that run at one time; of more, the oldest are left to the import. */
const mostOpen = 2_000;
const note = 'fleet builds';

interface Place {
  /** Every build up to this id was listed. */
  readonly above: number;
  /** Those of them that were running then. */
  readonly open: readonly number[];
}

function readPlace(text: string | null): Place | null {
  if (text === null) return null;
  const value = JSON.parse(text) as Place;
  return { above: value.above, open: value.open };
}

export function createFollowBuilds(parts: FollowBuildsParts): FollowBuilds {
  const { master, history, log } = parts;
  let place: Place | null = null;
  const ended = new Set<number>();
  let heard = true;
  let [asked, netAt] = [-Infinity, -Infinity];

  const start = async (): Promise<Place> => {
    const kept = readPlace(await history.note(note));
    const newest = await master.newestBuild();
    // A master whose ids begin anew has nothing of what was kept open.
    if (kept !== null && kept.above <= newest) return kept;
    if (kept !== null) {
      const why = `its newest build is ${newest}, and builds up to ${kept.above} were known`;
      log.warn(
        { component: 'buildbot', why },
        'the master deals out build ids anew; its builds are followed from here',
      );
    }
    // What landed since an import is not to be lost because the daemon ended right after it.
    const imported = kept === null ? await parts.importedUpTo() : null;
    return { above: Math.min(imported ?? newest, newest), open: [] };
  };

  /** Lists what is new, page by page; what runs is kept open. */
  const listNew = async (
    from: Place,
  ): Promise<{ readonly place: Place; readonly builds: readonly ListedBuild[] }> => {
    const builds: ListedBuild[] = [];
    let { above } = from;
    for (let nth = 0; nth < pagesARound; nth += 1) {
      const some = await master.builds({ above, limit: page });
      builds.push(...some);
      above = some.at(-1)?.id ?? above;
      if (some.length < page) break;
    }
    const running = builds.filter(({ completeAt }) => completeAt === null).map(({ id }) => id);
    return { place: { above, open: [...from.open, ...running].slice(-mostOpen) }, builds };
  };

  const round = async (isNet: boolean): Promise<void> => {
    place ??= await start();
    const known = new Set(place.open);
    const batch = [...ended];
    const due = isNet || !master.watching() ? place.open : batch.filter((id) => known.has(id));
    const looked = due.length === 0 ? [] : await master.builds({ ids: due });
    const listed = await listNew(place);
    const finished = looked.filter(({ completeAt }) => completeAt !== null);
    const { builds } = await parts.fleet.record([...finished, ...listed.builds], parts.stopping);
    if (parts.stopping()) return;
    const gone = new Set(finished.map(({ id }) => id as number));
    place = { above: listed.place.above, open: listed.place.open.filter((id) => !gone.has(id)) };
    for (const id of batch) ended.delete(id);
    await history.setNote(note, JSON.stringify(place));
    if (builds > 0) log.info({ component: 'buildbot', count: builds }, 'recorded builds of the fleet');
  };

  const isDue = (now: number): 'no' | 'yes' | 'net' => {
    // After a gap everything is looked at, but a connection that comes and goes must not make it a habit.
    if (now - netAt >= netEvery && now - asked >= afterGap) return 'net';
    const pause = master.watching() ? atMostEvery : withoutEvents;
    return now - asked >= pause && (heard || !master.watching()) ? 'yes' : 'no';
  };

  return {
    hint(hint) {
      if (hint.kind === 'resync') netAt = -Infinity;
      if (hint.kind !== 'build') return;
      if (hint.finished || hint.seen !== null) heard = true;
      if (hint.finished && ended.size < mostOpen) ended.add(hint.build);
    },
    async tick() {
      const due = parts.ready() ? isDue(parts.mono()) : 'no';
      if (due === 'no') return;
      const before = heard;
      heard = false;
      asked = parts.mono();
      if (due === 'net') netAt = asked;
      try {
        await round(due === 'net');
      } catch (error) {
        heard = before || heard;
        throw error;
      }
    },
  };
}
