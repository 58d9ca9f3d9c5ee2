// Build requests with their builds, and buildsets found by their reason.

import type { BuildFacts, BuildsetFacts, RequestFacts } from '../gate/facts.ts';
import type { BuildsetId, Marker, RequestId } from '../gate/ids.ts';
import { BuildbotError } from './buildbot-error.ts';
import { buildProperties, readBuild } from './build-row.ts';
import type { BuilderNames, NameMap } from './builder-names.ts';
import type { FinishedBuilds } from './builds.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import { countOf, flagOf, resultsOf, rowsOf, textOf } from './read-json.ts';
import type { Row } from './read-json.ts';
import { segment } from './rest.ts';
import type { Rest } from './rest.ts';

/** Proxies and Twisted refuse request lines beyond 8 or 16 KB. */
const urlRoom = 5500;

/** Queries of at most `urlRoom` characters that name all the ids. */
export function chunkedQueries(field: string, ids: readonly number[]): readonly string[] {
  const queries: string[] = [];
  let query = '';
  for (const id of ids) {
    const term = `${field}__in=${id}`;
    if (query !== '' && query.length + term.length + 1 > urlRoom) {
      queries.push(query);
      query = '';
    }
    query += query === '' ? term : `&${term}`;
  }
  return query === '' ? queries : [...queries, query];
}

// One after the other: a long list must not take every connection.
async function readAll<Value>(
  queries: readonly string[],
  read: (query: string) => Promise<readonly Value[]>,
): Promise<readonly Value[]> {
  const all: Value[] = [];
  for (const query of queries) all.push(...(await read(query)));
  return all;
}

interface RequestRow {
  readonly id: RequestId;
  readonly buildset: BuildsetId;
  readonly builder: number;
  readonly claimed: boolean;
  readonly complete: boolean;
  readonly results: RequestFacts['results'];
}

function readRequest(row: Row): RequestRow {
  const complete = flagOf(row, 'complete');
  return {
    id: countOf(row, 'buildrequestid') as RequestId,
    buildset: countOf(row, 'buildsetid') as BuildsetId,
    builder: countOf(row, 'builderid'),
    claimed: flagOf(row, 'claimed'),
    complete,
    results: resultsOf(row, complete),
  };
}

const requestFields = ['buildrequestid', 'buildsetid', 'builderid', 'claimed', 'complete', 'results']
  .map((name) => `field=${name}`)
  .join('&');

function readRequests(rest: Rest, field: string, ids: readonly number[]): Promise<readonly RequestRow[]> {
  return readAll(chunkedQueries(field, ids), (query) =>
    rest.read({
      path: `buildrequests?${requestFields}&${query}`,
      verb: 'requests',
      as: (body) => rowsOf(body, 'buildrequests').map(readRequest),
    }),
  );
}

function nameOf(names: NameMap, builder: number): BuilderName {
  const name = names.get(builder);
  if (name !== undefined) return name;
  throw new BuildbotError({
    retry: 'transient',
    fault: 'bad-answer',
    method: 'GET',
    path: 'api/v2/builders',
    status: 200,
    sent: true,
    why: `the master has requests for builder id ${builder}, but lists no such builder`,
  });
}

export interface Lookups {
  readonly rest: Rest;
  readonly names: BuilderNames;
  readonly finished: FinishedBuilds;
}

/** The builds of many requests, by request, in the order in which they began. */
async function buildsOf(
  { rest, finished }: Pick<Lookups, 'rest' | 'finished'>,
  ids: readonly RequestId[],
): Promise<ReadonlyMap<number, readonly BuildFacts[]>> {
  // Unknown filters are ignored (BUILDBOT.md section 1): what was not asked for is in the map then, and not looked up.
  const rows = await readAll(chunkedQueries('buildrequestid', ids), (query) =>
    rest.read({
      path: `builds?${buildProperties}&${query}`,
      verb: 'builds',
      as: (body) => rowsOf(body, 'builds').map(readBuild),
    }),
  );
  const found = new Map<number, BuildFacts[]>();
  for (const { request, facts } of rows) {
    finished.note(facts);
    found.set(request, [...(found.get(request) ?? []), facts]);
  }
  for (const builds of found.values()) builds.sort((one, other) => one.id - other.id);
  return found;
}

