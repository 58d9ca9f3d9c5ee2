// Votes of landed commits, sorted by worker and by family of failure, for the blame of workers (FLAKES.md 6.4).

import type { Kind } from '../kind.ts';
import type { WorkerRecord } from '../statistics/worker-blame.ts';
import { fileOf } from '../test-id.ts';
import type { BaseVote, VoteFailure } from './base-votes.ts';

/** Kinds that a machine brings about rather than a test. */
const machines: readonly Kind[] = ['worker-lost', 'disk-full', 'oom', 'network'];
/** Families of one platform that are looked at, those that failed most. */
const mostFamilies = 300;
/** Builds that Buildbot broke off: a family of their own. */
const brokenOff = 'broken off';

interface Named extends BaseVote {
  readonly worker: string;
}

/** Kinds and test files in which a vote failed: a machine may fail in one way in many tests, or in many ways in one. */
export function familiesOf({ says, failures }: BaseVote): ReadonlyMap<string, readonly VoteFailure[]> {
  const families = new Map<string, VoteFailure[]>();
  const add = (family: string, failure: VoteFailure): void => {
    families.set(family, [...(families.get(family) ?? []), failure]);
  };
  for (const failure of failures) {
    add(failure.kind, failure);
    if (failure.testId !== null) add(fileOf(failure.testId), failure);
  }
  if (says === 'broken' && !families.has(brokenOff)) families.set(brokenOff, []);
  return families;
}

/** The votes of each worker on commits that another one built as well; where there are none, all of its votes: then it is alone. */
function comparable(
  votes: readonly Named[],
): ReadonlyMap<string, { readonly votes: readonly Named[]; readonly alone: boolean }> {
  const builtBy = new Map<string, Set<string>>();
  const own = new Map<string, Named[]>();
  for (const vote of votes) {
    const commit = JSON.stringify([vote.project, vote.branch, vote.revision]);
    builtBy.set(commit, (builtBy.get(commit) ?? new Set()).add(vote.worker));
    const known = own.get(vote.worker);
    if (known === undefined) own.set(vote.worker, [vote]);
    else known.push(vote);
  }
  const isShared = ({ project, branch, revision }: Named): boolean =>
    (builtBy.get(JSON.stringify([project, branch, revision]))?.size ?? 0) >= 2;
  return new Map(
    Array.from(own, ([worker, all]) => {
      const shared = all.filter(isShared);
      const alone = shared.length === 0;
      return [worker, { votes: alone ? all : shared, alone }] as const;
    }),
  );
}

interface Sum {
  failures: number;
  readonly causes: Set<string>;
  infrastructure: boolean;
}

function sumsOf(votes: readonly Named[]): ReadonlyMap<string, ReadonlyMap<string, Sum>> {
  const sums = new Map<string, Map<string, Sum>>();
  for (const vote of votes) {
    for (const [family, failures] of familiesOf(vote)) {
      const ofFamily = sums.get(family) ?? new Map<string, Sum>();
      sums.set(family, ofFamily);
      const sum = ofFamily.get(vote.worker) ?? { failures: 0, causes: new Set(), infrastructure: false };
      ofFamily.set(vote.worker, sum);
      sum.failures += 1;
      for (const { incident } of failures) sum.causes.add(incident);
      const isMachine = failures.some(
        ({ kind, infrastructure }) => infrastructure || machines.includes(kind),
      );
      if (isMachine || family === brokenOff) sum.infrastructure = true;
    }
  }
  return sums;
}

function total(sums: ReadonlyMap<string, Sum>): number {
  return [...sums.values()].reduce((sum, { failures }) => sum + failures, 0);
}

function recordsOf(platform: string, votes: readonly Named[]): readonly WorkerRecord[] {
  const workers = comparable(votes);
  const sums = sumsOf([...workers.values()].flatMap((own) => own.votes));
  const families = [...sums].sort(([, one], [, other]) => total(other) - total(one));
  return families.slice(0, mostFamilies).flatMap(([family, ofFamily]) =>
    Array.from(workers, ([worker, { votes: own, alone }]): WorkerRecord => {
      const sum = ofFamily.get(worker);
      return {
        worker,
        platform,
        family,
        runs: own.length,
        failures: sum?.failures ?? 0,
        causes: sum?.causes.size ?? 0,
        infrastructure: sum?.infrastructure ?? false,
        alone,
      };
    }),
  );
}

/**
 * One record for each worker of a platform and each family that failed there. A platform on which nothing failed has none.
 */
export function workerRecords(votes: readonly BaseVote[]): readonly WorkerRecord[] {
  const platforms = new Map<string, Named[]>();
  for (const vote of votes) {
    if (vote.worker === null) continue;
    const named = { ...vote, worker: vote.worker };
    const known = platforms.get(vote.platform);
    if (known === undefined) platforms.set(vote.platform, [named]);
    else known.push(named);
  }
  return [...platforms].flatMap(([platform, own]) => recordsOf(platform, own));
}
