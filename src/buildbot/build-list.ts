// Builds of anybody's, in the order of their ids: what the history reads. Pages by id cost the master least, for ids are its primary key.

import type { BuilderName, WorkerName } from '../fleet/fleet.ts';
import type { Results } from '../gate/facts.ts';
import type { BuildId } from '../gate/ids.ts';
import { property } from './build-row.ts';
import type { NameMap } from './builder-names.ts';
import { anyOf, countOf, flagOf, isRow, resultsOf, rowsOf, timeOf, type Row } from './read-json.ts';
import { chunkedQueries, type Lookups } from './requests.ts';
import type { Rest } from './rest.ts';

/** A build as the list shows it: its steps are not looked at. */
export interface ListedBuild {
  readonly id: BuildId;
  readonly number: number;
  /** null: the master lists no such builder any more. */
  readonly builder: BuilderName | null;
  readonly worker: WorkerName | null;
  /** Seconds since 1970 by the master's clock. */
  readonly startedAt: number;
  /** null while it runs. */
  readonly completeAt: number | null;
  readonly results: Results | null;
  /** `got_revision`, else what was asked for; '' where neither is known. */
  readonly revision: string;
  /** Whether it has `got_revision`. */
  readonly checkedOut: boolean;
  /** The property of that name; '' where there is none. */
  readonly branch: string;
  readonly project: string;
  /** A force scheduler made it. */
  readonly forced: boolean;
  /** It has properties of a gate's. */
  readonly gated: boolean;
}

export type BuildsAsked =
  | { readonly above: number; readonly limit: number }
  | { readonly ids: readonly number[] }
  /** The one of this number among the builds of a builder, by the builder's id: what the address of its page says. */
  | { readonly builderId: number; readonly number: number };

const gateProperties = ['gate_job', 'gate_uuid', 'gate_role'];
// A force fills in `owner` and `reason`, each marked with the form that it came from.
const asked = [
  'got_revision',
  'revision',
  'workername',
  'branch',
  'project',
  'owner',
  'reason',
  ...gateProperties,
]
  .map((name) => `property=${name}`)
  .join('&');
const forceForm = 'Force Build Form';
/** Builds write these texts, and they are kept. */
const textLimit = 300;

function textOf(row: Row, name: string): string {
  const value = property(row, name);
  // A build of several codebases has a dictionary here; ours is the one named ''.
  const own = isRow(value) ? anyOf(value, '') : value;
  return typeof own === 'string' ? own.slice(0, textLimit) : '';
}

function isForced(row: Row): boolean {
  const properties = anyOf(row, 'properties');
  if (!isRow(properties)) return false;
  return Object.values(properties).some((pair) => Array.isArray(pair) && pair[1] === forceForm);
}

interface BareBuild extends Omit<ListedBuild, 'builder'> {
  readonly builderId: number;
}

function readListed(row: Row): BareBuild {
  const complete = flagOf(row, 'complete');
  const revision = textOf(row, 'got_revision');
  const worker = textOf(row, 'workername');
  return {
    id: countOf(row, 'buildid') as BuildId,
    number: countOf(row, 'number'),
    builderId: countOf(row, 'builderid'),
    worker: worker === '' ? null : (worker as WorkerName),
    startedAt: timeOf(row, 'started_at') ?? 0,
    completeAt: complete ? timeOf(row, 'complete_at') : null,
    results: resultsOf(row, complete),
    revision: revision || textOf(row, 'revision'),
    checkedOut: revision !== '',
    branch: textOf(row, 'branch'),
    project: textOf(row, 'project'),
    forced: isForced(row),
    gated: gateProperties.some((name) => property(row, name) !== undefined),
  };
}

function withName({ builderId, ...build }: BareBuild, names: NameMap): ListedBuild {
  return { ...build, builder: names.get(builderId) ?? null };
}

function queriesFor(what: BuildsAsked): readonly string[] {
  if ('ids' in what) return chunkedQueries('buildid', what.ids);
  if ('above' in what) return [`buildid__gt=${what.above}&order=buildid&limit=${what.limit}`];
  return [`builderid=${what.builderId}&number=${what.number}&limit=1`];
}

function isWanted({ id, builderId, number }: BareBuild, what: BuildsAsked): boolean {
  if ('ids' in what) return what.ids.includes(id);
  return 'above' in what ? id > what.above : builderId === what.builderId && number === what.number;
}

/** Builds above an id, those of these ids (about 400 in one call) or the one of a number, finished or not; in the order of ids. */
export async function listBuilds(lookups: Lookups, what: BuildsAsked): Promise<readonly ListedBuild[]> {
  const rows: BareBuild[] = [];
  for (const query of queriesFor(what)) {
    rows.push(
      ...(await lookups.rest.read({
        path: `builds?${asked}&${query}`,
        verb: 'builds',
        as: (body) => rowsOf(body, 'builds').map(readListed),
      })),
    );
  }
  // A filter that a master does not know is ignored (BUILDBOT.md section 1): what was not asked for is not believed.
  const hits = rows.filter((row) => isWanted(row, what));
  const names = await lookups.names.covering(hits.map(({ builderId }) => builderId));
  return hits.map((row) => withName(row, names)).sort((one, other) => one.id - other.id);
}

async function edge(rest: Rest, query: string): Promise<{ id: number; startedAt: number } | null> {
  return rest.read({
    path: `builds?field=buildid&field=started_at&${query}&limit=1`,
    verb: 'builds',
    as: (body) => {
      const [row] = rowsOf(body, 'builds');
      return row === undefined
        ? null
        : { id: countOf(row, 'buildid'), startedAt: timeOf(row, 'started_at') ?? 0 };
    },
  });
}

/** The newest build's id; 0 on an empty master. */
export async function newestBuild(rest: Rest): Promise<number> {
  return (await edge(rest, 'order=-buildid'))?.id ?? 0;
}

/** The first id of a build that began at a time (seconds since 1970) or later, or one above the newest: about twenty calls. */
export async function firstBuildSince(rest: Rest, seconds: number): Promise<number> {
  let [low, high] = [0, (await newestBuild(rest)) + 1];
  // Ids grow with time, so the first one is found by halves; ids that are missing are passed over.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await edge(rest, `buildid__ge=${middle}&order=buildid`);
    if (found === null || found.startedAt >= seconds) high = middle;
    else low = found.id + 1;
  }
  return low;
}
