// What nothing explains, by cause: the worklist of whoever writes signatures.

import { groupsOf } from '../flakes/history/groups.ts';
import { share } from '../flakes/history/report.ts';
import type { FailureRecord, FoundFailure } from '../store/build-record.ts';
import type { History } from '../store/history.ts';
import type { FlakesScope, UnclassifiedList, UnclassifiedView } from '../views/flakes.ts';
import { iso } from '../views/text.ts';
import { counted, failureView, landed, walk, type UrlOf } from './flakes-failures.ts';
import { shareView } from './flakes-report.ts';

/** Drafts a signature for a failure; null where it cannot. */
export type Draft = (found: FoundFailure) => string | null;

const mostFailures = 10_000;
const mostGroups = 100;
const mostShown = 50;
const unexplained: readonly FailureRecord['class'][] = ['new', 'unknown'];

/** Unexplained failures by incident, and how many failures were looked at. */
interface Gathered {
  readonly byIncident: ReadonlyMap<string, readonly FoundFailure[]>;
  readonly unclassed: number;
  readonly all: number;
  readonly complete: boolean;
}

async function gather(
  history: History,
  query: { readonly scope: FlakesScope; readonly now: number },
): Promise<Gathered> {
  const byIncident = new Map<string, FoundFailure[]>();
  const seen = new Set<string>();
  let [all, unclassed] = [0, 0];
  const complete = await walk(history, query, (build) => {
    const id = `${build.id} ${build.startedAt}`;
    if (seen.has(id)) return 'more';
    seen.add(id);
    for (const failure of build.failures) {
      all += 1;
      if (!unexplained.includes(failure.class)) continue;
      unclassed += 1;
      const found = byIncident.get(failure.incident);
      if (found === undefined) byIncident.set(failure.incident, [{ build, failure }]);
      else found.push({ build, failure });
    }
    return unclassed >= mostFailures ? 'enough' : 'more';
  });
  return { byIncident, unclassed, all, complete };
}

/** The incidents of each group, the most frequent incident first. */
function groupsIn(byIncident: Gathered['byIncident']): readonly (readonly string[])[] {
  const samples = Array.from(byIncident, ([incident, found]) => {
    const times = found.map(({ build }) => build.completeAt);
    const failure = found[0]?.failure;
    const [first, last] = [times.at(-1) ?? 0, times[0] ?? 0];
    const kind = failure?.kind ?? ('other' as const);
    return { incident, kind, text: failure?.message ?? '', first, last, count: found.length };
  }).sort((one, other) => other.count - one.count);
  const members = new Map<string, string[]>();
  for (const [incident, group] of groupsOf(samples)) {
    members.set(group, [...(members.get(group) ?? []), incident]);
  }
  return [...members.values()];
}

function groupView(
  incidents: readonly string[],
  byIncident: Gathered['byIncident'],
  { urlOf, draft }: { readonly urlOf: UrlOf; readonly draft: Draft },
): UnclassifiedView | null {
  const found = incidents
    .flatMap((incident) => byIncident.get(incident) ?? [])
    .sort((one, other) => other.build.completeAt - one.build.completeAt);
  const [newest, oldest] = [found[0], found.at(-1)];
  if (newest === undefined || oldest === undefined) return null;
  return {
    group: incidents[0] ?? '',
    incidents: incidents.slice(0, mostShown),
    count: found.length,
    commits: landed(found),
    tests: counted(found.flatMap(({ failure }) => failure.testId ?? [])).map(({ name }) => name),
    builders: counted(found.map(({ build }) => build.builder)).map(({ name }) => name),
    first_seen: iso(oldest.build.completeAt),
    last_seen: iso(newest.build.completeAt),
    sample: failureView(newest, urlOf),
    draft: draft(newest),
  };
}

/** Failures that nothing explains, by cause; the most frequent first. */
export async function unclassifiedFailures(
  history: History,
  query: { readonly scope: FlakesScope; readonly now: number },
  shown: { readonly urlOf: UrlOf; readonly draft: Draft },
): Promise<UnclassifiedList> {
  const { byIncident, unclassed, all, complete } = await gather(history, query);
  const groups = groupsIn(byIncident)
    .flatMap((incidents) => groupView(incidents, byIncident, shown) ?? [])
    .sort((one, other) => other.count - one.count);
  return {
    groups: groups.slice(0, mostGroups),
    unclassified: shareView(share(unclassed, all)),
    complete: complete && groups.length <= mostGroups,
  };
}
