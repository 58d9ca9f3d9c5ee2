// The failures that are kept, page by page, for whoever tries a signature on them.

import type { BuildRecord, FailureRecord } from '../store/build-record.ts';
import type { History } from '../store/history.ts';
import type { UrlOf } from './flakes-failures.ts';
import type { PastFailures, PastFailureView } from '../views/flakes.ts';

/** Builds of one page: its text must not hold up the gate. */
const page = 500;

function pastView(build: BuildRecord, failure: FailureRecord, url: string): PastFailureView {
  const { builder, worker, platform, branch, source } = build;
  const { kind, testId, message, step, signature, incident, cleared } = failure;
  const place = { builder, worker, platform, branch, source, url };
  const passed = build.results === 0 && !cleared;
  return {
    build: `${build.id} ${build.startedAt}`,
    passed,
    kind,
    test_id: testId,
    message,
    step,
    ...place,
    signature,
    incident,
  };
}

/** One page of failures, newest builds first. Builds of the millisecond on which a page ends come again with the next one. */
export async function pastFailures(
  history: History,
  query: { readonly window: number; readonly before: number | null; readonly now: number },
  urlOf: UrlOf,
): Promise<PastFailures> {
  const start = query.before === null ? {} : { before: query.before };
  const since = Math.max(0, query.now - query.window);
  const builds = await history.builds({ since, ...start, which: 'failed', limit: page });
  const failures = builds.flatMap((build) =>
    build.failures.map((failure) => pastView(build, failure, urlOf(build))),
  );
  if (builds.length < page) return { failures, next: null };
  const last = builds.at(-1)?.completeAt ?? 0;
  return { failures, next: last === builds[0]?.completeAt ? last : last + 1 };
}
