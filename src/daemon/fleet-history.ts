// Builds of the fleet that nobody's gate made go into the history, those that went wrong with their failures.

import { BuildbotError } from '../buildbot/buildbot-error.ts';
import type { ListedBuild } from '../buildbot/build-list.ts';
import type { Master } from '../buildbot/master.ts';
import type { Config } from '../config/config.ts';
import type { Builder } from '../fleet/fleet.ts';
import type { BuildFacts } from '../gate/facts.ts';
import type { BuildId } from '../gate/ids.ts';
import type { Reading } from '../flakes/reading.ts';
import type { BuildRecord } from '../store/build-record.ts';
import type { History } from '../store/history.ts';
import { fleetBuild, fleetRecord, wantsReading, type BuildRead, type FleetBuild } from './base-builds.ts';

/** Reads what went wrong in a finished build; rejects only where Buildbot may answer later. */
export type ReadFleetBuild = (build: FleetBuild, facts: BuildFacts) => Promise<Reading>;

export interface FleetHistoryParts {
  readonly config: () => Pick<Config, 'jobs' | 'fleet'>;
  readonly fleet: () => readonly Builder[] | null;
  readonly master: Pick<Master, 'build'>;
  readonly history: Pick<History, 'knownBuilds' | 'recordBuilds'>;
  readonly read: ReadFleetBuild;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

export interface Recorded {
  readonly builds: number;
  readonly failures: number;
  /** Builds that could not be read whole. */
  readonly unread: number;
}

export interface FleetHistory {
  /**
   * Records those of these builds that are finished, not the gate's, of a builder that some job is for, and not kept yet. Rejects with
   * a BuildbotError or a StoreError; what came before is kept then. `stop` is asked between builds.
   */
  record(builds: readonly ListedBuild[], stop: () => boolean): Promise<Recorded>;
}

/** Builds that passed cost no call and are kept together. */
const together = 20;
/** Tries to read a build, and builds whose tries are counted. */
const mostTries = 3;
const mostTried = 1_000;
/** Milliseconds. Buildbot gets as long a rest as it worked, within these. */
const rest = { least: 20, most: 3_000 };

export const nothingRecorded: Recorded = { builds: 0, failures: 0, unread: 0 };

export function add(one: Recorded, other: Recorded): Recorded {
  return {
    builds: one.builds + other.builds,
    failures: one.failures + other.failures,
    unread: one.unread + other.unread,
  };
}

/** No answer at all says nothing of the build. */
function isAway(error: unknown): boolean {
  return error instanceof BuildbotError && error.status === null;
}

function unread(why: string): Reading {
  return { failures: [], more: 0, doubt: `it could not be read: ${why}`, repeats: null, base: null };
}

export function createFleetHistory(parts: FleetHistoryParts): FleetHistory {
  const { history, master } = parts;
  const failedTries = new Map<BuildId, number>();

  /** A build that fails to be read again and again must not hold up those behind it: then it is kept without its failures. */
  const tried = async (build: FleetBuild): Promise<BuildRead> => {
    const { id } = build.listed;
    try {
      const facts = await master.build(id);
      return { facts, reading: await parts.read(build, facts) };
    } catch (error) {
      const count = (failedTries.get(id) ?? 0) + 1;
      failedTries.delete(id);
      if (count >= mostTries && !isAway(error)) {
        return { facts: null, reading: unread(error instanceof Error ? error.message : String(error)) };
      }
      failedTries.set(id, count);
      const [oldest] = failedTries.keys();
      if (failedTries.size > mostTried && oldest !== undefined) failedTries.delete(oldest);
      throw error;
    }
  };

  const recordOf = async (build: FleetBuild): Promise<BuildRecord> => {
    const { platforms } = parts.config().fleet;
    if (!wantsReading(build.listed)) return fleetRecord(build, null, platforms);
    const begun = performance.now();
    const read = await tried(build);
    await parts.pause(Math.min(rest.most, Math.max(rest.least, performance.now() - begun)));
    return fleetRecord(build, read, platforms);
  };

  const keep = async (records: readonly BuildRecord[]): Promise<Recorded> => ({
    builds: await history.recordBuilds(records),
    failures: records.reduce((sum, { failures, more }) => sum + failures.length + more, 0),
    unread: records.filter(({ doubt, failures }) => doubt !== null && failures.length === 0).length,
  });

  const newOnes = async (listed: readonly ListedBuild[]): Promise<readonly FleetBuild[]> => {
    const fleet = parts.fleet() ?? [];
    const builds = listed.flatMap((one) => fleetBuild(one, parts.config(), fleet) ?? []);
    const known = await history.knownBuilds(
      builds.map(({ listed: { id, startedAt } }) => ({ id, startedAt: startedAt * 1_000 })),
    );
    return builds.filter((build) => !known.has(build.listed.id));
  };

  return {
    async record(listed, stop) {
      let done = nothingRecorded;
      let waiting: BuildRecord[] = [];
      const flush = async (): Promise<void> => {
        const records = waiting;
        waiting = [];
        if (records.length > 0) done = add(done, await keep(records));
      };
      try {
        for (const build of await newOnes(listed)) {
          if (stop()) break;
          waiting.push(await recordOf(build));
          if (waiting.length >= together) await flush();
        }
      } finally {
        await flush();
      }
      return done;
    },
  };
}
