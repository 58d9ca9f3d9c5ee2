// Signatures in the reader's thread: a log keeps the set it began with, and a set that cannot be compiled leaves the one before in force.

import type { Facts } from '../../flakes/signature/fact-judge.ts';
import type { LogHits } from '../../flakes/signature/hits.ts';
import type { Signature } from '../../flakes/signature/signature.ts';
import {
  createSignatureSet,
  type LogWatch,
  type SignatureSet,
} from '../../flakes/signature/signature-set.ts';

/** A signature that names a failure, and the first lines on which it stands. */
export interface Naming {
  readonly id: string;
  readonly lines: readonly number[];
}

/** One log of the contents format under the eyes of a set. */
export interface Watched {
  readonly set: SignatureSet;
  readonly log: LogWatch;
}

export interface Watchers {
  /** Takes the place of the set before, for logs that are opened from now on. Rejects where it cannot be compiled; then nothing changed. */
  use(signatures: readonly Signature[]): Promise<void>;
  /** null: there are no signatures. */
  watch(): Watched | null;
}

async function compile(signatures: readonly Signature[]): Promise<SignatureSet> {
  // The engine is twenty megabytes: it is loaded with the first signature.
  const { loadLineEngine } = await import('../match/load-line-engine.ts');
  return createSignatureSet(signatures, await loadLineEngine());
}

export function createWatchers(): Watchers {
  let set: SignatureSet | null = null;
  return {
    async use(signatures) {
      set = signatures.length === 0 ? null : await compile(signatures);
    },
    watch: () => (set === null ? null : { set, log: set.watch('contents') }),
  };
}

/** A failure of a log of the build. */
export interface FailureFacts {
  readonly facts: Facts;
  readonly lines: readonly [number, number];
}

/** What names each failure of one log, the narrowest first; `others` are the other logs of its build. */
export function namings(
  failures: readonly FailureFacts[],
  watched: Watched,
  others: readonly LogHits[],
): readonly (readonly Naming[])[] {
  const asked = failures.map(({ facts, lines }) => ({
    facts,
    place: { lines, step: watched.log.hits, others },
  }));
  return watched.set
    .match(asked)
    .map((matches) => matches.map(({ signature, lines }) => ({ id: signature.id, lines })));
}
