// What base builds say of an excuse key (FLAKES.md 6.3, 6.4): only commits already on the branch, one vote for each commit.

import type { KeyEvidence } from '../reading.ts';
import { jumps, type Recent } from '../statistics/surprise.ts';

/** A finished base build of one builder. */
export interface BaseBuild {
  readonly revision: string;
  /** Milliseconds since 1970 at which it was complete. */
  readonly at: number;
  /** Excuse keys of its failures; also of those that a re-run inside the build cleared. */
  readonly keys: readonly string[];
}

/** A base build, on any builder, that showed a key. */
export interface BaseSight {
  readonly revision: string;
  readonly builder: string;
  readonly at: number;
}

/** First attempts of landed commits on all builders of the branch, in the short window and in the long one. */
export interface FleetRuns {
  readonly short: number;
  readonly long: number;
}

const day = 86_400_000;
/** Days of the rate: the short window where it has runs enough, else the long one (FLAKES.md 6.4). */
export const shortDays = 14;
export const longDays = 60;
const enoughRuns = 20;
/** Other revisions that may have been seen since, for a base to be near enough for a control (FLAKES.md 6.3). */
const mostNewer = 5;

/** The first build of each commit is its vote; oldest first in, oldest first out. */
function votes(builds: readonly BaseBuild[]): readonly BaseBuild[] {
  const first = new Map<string, BaseBuild>();
  for (const build of builds) if (!first.has(build.revision)) first.set(build.revision, build);
  return [...first.values()];
}

/** The newest build of each of the newest two commits that the builder finished. */
function newestTwo(builds: readonly BaseBuild[]): readonly BaseBuild[] {
  const newest = new Map<string, BaseBuild>();
  for (const build of builds.toReversed()) {
    if (!newest.has(build.revision)) newest.set(build.revision, build);
    if (newest.size === 2) break;
  }
  return [...newest.values()];
}

function redCount(two: readonly BaseBuild[], key: string): 0 | 1 | 2 {
  const red = two.filter(({ keys }) => keys.includes(key)).length;
  return red === 0 ? 0 : red === 1 ? 1 : 2;
}

/** Votes on any builder that showed the key since a time: one for each commit and builder. */
export function votesShowing(sights: readonly BaseSight[], since: number): number {
  const recent = sights.filter(({ at }) => at >= since);
  return new Set(recent.map(({ builder, revision }) => JSON.stringify([builder, revision]))).size;
}

/** What the last 24 hours were beside the days before. `name` is what jumped. */
export function jumpSentence(name: string, { today, before }: Recent): string {
  return `${name} failed on ${today.failures} of ${today.runs} runs of landed commits in 24 hours, and on ${before.failures} of ${before.runs} in the days before`;
}

/** The sentence where the last 24 hours are more than the days before explain; else null. */
export function rateJump(name: string, recent: Recent): string | null {
  return jumps([recent])[0]?.suspended === true ? jumpSentence(name, recent) : null;
}

/**
 * The evidence for one key.
 *
 * @param known.builds base builds of this builder up to `at`, oldest first, over `longDays`
 * @param known.sights base builds of any builder that showed the key
 * @param known.suspended why its signature excuses nothing now
 */
export function keyEvidence(
  key: string,
  known: {
    readonly builds: readonly BaseBuild[];
    readonly sights: readonly BaseSight[];
    readonly fleet: FleetRuns;
    readonly at: number;
    readonly suspended: string | null;
  },
): KeyEvidence {
  const { builds, sights, fleet, at, suspended } = known;
  const recent = at - shortDays * day;
  const all = votes(builds);
  const lately = all.filter((build) => build.at >= recent);
  const isShort = lately.length >= enoughRuns;
  const counted = isShort ? lately : all;
  const shownLately = votesShowing(sights, recent);
  // A rare flake that did not show in the short window has its rate by the long one: by none it would surprise wherever it shows.
  const fleetIsShort = isShort && shownLately > 0;
  const fleetRuns = fleetIsShort ? fleet.short : fleet.long;
  const shown = fleetIsShort ? shownLately : votesShowing(sights, at - longDays * day);
  return {
    redBase: redCount(newestTwo(builds), key),
    baseCommits: new Set(sights.filter((sight) => sight.at >= recent).map(({ revision }) => revision)).size,
    failures: counted.filter(({ keys }) => keys.includes(key)).length,
    runs: counted.length,
    // Runs are counted by whole days, sights by the moment: there are never more failures than runs.
    fleet: { failures: Math.min(shown, fleetRuns), runs: fleetRuns },
    suspended,
  };
}

/**
 * The revision on which a control is to run: the newest of the branch that this builder finished, with at most five others first
 * seen since; null where there is none.
 *
 * @param newest revisions of the branch, that which was first seen last at the front
 */
export function controlBase(newest: readonly string[], builds: readonly BaseBuild[]): string | null {
  const finished = new Set(builds.map(({ revision }) => revision));
  return newest.slice(0, mostNewer + 1).find((revision) => finished.has(revision)) ?? null;
}
