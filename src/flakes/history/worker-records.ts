// Votes of landed commits, counted by worker and by family of failure, for the blame of workers (FLAKES.md 6.4).

import type { Kind } from '../kind.ts';
import type { WorkerRecord } from '../statistics/worker-blame.ts';
import { fileOf } from '../test-id.ts';
import type { BaseVote } from './base-votes.ts';

/** Kinds that a machine brings about rather than a test. */
const machines: readonly Kind[] = ['worker-lost', 'disk-full', 'oom', 'network'];
/** Families of one platform that are looked at, those that failed most; different causes of one that are told apart. */
const mostFamilies = 300;
const mostCauses = 20;
/** Builds that Buildbot broke off: a family of their own. */
const brokenOff = 'broken off';

interface Sum {
  failures: number;
  /** Those of them that are recent. */
  recent: number;
  readonly causes: Set<string>;
  infrastructure: boolean;
}

/** What one worker did on one platform. */
interface Own {
  runs: number;
  readonly families: Map<string, Sum>;
}

interface Counted {
  /** On commits that another worker of the platform built as well. */
  readonly shared: Own;
  readonly all: Own;
}

/** A record, and its failures since `recent`. */
export type CountedRecord = WorkerRecord & { readonly recent: number };

/** Kinds and test files in which a vote failed: a machine may fail in one way in many tests, or in many ways in one. */
function familiesOf({ says, failures }: BaseVote): ReadonlySet<string> {
  const families = new Set<string>(says === 'broken' ? [brokenOff] : []);
  for (const { kind, testId } of failures) {
    families.add(kind);
    if (testId !== null) families.add(fileOf(testId));
  }
  return families;
}

function sumOf(own: Own, family: string): Sum {
  const known = own.families.get(family);
  if (known !== undefined) return known;
  const sum = { failures: 0, recent: 0, causes: new Set<string>(), infrastructure: false };
  own.families.set(family, sum);
  return sum;
}

function countIn(own: Own, vote: BaseVote, recent: number): void {
  own.runs += 1;
  if (vote.failures.length === 0 && vote.says === 'tests') return;
  for (const family of familiesOf(vote)) {
    const sum = sumOf(own, family);
    sum.failures += 1;
    if (vote.completeAt >= recent) sum.recent += 1;
    if (family === brokenOff) sum.infrastructure = true;
  }
  for (const { kind, testId, incident, infrastructure } of vote.failures) {
    for (const family of testId === null ? [kind] : [kind, fileOf(testId)]) {
      const sum = sumOf(own, family);
      if (sum.causes.size < mostCauses) sum.causes.add(incident);
      if (infrastructure || machines.includes(kind)) sum.infrastructure = true;
    }
  }
}

function recordsOf(platform: string, workers: ReadonlyMap<string, Counted>): readonly CountedRecord[] {
  // Where nobody else built any of its commits, all of its builds are told, and compared with nothing.
  const looked = Array.from(workers, ([worker, { shared, all }]) => {
    const alone = shared.runs === 0;
    return { worker, alone, own: alone ? all : shared };
  });
  const totals = new Map<string, number>();
  for (const { own } of looked) {
    for (const [family, { failures }] of own.families) {
      totals.set(family, (totals.get(family) ?? 0) + failures);
    }
  }
  const families = [...totals].sort(([, one], [, other]) => other - one).slice(0, mostFamilies);
  return families.flatMap(([family]) =>
    looked.map(({ worker, alone, own }): CountedRecord => {
      const sum = own.families.get(family);
      return {
        worker,
        platform,
        family,
        alone,
        runs: own.runs,
        failures: sum?.failures ?? 0,
        recent: sum?.recent ?? 0,
        causes: sum?.causes.size ?? 0,
        infrastructure: sum?.infrastructure ?? false,
      };
    }),
  );
}

export interface WorkerCounts {
  /** `isShared`: another worker of the platform built the commit as well. */
  add(vote: BaseVote, isShared: boolean): void;
  /** One for each worker of a platform and each family that failed there. A platform on which nothing failed has none. */
  records(): readonly CountedRecord[];
}

/** Counts votes one by one. `recent`: from when on failures are recent, in milliseconds since 1970. */
export function countWorkers(recent: number): WorkerCounts {
  const platforms = new Map<string, Map<string, Counted>>();
  const blank = (): Own => ({ runs: 0, families: new Map() });
  return {
    add(vote, isShared) {
      const { worker, platform } = vote;
      if (worker === null) return;
      const workers = platforms.get(platform) ?? new Map<string, Counted>();
      platforms.set(platform, workers);
      const counted = workers.get(worker) ?? { shared: blank(), all: blank() };
      workers.set(worker, counted);
      countIn(counted.all, vote, recent);
      if (isShared) countIn(counted.shared, vote, recent);
    },
    records: () => [...platforms].flatMap(([platform, workers]) => recordsOf(platform, workers)),
  };
}
