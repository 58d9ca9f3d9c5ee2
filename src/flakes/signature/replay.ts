// A signature tried on failures of the past, before it is switched on: first on the facts that the history keeps of each, then, where the
// logs can still be had, on those.

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
  /** The build passed all the same, and no re-run inside it cleared this. */
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
  /** Builds, hits or not, of which the facts allowed a hit: their logs were read again, or only the facts are known. */
  readonly byLogs: number;
  readonly byFacts: number;
  /** Builds that passed and whose logs were read, and those of them that it matches. */
  readonly passing: { readonly read: number; readonly matched: number };
}

/** A failure, by the ids of the signatures that name it. */
export interface NamedFailure {
  readonly named: readonly string[];
  /** The build passed all the same, and no re-run inside it cleared this. */
  readonly passed: boolean;
}

interface Build {
  readonly builder: string;
  hits: number;
  inPassing: number;
  taken: Record<string, number>;
  read: boolean;
}

export interface Replay {
  /** Tries it on facts. Log leaves and what else history does not keep count as true, so that logs can only take hits away. */
  take(failures: readonly PastFailure[]): void;
  /** The builds with hits so far, in the order in which they came. */
  builds(): readonly string[];
  /** What the logs of one of these builds say of its failures takes the place of its facts. */
  read(build: string, failures: readonly NamedFailure[]): void;
  /** The logs of another build, which passed. */
  readPassing(matches: boolean): void;
  end(): Replayed;
}

function hit(
  build: Build,
  { passed, by }: { readonly passed: boolean; readonly by: readonly string[] },
): void {
  build.hits += 1;
  if (passed) build.inPassing += 1;
  for (const id of by) build.taken[id] = (build.taken[id] ?? 0) + 1;
}

function sumOf(
  all: ReadonlyMap<string, Build>,
): Pick<Replayed, 'hits' | 'builds' | 'builders' | 'inPassing' | 'taken'> {
  const found = [...all.values()].filter(({ hits }) => hits > 0);
  const taken: Record<string, number> = {};
  for (const build of found)
    for (const [id, count] of Object.entries(build.taken)) taken[id] = (taken[id] ?? 0) + count;
  return {
    hits: found.reduce((sum, build) => sum + build.hits, 0),
    builds: found.length,
    builders: new Set(found.map(({ builder }) => builder)).size,
    inPassing: found.reduce((sum, build) => sum + build.inPassing, 0),
    taken,
  };
}

/** Collects what a signature would have named. */
export function createReplay(signature: Signature, engine: LineEngine): Replay {
  const set = createSignatureSet([{ ...signature, match: historyPart(signature.match) }], engine);
  const place = { lines: [0, 0], step: createHitCollector(), others: [] } as const;
  const own = signature.id;
  const builds = new Map<string, Build>();
  const passing = { read: 0, matched: 0 };
  let looked = 0;
  return {
    take(failures) {
      const matches = set.match(failures.map(({ facts }) => ({ facts, place })));
      failures.forEach(({ build: name, builder, passed, signature: by }, index) => {
        looked += 1;
        if (matches[index]?.length !== 1) return;
        const build = builds.get(name) ?? { builder, hits: 0, inPassing: 0, taken: {}, read: false };
        builds.set(name, build);
        hit(build, { passed, by: by === null || by === own ? [] : [by] });
      });
    },
    builds: () => [...builds.keys()],
    read(name, failures) {
      const build = builds.get(name);
      if (build === undefined) return;
      Object.assign(build, { hits: 0, inPassing: 0, taken: {}, read: true });
      for (const { named, passed } of failures)
        if (named.includes(own)) hit(build, { passed, by: named.filter((id) => id !== own) });
    },
    readPassing(matches) {
      passing.read += 1;
      if (matches) passing.matched += 1;
    },
    end() {
      const byLogs = [...builds.values()].filter(({ read }) => read).length;
      return { looked, ...sumOf(builds), byLogs, byFacts: builds.size - byLogs, passing };
    },
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
  const { hits, looked, inPassing, passing, taken } = replayed;
  return [
    ...(hits === 0 ? [`it matches none of ${looked} failures`] : []),
    ...(inPassing > 0 ? [`it matches ${inPassing} failures of builds that passed`] : []),
    ...(passing.matched > 0
      ? [`what it looks for stands in the logs of ${passing.matched} of ${passing.read} builds that passed`]
      : []),
    ...narrower.map(
      ({ id }) => `it names ${taken[id] ?? 0} failures that ${id}, which is narrower, names already`,
    ),
  ];
}
