// Finished builds and their failures: recorded once, counted in the same step, found by time and by trait, forgotten by age.

import type { BuildRecord, FoundFailure } from '../build-record.ts';
import type { BuildsQuery, Trait } from '../history.ts';
import { StoreError } from '../store-error.ts';
import type { Standing } from '../tally.ts';
import {
  baseKeys,
  excusedKey,
  failedKey,
  idKey,
  recordKey,
  revisionKey,
  revisionSeenKey,
  seenKeys,
  seenPrefix,
  traitOf,
  voteKey,
} from './build-keys.ts';
import type { Engine } from './engine.ts';
import { together, type GroupCommit, type View, type Write } from './group-commit.ts';
import { readable, seal, sortable, unseal } from './record.ts';
import { countBuild, tallyKeys } from './tallies.ts';

/** A build with fifty failures of bounded text is far smaller. */
const maxBuildBytes = 256 * 1024;
/** Builds in one durable step: each counts in hundreds of rows, and the journal waits behind them. */
const chunk = 20;
const maxPage = 2_000;

/** What is kept of a commit on a builder, for one vote each. */
interface Vote {
  readonly red: boolean;
  readonly retested: boolean;
  readonly flipped: boolean;
}

/** What a base build shows of a key, as it stands beside the key. */
export interface SeenValue {
  readonly record: string;
  readonly source: BuildRecord['source'];
  readonly project: string;
  readonly branch: string;
  readonly revision: string;
  readonly builder: string;
}

export interface BaseValue {
  readonly revision: string;
  readonly keys: readonly string[];
}

export async function recordBuilds(commits: GroupCommit, builds: readonly BuildRecord[]): Promise<number> {
  let recorded = 0;
  for (let from = 0; from < builds.length; from += chunk) {
    const some = builds.slice(from, from + chunk).map(recording);
    for (const isNew of await commits.submit(together(some))) if (isNew) recorded += 1;
  }
  return recorded;
}

function recording(build: BuildRecord): Write<boolean> {
  const text = seal(build);
  if (text.length > maxBuildBytes) {
    throw new StoreError('bad-record', `build ${build.id} has ${text.length} bytes of failures: not kept`);
  }
  const rows = tallyKeys(build);
  return {
    bytes: text.length,
    reads: [idKey(build), voteKey(build), revisionSeenKey(build), ...rows],
    apply: (view) => {
      if (view.get(idKey(build)) !== undefined) return false;
      view.put(idKey(build), recordKey(build));
      view.put(recordKey(build), text);
      putIndexes(view, build);
      countBuild(view, build, { rows, standing: takeVote(view, build) });
      return true;
    },
  };
}

const hasFailed = ({ failures, results }: BuildRecord): boolean => failures.length > 0 || results === 2;

function isExcused({ failures }: BuildRecord): boolean {
  return failures.some(({ ruling }) => ruling === 'forgiven' || ruling === 'withdrawn');
}

function putIndexes(view: View, build: BuildRecord): void {
  const { source, project, branch, revision, builder } = build;
  const record = recordKey(build);
  if (hasFailed(build)) view.put(failedKey(build), record);
  if (isExcused(build)) view.put(excusedKey(build), record);
  // What was not judged is found, and is no evidence.
  const proves = build.judged ? source : 'other';
  const seen = { record, source: proves, project, branch, revision, builder } satisfies SeenValue;
  for (const key of seenKeys(build)) view.put(key, seal(seen));
  if (source !== 'base') return;
  if (build.judged) putBase(view, build);
  putRevision(view, build);
}

function putBase(view: View, build: BuildRecord): void {
  const { revision, builder, failures } = build;
  const keys = [...new Set(failures.flatMap(({ excuseKey }) => (excuseKey === null ? [] : [excuseKey])))];
  const { ofBuilder, ofBranch } = baseKeys(build);
  view.put(ofBuilder, seal({ revision, keys } satisfies BaseValue));
  view.put(ofBranch, seal({ revision, builder }));
}

/** A commit landed when it was first built, also where an older build of it is read later. */
function putRevision(view: View, build: BuildRecord): void {
  const known = view.get(revisionSeenKey(build));
  if (known !== undefined && Number(known) <= build.startedAt) return;
  if (known !== undefined) view.del(revisionKey(build, Number(known)));
  view.put(revisionSeenKey(build), String(build.startedAt));
  view.put(revisionKey(build, build.startedAt), '');
}

/** The first build of a commit on a builder is its vote; a later one, or a re-run inside the build, tests it again. */
function takeVote(view: View, build: BuildRecord): Standing {
  const votes = build.source === 'base' || (build.source === 'gate' && build.role === 'vote');
  if (!votes || !build.judged) return { first: false, retested: false, flipped: false };
  const key = voteKey(build);
  const text = view.get(key);
  const known: Vote | null = text === undefined ? null : (unseal(key, text) as Vote);
  const red = hasFailed(build);
  const cleared = build.failures.some((failure) => failure.cleared);
  const retested = cleared || known !== null;
  const flipped = cleared || (known !== null && known.red !== red);
  const vote: Vote = {
    red: known?.red ?? red,
    retested,
    flipped: flipped || known?.flipped === true,
  };
  view.put(key, seal(vote));
  return {
    first: known === null,
    retested: retested && known?.retested !== true,
    flipped: flipped && known?.flipped !== true,
  };
}