/** The builds of one request, in the order in which they began; steps not looked at. One call. */
export async function lookAtBuildsOf(
  lookups: Pick<Lookups, 'rest' | 'finished'>,
  request: RequestId,
): Promise<readonly BuildFacts[]> {
  return (await buildsOf(lookups, [request])).get(request) ?? [];
}

/** Requests with their builds, two calls for up to about 200; those that the master does not know are left out. */
export async function lookAtRequests(
  lookups: Lookups,
  ids: readonly RequestId[],
): Promise<readonly RequestFacts[]> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return [];
  const wanted = new Set(unique);
  const rows = (await readRequests(lookups.rest, 'buildrequestid', unique)).filter((row) =>
    wanted.has(row.id),
  );
  // Requests first: one that reads complete here has all its builds in the answer that is asked for after it.
  const builds = await buildsOf(lookups, unique);
  const names = await lookups.names.covering(rows.map((row) => row.builder));
  return rows.map((row) => ({
    ...row,
    builder: nameOf(names, row.builder),
    builds: builds.get(row.id) ?? [],
  }));
}

/**
 * Takes `A build was forced by '<owner>': ` off a reason. The owner may hold quotes and colons, our markers never do: so
 * the last `': ` is the one that ends it.
 */
export function markerOf(reason: string): Marker {
  if (!reason.startsWith("A build was forced by '")) return reason as Marker;
  const end = reason.lastIndexOf("': ");
  return (end === -1 ? reason : reason.slice(end + 3)) as Marker;
}

export interface BuildsetQuery {
  readonly contains: string;
  readonly after?: BuildsetId;
  readonly unfinished: boolean;
  readonly withRequests: boolean;
}

interface BuildsetRow {
  readonly id: BuildsetId;
  readonly marker: Marker;
  readonly complete: boolean;
}

function readBuildset(row: Row): BuildsetRow {
  return {
    id: countOf(row, 'bsid') as BuildsetId,
    marker: markerOf(textOf(row, 'reason')),
    complete: flagOf(row, 'complete'),
  };
}

function buildsetPath(query: BuildsetQuery): string {
  const after = query.after === undefined ? '' : `&bsid__gt=${query.after}`;
  const open = query.unfinished ? '&complete=false' : '';
  const contains = `&reason__contains=${segment(query.contains)}`;
  return `buildsets?field=bsid&field=reason&field=complete${after}${open}${contains}`;
}

/** Buildsets whose marker contains the text, oldest first; with their requests in one call more (for up to about 200). */
export async function lookForBuildsets(
  { rest, names }: Lookups,
  query: BuildsetQuery,
): Promise<readonly BuildsetFacts[]> {
  const rows = await rest.read({
    path: buildsetPath(query),
    verb: 'buildsets',
    as: (body) => rowsOf(body, 'buildsets').map(readBuildset),
  });
  const { after, unfinished, contains } = query;
  // A filter that a master does not know is ignored, and `contains` is an SQL LIKE: hold each row against the query.
  const hits = rows
    .filter((row) => row.marker.includes(contains))
    .filter((row) => (after === undefined || row.id > after) && !(unfinished && row.complete))
    .sort((one, other) => one.id - other.id);
  if (!query.withRequests || hits.length === 0) return hits.map((row) => ({ ...row, requests: [] }));
  const ids = hits.map((row) => row.id);
  const requests = await readRequests(rest, 'buildsetid', ids);
  const known = await names.covering(requests.map((row) => row.builder));
  return hits.map((row) => ({
    ...row,
    requests: requests
      .filter((request) => request.buildset === row.id)
      .map(({ id, builder, complete, claimed }) => ({
        id,
        builder: nameOf(known, builder),
        complete,
        claimed,
      })),
  }));
}

/** The newest buildset's id; 0 on an empty master. */
export function lookForNewestBuildset(rest: Rest): Promise<BuildsetId> {
  return rest.read({
    path: 'buildsets?field=bsid&order=-bsid&limit=1',
    verb: 'newest-buildset',
    as: (body) =>
      rowsOf(body, 'buildsets').reduce((most, row) => Math.max(most, countOf(row, 'bsid')), 0) as BuildsetId,
  });
}
