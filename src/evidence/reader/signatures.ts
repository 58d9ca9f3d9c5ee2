// Signatures in the reader's thread: the newest set is compiled when the next log is opened, and a log keeps the set it began with.

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
  /** Takes the place of the set before, for logs that are opened from now on. */
  use(signatures: readonly Signature[]): void;
  /** null: there are no signatures. Rejects where they cannot be compiled. */
  watch(): Promise<Watched | null>;
}

export function createWatchers(): Watchers {
  let set: Promise<SignatureSet> | null = null;
  let given: readonly Signature[] = [];
  const compile = async (): Promise<SignatureSet> => {
    // The engine is twenty megabytes: it is loaded with the first signature.
    const { loadLineEngine } = await import('../match/load-line-engine.ts');
    return createSignatureSet(given, await loadLineEngine());
  };
  return {
    use(signatures) {
      given = signatures;
      set = null;
    },
    async watch() {
      if (given.length === 0) return null;
      const compiled = await (set ??= compile());
      return { set: compiled, log: compiled.watch('contents') };
    },
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