export async function knownBuilds(
  engine: Engine,
  builds: readonly Pick<BuildRecord, 'id' | 'startedAt'>[],
): Promise<ReadonlySet<number>> {
  const found = await engine.get(builds.map(idKey));
  return new Set(builds.flatMap(({ id }, index) => (found[index] === undefined ? [] : [id])));
}

export async function listBuilds(engine: Engine, query: BuildsQuery): Promise<readonly BuildRecord[]> {
  const prefix = { all: 'build/', failed: 'failed/', excused: 'excused/' }[query.which];
  const at = (time: number): string => `${prefix}${sortable(Math.max(0, time), 'a time')}/`;
  const entries = await engine.scan({
    prefix,
    above: at(query.since),
    ...(query.before === undefined ? {} : { below: at(query.before) }),
    reverse: true,
    limit: Math.min(query.limit, maxPage),
  });
  if (query.which === 'all')
    return entries.flatMap(([key, text]) => readable(key, text) as readonly BuildRecord[]);
  return readRecords(
    engine,
    entries.map(([, key]) => key),
  );
}

async function readRecords(engine: Engine, keys: readonly string[]): Promise<readonly BuildRecord[]> {
  const texts = await engine.get(keys);
  return keys.flatMap((key, index) => readable(key, texts[index]) as readonly BuildRecord[]);
}

export async function findFailures(
  engine: Engine,
  query: { readonly of: Trait; readonly name: string; readonly since: number; readonly limit: number },
): Promise<readonly FoundFailure[]> {
  const prefix = seenPrefix(query.of, query.name);
  const above = `${prefix}${sortable(Math.max(0, query.since), '`since`')}/`;
  const limit = Math.min(query.limit, maxPage);
  const entries = await engine.scan({ prefix, above, reverse: true, limit });
  const sights = entries.flatMap(([key, text]) => readable(key, text) as readonly SeenValue[]);
  const builds = await readRecords(
    engine,
    sights.map(({ record }) => record),
  );
  return builds.flatMap((build) =>
    build.failures
      .filter((failure) => traitOf(failure, query.of) === query.name)
      .map((failure) => ({ build, failure })),
  );
}

export async function firstSeen(
  engine: Engine,
  trait: Trait,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await Promise.all(
    names.map(async (name) => {
      const prefix = seenPrefix(trait, name);
      const [entry] = await engine.scan({ prefix, limit: 1 });
      return entry === undefined
        ? null
        : ([name, Number(entry[0].slice(prefix.length).split('/')[0])] as const);
    }),
  );
  return new Map(found.filter((entry) => entry !== null));
}

/** The end of the oldest tenth of the time that the kept builds span; null: there are none. */
export async function oldestTenth(engine: Engine): Promise<number | null> {
  const prefix = 'build/';
  const ends = [false, true].map((reverse) => engine.scan({ prefix, reverse, limit: 1 }));
  const [oldest, newest] = (await Promise.all(ends)).map(([entry]) =>
    Number(entry?.[0].slice(prefix.length).split('/')[0]),
  );
  if (oldest === undefined || newest === undefined || Number.isNaN(oldest)) return null;
  return Math.ceil(oldest + (newest - oldest) / 10) + 1;
}

/** Deletes builds that were complete before a time, with all that leads to them; how many. Counters go by the day, elsewhere. */
export async function forgetBuilds(engine: Engine, commits: GroupCommit, before: number): Promise<number> {
  const below = `build/${sortable(before, 'the time to forget before')}/`;
  let above: string | undefined;
  for (let deleted = 0; ;) {
    const entries = await engine.scan({ prefix: 'build/', below, limit: chunk, ...(above ? { above } : {}) });
    const builds = entries.flatMap(([key, text]) => readable(key, text) as readonly BuildRecord[]);
    if (builds.length > 0) await commits.submit(together(builds.map(removal)));
    deleted += builds.length;
    above = entries.at(-1)?.[0];
    if (above === undefined || entries.length < chunk) return deleted;
  }
}

function removal(build: BuildRecord): Write<void> {
  const { ofBuilder, ofBranch } = baseKeys(build);
  const keys = [
    recordKey(build),
    idKey(build),
    failedKey(build),
    excusedKey(build),
    voteKey(build),
    ofBuilder,
    ofBranch,
  ];
  return {
    bytes: 100,
    reads: [revisionSeenKey(build)],
    apply: (view) => {
      for (const key of [...keys, ...seenKeys(build)]) view.del(key);
      if (view.get(revisionSeenKey(build)) !== String(build.startedAt)) return;
      view.del(revisionSeenKey(build));
      view.del(revisionKey(build, build.startedAt));
    },
  };
}
