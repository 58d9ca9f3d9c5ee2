// What really lies at Buildbot for a commit, asked of its own REST API by a test, without a line of the product.

import { commitOf } from './gate.ts';

export interface BuildRow {
  readonly id: number;
  readonly number: number;
  readonly complete: boolean;
  readonly results: number | null;
  readonly revision: string | null;
}

/** A build request whose buildset bears a marker of ours. */
export interface RequestRow {
  readonly id: number;
  readonly marker: string;
  readonly builder: string;
  readonly claimed: boolean;
  readonly complete: boolean;
  readonly results: number | null;
  readonly builds: readonly BuildRow[];
}

interface BuildsetJson {
  readonly bsid: number;
  readonly reason: string;
  readonly sourcestamps: readonly { readonly revision: string | null }[];
}

interface RequestJson {
  readonly buildrequestid: number;
  readonly builderid: number;
  readonly claimed: boolean;
  readonly complete: boolean;
  readonly results: number;
}

interface BuildJson {
  readonly buildid: number;
  readonly number: number;
  readonly complete: boolean;
  readonly results: number | null;
  readonly properties: { readonly got_revision?: readonly [string, string] };
}

async function rows<Row>(api: string, resource: string, query: string): Promise<readonly Row[]> {
  const answer = await fetch(`${api}/${resource}?${query}`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`Buildbot answered ${answer.status} to ${resource}?${query}`);
  const document = (await answer.json()) as Readonly<Record<string, readonly Row[]>>;
  return document[resource.split('/').at(-1) ?? ''] ?? [];
}

async function buildsOf(api: string, request: number): Promise<readonly BuildRow[]> {
  const builds = await rows<BuildJson>(
    api,
    'builds',
    `buildrequestid__eq=${request}&property=got_revision&order=buildid`,
  );
  return builds.map(({ buildid, number, complete, results, properties }) => ({
    id: buildid,
    number,
    complete,
    results,
    revision: properties.got_revision?.[0] ?? null,
  }));
}

/** Every request that was ever made under a marker for the commit of `change(name)`, in the order of their ids. */
export async function requestsFor(api: string, name: string): Promise<readonly RequestRow[]> {
  const [sets, builders] = await Promise.all([
    rows<BuildsetJson>(api, 'buildsets', 'order=-bsid&limit=100'),
    rows<{ readonly builderid: number; readonly name: string }>(
      api,
      'builders',
      'field=builderid&field=name',
    ),
  ]);
  const names = new Map(builders.map((builder) => [builder.builderid, builder.name]));
  const ours = sets.filter(
    ({ reason, sourcestamps }) =>
      reason.includes('gearbridge ') && sourcestamps.some(({ revision }) => revision === commitOf(name)),
  );
  const found: RequestRow[] = [];
  for (const { bsid, reason } of ours) {
    for (const row of await rows<RequestJson>(api, 'buildrequests', `buildsetid__eq=${bsid}`)) {
      found.push({
        id: row.buildrequestid,
        marker: reason,
        builder: names.get(row.builderid) ?? `builder ${row.builderid}`,
        claimed: row.claimed,
        complete: row.complete,
        results: row.complete ? row.results : null,
        builds: await buildsOf(api, row.buildrequestid),
      });
    }
  }
  return found.sort((one, other) => one.id - other.id);
}

/** How far the step of that name is in a build: null before it; its results once it is complete. */
export async function stepOf(api: string, build: number, name: string): Promise<'running' | number | null> {
  interface StepJson {
    readonly name: string;
    readonly started_at: number | null;
    readonly results: number | null;
    readonly complete: boolean;
  }
  const steps = await rows<StepJson>(api, `builds/${build}/steps`, '');
  const step = steps.find((each) => each.name === name);
  if (step === undefined || step.started_at === null) return null;
  return step.complete ? step.results : 'running';
}
