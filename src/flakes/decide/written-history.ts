// The history of a written case: base builds one by one, evidence already counted, or both.

import { controlBase, keyEvidence, type BaseBuild } from '../history/evidence.ts';
import type { KeyEvidence, Reading } from '../reading.ts';
import type { Count } from '../statistics/rate.ts';
import { jumps } from '../statistics/surprise.ts';
import type { CaseDocument, WrittenBaseBuild, WrittenEvidence, WrittenSignature } from './document.ts';

const day = 86_400_000;
const nothing: Count = { failures: 0, runs: 0 };

/** Why the rate of the last 24 hours is no longer the one of before; null: it is, or nobody counted. */
function jump(today: Count | undefined, before: Count): string | null {
  if (today === undefined) return null;
  const [found] = jumps([{ today, before }]);
  return found?.suspended === true
    ? `${today.failures} of ${today.runs} failed so in the last 24 hours, ${before.failures} of ${before.runs} before`
    : null;
}

function oldestFirst(builds: readonly WrittenBaseBuild[]): readonly WrittenBaseBuild[] {
  return builds.toSorted((one, other) => one.finished_at - other.finished_at);
}

function baseBuild({ revision, finished_at, failures }: WrittenBaseBuild): BaseBuild {
  return { revision, at: finished_at, keys: failures };
}

/** Votes: one for each commit and builder. */
function votesBetween(builds: readonly WrittenBaseBuild[], from: number, to: number, key?: string): number {
  const within = builds.filter(
    ({ finished_at: at, failures }) => at >= from && at < to && (key === undefined || failures.includes(key)),
  );
  return new Set(within.map(({ builder, revision }) => JSON.stringify([builder, revision]))).size;
}

/** The moment of the case: as given, else when the newest base build was finished. */
function momentOf({ at, history }: CaseDocument): number {
  return at ?? Math.max(0, ...history.base_builds.map((build) => build.finished_at));
}

function fromBuilds(document: CaseDocument, key: string, builder: string): KeyEvidence | null {
  const at = momentOf(document);
  const all = oldestFirst(document.history.base_builds).filter(
    ({ finished_at: end }) => end <= at && end >= at - 60 * day,
  );
  if (all.length === 0) return null;
  const votes = (from: number, to: number, of?: string) =>
    votesBetween(all, at - from * day, at - to * day + 1, of);
  const today = { failures: votes(1, 0, key), runs: votes(1, 0) };
  const before = { failures: votes(60, 1, key), runs: votes(60, 1) };
  return keyEvidence(key, {
    builds: all.filter((build) => build.builder === builder).map(baseBuild),
    sights: all
      .filter(({ failures }) => failures.includes(key))
      .map(({ builder: where, revision, finished_at }) => ({ builder: where, revision, at: finished_at })),
    fleet: { short: votes(14, 0), long: votes(60, 0) },
    at,
    suspended: jump(today, before),
  });
}

function fromCounts(
  given: WrittenEvidence,
  all: readonly WrittenEvidence[],
  signature: WrittenSignature | undefined,
): KeyEvidence {
  const same = all.filter(({ excuse_key: key }) => key === given.excuse_key);
  const fleet = given.fleet ??
    signature?.rate ?? {
      failures: same.reduce((sum, { failures }) => sum + failures, 0),
      runs: same.reduce((sum, { runs }) => sum + runs, 0),
    };
  return {
    redBase: given.red_base,
    baseCommits: given.base_commits,
    failures: given.failures,
    runs: given.runs,
    fleet,
    suspended: given.suspended ?? jump(given.last_24h, fleet),
    ...(given.prior === undefined ? {} : { prior: given.prior }),
  };
}

/** What the history of the document says of a key on a builder; its signature may say more. null: nothing. */
export function writtenEvidence(
  document: CaseDocument,
  where: { readonly key: string | null; readonly builder: string },
  signature: WrittenSignature | undefined,
): KeyEvidence | null {
  const { evidence } = document.history;
  const { key, builder } = where;
  if (key === null) return null;
  const counted = evidence.find(
    (entry) => entry.excuse_key === key && (entry.builder ?? document.builder) === builder,
  );
  const found =
    counted === undefined ? fromBuilds(document, key, builder) : fromCounts(counted, evidence, signature);
  if (signature === undefined) return found;
  const suspended = signature.suspended ?? jump(signature.last_24h, signature.rate ?? nothing);
  const blank = {
    redBase: 0,
    baseCommits: 0,
    failures: 0,
    runs: 0,
    fleet: signature.rate ?? nothing,
  } as const;
  if (found === null && signature.rate === undefined && suspended === null) return null;
  return { ...(found ?? blank), suspended: found?.suspended ?? suspended };
}

/** Where a control may run: as given; else by the base builds; where there are none, somewhere. */
export function writtenBase(document: CaseDocument): Reading['base'] {
  const { base, base_builds: builds } = document.history;
  if (base !== undefined) return base;
  if (builds.length === 0) return { revision: 'unknown', branch: 'unknown' };
  const at = momentOf(document);
  const past = oldestFirst(builds).filter(({ finished_at: end }) => end <= at);
  // A revision counts from when it was first seen; the one seen last stands in front.
  const newest = [...new Set(past.map(({ revision }) => revision))].toReversed();
  const own = past.filter(({ builder }) => builder === document.builder).map(baseBuild);
  const revision = controlBase(newest, own);
  return revision === null ? null : { revision, branch: 'unknown' };
}
