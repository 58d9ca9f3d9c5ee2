// The counters beside the builds, for each day: what a build adds to which of them. Pure; drivers keep them.

import { counters, type Counter, type DayCounts } from '../flakes/history/day-counts.ts';
import type { BuildRecord, FailureRecord } from './build-record.ts';
import { dayOf, type Day } from './day.ts';

/** By what failures are counted. `all` has one name, ''. */
export const dimensions = ['all', 'signature', 'test', 'builder', 'worker', 'branch'] as const;
export type Dimension = (typeof dimensions)[number];

/** What a report may be narrowed to; null: any. */
export interface Scope {
  readonly branch: string | null;
  readonly builder: string | null;
  readonly worker: string | null;
}

export interface TallyRow {
  readonly day: Day;
  readonly of: Dimension;
  readonly name: string;
  readonly tally: DayCounts;
}

/** What one build adds to one counter row. */
export interface Addition {
  readonly scope: Scope;
  readonly of: Dimension;
  readonly name: string;
  readonly add: Readonly<Partial<Record<Counter, number>>>;
}

/** What the history knew of the commit on this builder before this build. */
export interface Standing {
  /** Nothing was kept of this commit and builder: this build is its vote. */
  readonly first: boolean;
  readonly retested: boolean;
  readonly flipped: boolean;
}

function scopesOf({ branch, builder, worker }: BuildRecord): readonly Scope[] {
  const workers = worker === null ? [null] : [null, worker];
  return [null, branch].flatMap((onBranch) =>
    [null, builder].flatMap((onBuilder) =>
      workers.map((onWorker) => ({ branch: onBranch, builder: onBuilder, worker: onWorker })),
    ),
  );
}

function votesOf({ source, role, judged }: BuildRecord, first: boolean): 'base' | 'gate' | null {
  if (!judged || !first) return null;
  if (source === 'base') return 'base';
  return source === 'gate' && role === 'vote' ? 'gate' : null;
}

const explained: readonly FailureRecord['class'][] = [
  'known-flake',
  'infrastructure',
  'already-red',
  'seen-on-base',
];

function amounts(failures: readonly FailureRecord[]): Addition['add'] {
  const count = (holds: (failure: FailureRecord) => boolean): number => failures.filter(holds).length;
  return {
    seen: failures.length,
    cleared: count(({ cleared }) => cleared),
    classed: count((failure) => explained.includes(failure.class)),
    forgiven: count(({ ruling }) => ruling === 'forgiven'),
    withdrawn: count(({ ruling }) => ruling === 'withdrawn'),
  };
}

function named(
  failures: readonly FailureRecord[],
  nameOf: (failure: FailureRecord) => string | null,
): ReadonlyMap<string, readonly FailureRecord[]> {
  const groups = new Map<string, FailureRecord[]>();
  for (const failure of failures) {
    const name = nameOf(failure);
    if (name !== null) groups.set(name, [...(groups.get(name) ?? []), failure]);
  }
  return groups;
}

interface Share {
  readonly of: Dimension;
  readonly name: string;
  readonly failures: readonly FailureRecord[];
  readonly failed: boolean;
  /** Part of the build's time that is its cost. */
  readonly part: number;
}

/** Signatures and tests that failed, and the places in which they did, whether they failed or not. */
function shares(build: BuildRecord): readonly Share[] {
  const { failures, builder, worker, branch } = build;
  // A red build of which nothing could be read has failed as well.
  const failed = failures.length > 0 || build.results === 2;
  const place = (of: Dimension, name: string): Share => ({ of, name, failures, failed, part: 1 });
  const split = (of: Dimension, groups: ReadonlyMap<string, readonly FailureRecord[]>): readonly Share[] =>
    [...groups].map(([name, group]) => ({
      of,
      name,
      failures: group,
      failed: true,
      part: 1 / groups.size,
    }));
  return [
    place('all', ''),
    place('builder', builder),
    ...(worker === null ? [] : [place('worker', worker)]),
    place('branch', branch),
    ...split(
      'signature',
      named(failures, ({ signature }) => signature),
    ),
    ...split(
      'test',
      named(failures, ({ testId }) => testId),
    ),
  ];
}

function additionOf(build: BuildRecord, share: Share, standing: Standing): Addition['add'] {
  const { source, role, startedAt, completeAt } = build;
  const voted = votesOf(build, standing.first);
  const failed = share.failed ? 1 : 0;
  const isPlace = share.of !== 'signature' && share.of !== 'test';
  const ran = Math.max(0, completeAt - startedAt);
  const repeats = source === 'gate' && role !== 'vote' ? ran : 0;
  // What a measure shows again is no failure of its own.
  if (repeats > 0) return { retry: Math.round(repeats * share.part) };
  return {
    ...(voted === 'base' ? { runs: 1, failures: failed } : {}),
    ...(voted === 'gate' ? { gateRuns: 1, gateFailures: failed } : {}),
    ...amounts(share.failures),
    cost: failed * Math.round(ran * share.part),
    retested: isPlace && standing.retested ? 1 : 0,
    flipped: isPlace && standing.flipped ? 1 : 0,
  };
}

/** Whether a row of this dimension tells something in a scope: narrowed to one builder, there is only that one. */
function tells(of: Dimension, scope: Scope): boolean {
  if (of === 'builder' || of === 'worker' || of === 'branch') return scope[of] === null;
  return true;
}

/** Every counter that a build adds to. The same rows whatever its standing, so that they can be read before it is known. */
export function additions(build: BuildRecord, standing: Standing): readonly Addition[] {
  const added = shares(build).map((share) => ({ share, add: additionOf(build, share, standing) }));
  return scopesOf(build).flatMap((scope) =>
    added
      .filter(({ share }) => tells(share.of, scope))
      .map(({ share: { of, name }, add }) => ({ scope, of, name, add })),
  );
}

/** The sum of a row and what is added to it. */
export function plus(tally: DayCounts, add: Addition['add']): DayCounts {
  const sum: Record<Counter, number> = { ...tally };
  for (const counter of counters) sum[counter] += add[counter] ?? 0;
  return sum;
}

/** The day on whose counters a build stands. */
export function tallyDay(build: BuildRecord): Day {
  return dayOf(build.completeAt);
}
