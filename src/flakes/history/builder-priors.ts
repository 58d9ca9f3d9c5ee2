// What to think of a test's rate on a builder before it ran there often: by how the others that are known fail on it (FLAKES.md 6.4).

import type { Count } from '../statistics/rate.ts';
import { empiricalPrior } from '../statistics/surprise.ts';
import type { Beta } from '../statistics/tails.ts';
import type { BaseVote } from './base-votes.ts';

/** Excuse keys that are counted. */
const mostKeys = 1_000;

export interface PriorCounts {
  add(vote: BaseVote): void;
  /** By builder. A test that never failed on any builder is not known, so that the common rate is rather too high than too low. */
  priors(): ReadonlyMap<string, Beta>;
}

/** Counts votes of landed commits one by one. */
export function countForPriors(): PriorCounts {
  const keys = new Set<string>();
  const builders = new Map<string, { runs: number; readonly failures: Map<string, number> }>();
  return {
    add({ builder, says, failures }) {
      if (says !== 'tests') return;
      const own = builders.get(builder) ?? { runs: 0, failures: new Map<string, number>() };
      builders.set(builder, own);
      own.runs += 1;
      for (const key of new Set(failures.flatMap(({ excuseKey }) => excuseKey ?? []))) {
        if (keys.size < mostKeys) keys.add(key);
        if (keys.has(key)) own.failures.set(key, (own.failures.get(key) ?? 0) + 1);
      }
    },
    priors: () =>
      new Map(
        Array.from(builders, ([builder, { runs, failures }]) => {
          const counts = Array.from(keys, (key): Count => ({ failures: failures.get(key) ?? 0, runs }));
          return [builder, empiricalPrior(counts)] as const;
        }),
      ),
  };
}
