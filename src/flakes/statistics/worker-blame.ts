// Is it the machine? One worker against its siblings, by one-sided Fisher (FLAKES.md 6.4).

import { falseDiscovery } from './discovery.ts';
import type { Count } from './rate.ts';
import { hypergeometricTail } from './tails.ts';

/** How one worker did in one test family or kind, on commits that its siblings on the same platform built as well. Landed commits only. */
export interface WorkerRecord extends Count {
  readonly worker: string;
  readonly platform: string;
  /** Different causes among its failures (incidents). */
  readonly causes: number;
  /** One of them is Buildbot's own word for infrastructure. */
  readonly infrastructure: boolean;
}

/**
 * `blamed`: its failures are not chance, and not one test's either. `suspect`: more than chance, but not beyond all the workers looked at,
 * or of a single cause. `unclear`: wait for more. `inseparable`: nobody can tell the only worker of a platform from the platform.
 */
export type Blame = 'blamed' | 'suspect' | 'unclear' | 'inseparable';

export interface WorkerBlame {
  readonly worker: string;
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
  const self = `${own.worker} failed ${own.failures} of ${own.runs}`;
  if (others === null) return `${self}; cannot separate worker from platform ${own.platform}`;
  return `${self}, its siblings ${others.failures} of ${others.runs}`;
}

function judge(own: WorkerRecord, p: number, q: number): Blame {
  if (p >= 0.01) return 'unclear';
  return q < 0.01 && (own.causes >= 2 || own.infrastructure) ? 'blamed' : 'suspect';
}

function totals(records: readonly WorkerRecord[]): ReadonlyMap<string, Count & { readonly workers: number }> {
  const sums = new Map<string, Count & { workers: number }>();
  for (const { platform, failures, runs } of records) {
    const sum = sums.get(platform) ?? { failures: 0, runs: 0, workers: 0 };
    sums.set(platform, {
      failures: sum.failures + failures,
      runs: sum.runs + runs,
      workers: sum.workers + (runs > 0 ? 1 : 0),
    });
  }
  return sums;
}

/** Judges all workers of a fleet together, one record each, in their order: the false discoveries over all of them are held to 1 %. */
export function blameWorkers(records: readonly WorkerRecord[]): readonly WorkerBlame[] {
  const platforms = totals(records);
  const compared = records.map((own) => {
    const platform = platforms.get(own.platform);
    return platform === undefined || platform.workers < 2 || own.runs === 0 ? null : platform;
  });
  const tails = records.map((own, index) => {
    const platform = compared[index];
    return platform ? againstSiblings(own, platform) : 1;
  });
  const shares = falseDiscovery(tails);
  return records.map((own, index): WorkerBlame => {
    const platform = compared[index];
    const p = tails[index] ?? 1;
    const q = shares[index] ?? 1;
    if (!platform) {
      return { worker: own.worker, blame: 'inseparable', p: null, q: null, why: sentence(own, null) };
    }
    const others = { failures: platform.failures - own.failures, runs: platform.runs - own.runs };
    return { worker: own.worker, blame: judge(own, p, q), p, q, why: sentence(own, others) };
  });
}
