// What decisions ask of the history: the base builds of a builder, the sights of each key, the commits of a branch.

import {
  controlBase,
  keyEvidence,
  rateJump,
  votesShowing,
  longDays,
  shortDays,
  type BaseBuild,
  type BaseSight,
  type FleetRuns,
} from '../../flakes/history/evidence.ts';
import type { BuildRecord } from '../build-record.ts';
import { dayOf } from '../day.ts';
import type { Evidence, EvidenceQuery } from '../history.ts';
import { basePrefix, branchPrefix, revisionPrefix, seenPrefix, type Line } from './build-keys.ts';
import type { BaseValue, SeenValue } from './builds.ts';
import type { Engine } from './engine.ts';
import { readable, sortable } from './record.ts';
import { runsOf } from './tallies.ts';

const day = 86_400_000;
/** Base builds of one builder in sixty days, sights of one key, and keys of one build, looked at. */
const mostBuilds = 10_000;
const mostSights = 5_000;
const mostKeys = 50;
/** Commits that may have landed since the base of a control, and one more. */
const mostRevisions = 6;

/** Base builds of one builder from one time to another, both included, oldest first. */
export async function baseBuilds(
  engine: Engine,
  query: Line & { readonly builder: string; readonly from: number; readonly to: number },
): Promise<readonly BaseBuild[]> {
  const prefix = basePrefix(query, query.builder);
  const found = await engine.scan({
    prefix,
    above: `${prefix}${sortable(Math.max(0, query.from), 'the time of the evidence')}/`,
    below: `${prefix}${sortable(query.to + 1, 'the time of the evidence')}/`,
    reverse: true,
    limit: mostBuilds,
  });
  return found
    .flatMap(([key, text]) =>
      (readable(key, text) as readonly BaseValue[]).map((value) => ({ ...value, at: timeIn(key, prefix) })),
    )
    .reverse();
}

function timeIn(key: string, prefix: string): number {
  return Number(key.slice(prefix.length).split('/')[0]);
}

interface Sight extends BaseSight {
  /** Key of the build's record. */
  readonly record: string;
}

async function sightsOf(
  engine: Engine,
  query: EvidenceQuery,
  [trait, name]: readonly ['key' | 'signature', string],
): Promise<readonly Sight[]> {
  const prefix = seenPrefix(trait, name);
  const found = await engine.scan({
    prefix,
    above: `${prefix}${sortable(Math.max(0, query.at - longDays * day), 'the time of the evidence')}/`,
    below: `${prefix}${sortable(query.at + 1, 'the time of the evidence')}/`,
    reverse: true,
    limit: mostSights,
  });
  return found
    .flatMap(([entry, text]) =>
      (readable(entry, text) as readonly SeenValue[]).map((value) => ({
        ...value,
        at: timeIn(entry, prefix),
      })),
    )
    .filter(
      ({ source, project, branch }) =>
        source === 'base' && project === query.project && branch === query.branch,
    );
}

/** Commits of a branch that were first seen up to a time, the newest first, with that time. */
async function newestRevisions(
  engine: Engine,
  line: Line,
  at: number,
): Promise<readonly { readonly revision: string; readonly at: number }[]> {
  const prefix = revisionPrefix(line);
  const below = `${prefix}${sortable(at + 1, 'the time of the evidence')}/`;
  const found = await engine.scan({ prefix, below, reverse: true, limit: mostRevisions });
  return found.map(([key]) => ({
    revision: JSON.parse(key.slice(key.indexOf('/', prefix.length) + 1)) as string,
    at: timeIn(key, prefix),
  }));
}

/** The signature by which the newest of these sights was named. */
async function signatureOf(engine: Engine, key: string, newest: Sight): Promise<string | null> {
  const [text] = await engine.get([newest.record]);
  const [build] = readable(newest.record, text) as readonly BuildRecord[];
  return build?.failures.find((failure) => failure.excuseKey === key)?.signature ?? null;
}

/** Votes of landed commits on the branch in the last 24 hours. */
async function runsToday(engine: Engine, query: EvidenceQuery): Promise<number> {
  const prefix = branchPrefix(query);
  const found = await engine.scan({
    prefix,
    above: `${prefix}${sortable(Math.max(0, query.at - day), 'the time of the evidence')}/`,
    below: `${prefix}${sortable(query.at + 1, 'the time of the evidence')}/`,
    limit: mostBuilds,
  });
  return new Set(found.map(([, text]) => text)).size;
}

/** Why a key excuses nothing now: it, or the signature that names it, came far more often in the last 24 hours than it used to. */
async function suspension(
  engine: Engine,
  query: EvidenceQuery,
  about: { readonly key: string; readonly sights: readonly Sight[]; readonly fleet: FleetRuns },
): Promise<string | null> {
  const { key, sights, fleet } = about;
  const [newest] = sights;
  if (newest === undefined) return null;
  const signature = await signatureOf(engine, key, newest);
  const all = signature === null ? sights : await sightsOf(engine, query, ['signature', signature]);
  const recent = votesShowing(all, query.at - day);
  // Below three hits nothing is surprising (FLAKES.md 6.4), and the runs need not be counted.
  if (recent < 3) return null;
  const runs = Math.max(recent, await runsToday(engine, query));
  return rateJump(signature ?? 'this failure', {
    today: { failures: recent, runs },
    before: {
      failures: votesShowing(all, query.at - shortDays * day) - recent,
      runs: Math.max(0, fleet.short - runs),
    },
  });
}

/** By whole days: the day counters know them without a look at thousands of builds. */
async function fleetRuns(engine: Engine, { branch, at }: EvidenceQuery): Promise<FleetRuns> {
  const lately = (days: number): Promise<number> =>
    runsOf(engine, { branch, from: dayOf(Math.max(0, at - days * day)), to: dayOf(at) });
  const [short, long] = await Promise.all([lately(shortDays), lately(longDays)]);
  return { short, long };
}

export async function readEvidence(engine: Engine, query: EvidenceQuery): Promise<Evidence> {
  const { at, branch } = query;
  const [builds, newest, fleet] = await Promise.all([
    baseBuilds(engine, { ...query, from: at - longDays * day, to: at }),
    newestRevisions(engine, query, at),
    fleetRuns(engine, query),
  ]);
  const keys = [...new Set(query.keys)].slice(0, mostKeys);
  const entries = await Promise.all(
    keys.map(async (key) => {
      const sights = await sightsOf(engine, query, ['key', key]);
      const suspended = await suspension(engine, query, { key, sights, fleet });
      return [key, keyEvidence(key, { builds, sights, fleet, at, suspended })] as const;
    }),
  );
  const revision = controlBase(
    newest.map((each) => each.revision),
    builds,
  );
  return {
    byKey: Object.fromEntries(entries),
    base: revision === null ? null : { revision, branch },
    newestSeenAt: newest[0]?.at ?? null,
  };
}
