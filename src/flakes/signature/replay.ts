// A signature tried on failures of the past, before it is switched on.

import type { Facts } from './fact-judge.ts';
import { createHitCollector } from './hits.ts';
import type { LineEngine } from './line-pattern.ts';
import { historyPart } from './log-part.ts';
import { createSignatureSet } from './signature-set.ts';
import type { Signature } from './signature.ts';
import { specificity } from './specificity.ts';

export interface PastFailure {
  readonly facts: Facts;
  /** Names the build. */
  readonly build: string;
  readonly builder: string;
  /** The build passed all the same. */
  readonly passed: boolean;
  /** Id of the signature that named it then. */
  readonly signature: string | null;
}

export interface Replayed {
  readonly looked: number;
  readonly hits: number;
  readonly builds: number;
  readonly builders: number;
  readonly inPassing: number;
  /** Hits by the signature that names them now, ours left out. */
  readonly taken: Readonly<Record<string, number>>;
}

/** Collects what a signature would have named. Log leaves and what else history does not keep count as true. */
export function createReplay(signature: Signature, engine: LineEngine) {
  const set = createSignatureSet([{ ...signature, match: historyPart(signature.match) }], engine);
  const place = { lines: [0, 0], step: createHitCollector(), others: [] } as const;
  const builds = new Set<string>();
  const builders = new Set<string>();
  const taken: Record<string, number> = {};
  let [looked, hits, inPassing] = [0, 0, 0];
  return {
    take(failures: readonly PastFailure[]): void {
      const matches = set.match(failures.map(({ facts }) => ({ facts, place })));
      failures.forEach((failure, index) => {
        looked += 1;
        if (matches[index]?.length !== 1) return;
        hits += 1;
        builds.add(failure.build);
        builders.add(failure.builder);
        if (failure.passed) inPassing += 1;
        const by = failure.signature;
        if (by !== null && by !== signature.id) taken[by] = (taken[by] ?? 0) + 1;
      });
    },
    end: (): Replayed => ({ looked, hits, builds: builds.size, builders: builders.size, inPassing, taken }),
  };
}

/** Why a signature should not be switched on; empty: nothing speaks against it. `others`: the signatures that there are. */
export function replayRefusals(
  signature: Signature,
  replayed: Replayed,
  others: readonly Signature[],
): readonly string[] {
  const own = specificity(signature.match);
  const narrower = others.filter(
    ({ id, match }) => (replayed.taken[id] ?? 0) > 0 && specificity(match) > own,
  );
  return [
    ...(replayed.hits === 0 ? [`it matches none of ${replayed.looked} failures`] : []),
    ...(replayed.inPassing > 0 ? [`it matches ${replayed.inPassing} failures of builds that passed`] : []),
    ...narrower.map(
      ({ id }) => `it names ${replayed.taken[id] ?? 0} failures that ${id}, which is narrower, names already`,
    ),
  ];
}
