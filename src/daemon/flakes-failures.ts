// Failures one by one: what is known of a key or a test, and a search through all that is kept.

import type { BuildRecord, FailureRecord, FoundFailure } from '../store/build-record.ts';
import type { History, Trait } from '../store/history.ts';
import type { FailureList, FailureView, FlakesScope, FlakeView } from '../views/flakes.ts';
import { iso, oneLine } from '../views/text.ts';

/** Where a build stands at Buildbot. */
export type UrlOf = (build: Pick<BuildRecord, 'builder' | 'number'>) => string;

/** Builds read at a time: taking in more would hold up the gate, and a page that ends within one second must hold its builds. */
const page = 100;
/** Builds that are looked at for one answer, and milliseconds that it may take. */
const mostBuilds = 50_000;
const patience = 5_000;
const mostShown = 50;
const mostFound = 1_000;
const mostHits = 200;

const traits: readonly Trait[] = ['signature', 'key', 'incident', 'test'];

export function failureView({ build, failure }: FoundFailure, urlOf: UrlOf): FailureView {
  return {
    at: iso(build.completeAt),
    test_id: failure.testId === null ? null : oneLine(failure.testId, 300),
    kind: failure.kind,
    message: oneLine(failure.message ?? '', 300),
    step: oneLine(failure.step, 100),
    lines: failure.lines,
    class: failure.class,
    ruling: failure.ruling,
    cleared: failure.cleared,
    signature: failure.signature === null ? null : oneLine(failure.signature, 100),
    key: failure.excuseKey === null ? null : oneLine(failure.excuseKey, 400),
    incident: failure.incident,
    fingerprint: failure.fingerprint,
    builder: oneLine(build.builder, 200),
    worker: build.worker === null ? null : oneLine(build.worker, 200),
    branch: oneLine(build.branch, 200),
    revision: oneLine(build.revision, 64),
    source: build.source,
    build: build.number,
    url: urlOf(build),
  };
}

/** How often each name occurs, the most frequent first; at most fifty. */
export function counted(
  names: readonly string[],
): readonly { readonly name: string; readonly failures: number }[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Array.from(counts, ([name, failures]) => ({ name: oneLine(name, 200), failures }))
    .sort((one, other) => other.failures - one.failures)
    .slice(0, mostShown);
}

/** Landed commits among these failures. */
export function landed(found: readonly FoundFailure[]): number {
  return new Set(found.filter(({ build }) => build.source === 'base').map(({ build }) => build.revision))
    .size;
}

/** What is kept under a name, by the first of signature, key, incident and test that has it. */
export async function showFlake(history: History, name: string, urlOf: UrlOf): Promise<FlakeView | null> {
  for (const of of traits) {
    const found = await history.failures({ of, name, since: 0, limit: mostFound });
    const [newest] = found;
    const oldest = (await history.firstSeen(of, [name])).get(name);
    if (newest === undefined || oldest === undefined) continue;
    return {
      of,
      name: oneLine(name, 400),
      first_seen: iso(oldest),
      last_seen: iso(newest.build.completeAt),
      count: found.length,
      commits: landed(found),
      builders: counted(found.map(({ build }) => build.builder)),
      workers: counted(found.flatMap(({ build }) => build.worker ?? [])),
      failures: found.slice(0, mostShown).map((one) => failureView(one, urlOf)),
    };
  }
  return null;
}

function inScope(build: BuildRecord, { branch, builder, worker }: FlakesScope): boolean {
  return (
    (branch ?? build.branch) === build.branch &&
    (builder ?? build.builder) === build.builder &&
    (worker ?? build.worker) === build.worker
  );
}

/** Calls back with each failing build of the scope, newest first, until `take` has enough; whether all were looked at. */
export async function walk(
  history: History,
  { scope, now }: { readonly scope: FlakesScope; readonly now: number },
  take: (build: BuildRecord) => 'more' | 'enough',
): Promise<boolean> {
  const since = Math.max(0, now - scope.window);
  const begun = performance.now();
  let before: number | undefined;
  for (let looked = 0; looked < mostBuilds && performance.now() - begun < patience; looked += page) {
    const start = before === undefined ? {} : { before };
    const builds = await history.builds({ since, ...start, which: 'failed', limit: page });
    for (const build of builds) if (inScope(build, scope) && take(build) === 'enough') return false;
    if (builds.length < page) return true;
    // Builds of one millisecond may be parted by a page: those of the last one are asked for again, with the next page.
    const last = builds.at(-1)?.completeAt ?? 0;
    before = last === builds[0]?.completeAt ? last : last + 1;
  }
  return false;
}

/** Failures whose test, message, step, builder, worker, signature or incident has the text, whatever its case. */
export async function searchFailures(
  history: History,
  query: { readonly scope: FlakesScope; readonly text: string; readonly now: number },
  urlOf: UrlOf,
): Promise<FailureList> {
  const wanted = query.text.toLowerCase();
  const has = (text: string | null): boolean => text?.toLowerCase().includes(wanted) === true;
  const hit = (build: BuildRecord, failure: FailureRecord): boolean =>
    [failure.testId, failure.message, failure.step, failure.signature, failure.incident].some(has) ||
    has(build.builder) ||
    has(build.worker);
  const found = new Map<string, FoundFailure>();
  const complete = await walk(history, query, (build) => {
    build.failures.forEach((failure, index) => {
      if (hit(build, failure)) found.set(`${build.id} ${build.startedAt} ${index}`, { build, failure });
    });
    return found.size >= mostHits ? 'enough' : 'more';
  });
  const failures = [...found.values()].slice(0, mostHits).map((one) => failureView(one, urlOf));
  return { failures, complete: complete && found.size <= mostHits };
}
