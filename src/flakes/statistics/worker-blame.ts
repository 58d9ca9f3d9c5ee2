// Is it the machine? One worker against its siblings, by one-sided Fisher (FLAKES.md 6.4).

import { falseDiscovery } from './discovery.ts';
import type { Count } from './rate.ts';
import { hypergeometricTail } from './tails.ts';

/** How one worker did in one test family or kind, on commits that a sibling on the same platform built as well. Landed commits only. */
export interface WorkerRecord extends Count {
  readonly worker: string;
  readonly platform: string;
  /** The test file or the kind. */
  readonly family: string;
  /** Different causes among its failures (incidents). */
  readonly causes: number;
  /** One of them is Buildbot's own word for infrastructure, or of a kind that a machine brings about. */
  readonly infrastructure: boolean;
  /** No other worker of the platform built any of its commits: its counts are of all that it built. */
  readonly alone: boolean;
}

/**
 * `blamed`: its failures are not chance, and not one test's either. `suspect`: more than chance among the families of this worker, but not
 * beyond all the workers looked at, or of a single cause. `unclear`: wait for more. `inseparable`: nobody can tell it from the platform,
 * whose only worker it is, or of whose commits nobody else built one.
 */
export type Blame = 'blamed' | 'suspect' | 'unclear' | 'inseparable';

export interface WorkerBlame {
  readonly worker: string;
  readonly platform: string;
  readonly family: string;
  readonly blame: Blame;
  /** P of as many failures or more if the worker were like its siblings; null where it has none. */
  readonly p: number | null;
  /** The smallest share of false discoveries over all workers at which it would be one; null likewise. */
  readonly q: number | null;
  /** One sentence for people. */
  readonly why: string;
}

function againstSiblings(own: WorkerRecord, platform: Count): number {
  return hypergeometricTail(own.failures, {
    all: platform.runs,
    marked: platform.failures,
    drawn: own.runs,
  });
}

function sentence(own: WorkerRecord, others: Count | null): string {
  const self = `${own.family}: ${own.worker} failed ${own.failures} of ${own.runs}`;
  if (others === null) return `${self}; cannot separate worker from platform ${own.platform}`;
  return `${self}, its siblings ${others.failures} of ${others.runs}`;
}

/** `families`: in how many it was looked at, one of which looks bad by chance sooner than a single one. */
function judge(own: WorkerRecord, { p, q }: { p: number; q: number }, families: number): Blame {
  if (q < 0.01 && (own.causes >= 2 || own.infrastructure)) return 'blamed';
  return p * families < 0.01 ? 'suspect' : 'unclear';
}

const placeOf = ({ platform, family }: WorkerRecord): string => JSON.stringify([platform, family]);

/** Of the workers that may be compared. */
function totals(records: readonly WorkerRecord[]): ReadonlyMap<string, Count> {
  const sums = new Map<string, Count>();
  for (const record of records) {
    if (record.alone) continue;
    const sum = sums.get(placeOf(record)) ?? { failures: 0, runs: 0 };
    const { failures, runs } = record;
    sums.set(placeOf(record), { failures: sum.failures + failures, runs: sum.runs + runs });
  }
  return sums;
}

/**
 * Judges all workers of a fleet together, in the order of the records, one for each worker, platform and family: the false discoveries over
 * all of them are held to 1 %.
 */
export function blameWorkers(records: readonly WorkerRecord[]): readonly WorkerBlame[] {
  const places = totals(records);
  const families = new Map<string, number>();
  for (const { platform, worker } of records) {
    const key = JSON.stringify([platform, worker]);
    families.set(key, (families.get(key) ?? 0) + 1);
  }
  const compared = records.map((own) => (own.alone ? null : (places.get(placeOf(own)) ?? null)));
  const tails = records.map((own, index) => {
    const all = compared[index];
    return all ? againstSiblings(own, all) : 1;
  });
  const shares = falseDiscovery(tails);
  return records.map((own, index): WorkerBlame => {
    const { worker, platform, family } = own;
    const all = compared[index];
    const [p, q] = [tails[index] ?? 1, shares[index] ?? 1];
    const about = { worker, platform, family };
    if (!all) return { ...about, blame: 'inseparable', p: null, q: null, why: sentence(own, null) };
    const others = { failures: all.failures - own.failures, runs: all.runs - own.runs };
    const blame = judge(own, { p, q }, families.get(JSON.stringify([platform, worker])) ?? 1);
    return { ...about, blame, p, q, why: sentence(own, others) };
  });
}
