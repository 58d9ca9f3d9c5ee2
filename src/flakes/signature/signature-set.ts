// Signatures made ready: lines of a log go in, the signatures that name a failure come out, the narrowest first.

import type { LogFormat } from '../line.ts';
import { bareLines } from './bare-lines.ts';
import { createFactJudge, type Facts } from './fact-judge.ts';
import { createHitCollector, type LogHits } from './hits.ts';
import { judgeTree } from './judge.ts';
import type { CompiledLines, LineEngine, LineMatcher } from './line-pattern.ts';
import { createLogJudge, patternTable, type Place } from './log-judge.ts';
import type { Lines } from './sequence.ts';
import type { Signature } from './signature.ts';
import { specificity } from './specificity.ts';

/** A signature that names a failure. */
export interface SignatureMatch {
  readonly signature: Signature;
  /** Equal numbers are a tie: two explanations of the same worth. */
  readonly specificity: number;
  /** The first lines of the step's log on which its clauses stand; empty where no log was needed. */
  readonly lines: readonly number[];
}

/** Takes the bytes of one log as Buildbot gives them. */
export interface LogWatch extends LineMatcher {
  /** Grows as the log does. */
  readonly hits: LogHits;
}

export interface SignatureSet {
  readonly signatures: readonly Signature[];
  /** Begins one log of this format. */
  watch(format: LogFormat): LogWatch;
  /** For the failures of one build: all the signatures that name each, the narrowest first, ties in the order of their ids. */
  match(
    failures: readonly { readonly facts: Facts; readonly place: Place }[],
  ): readonly (readonly SignatureMatch[])[];
}

const shownLines = 20;

/** Compiles signatures. Their regexes must have passed the engine's `refusal`. */
export function createSignatureSet(signatures: readonly Signature[], engine: LineEngine): SignatureSet {
  const trees = signatures.map(({ match }) => match);
  const table = patternTable(trees);
  const facts = createFactJudge(trees, engine);
  const ranked = signatures
    .map((signature) => ({ signature, specificity: specificity(signature.match) }))
    .sort(narrowest);
  const compiled: CompiledLines | null = table.patterns.length === 0 ? null : engine.compile(table.patterns);
  return {
    signatures,
    watch(format) {
      const collector = createHitCollector();
      if (compiled === null) return { write: () => undefined, end: () => undefined, hits: collector };
      return { ...bareLines(format, compiled.matcher(collector.hit)), hits: collector };
    },
    match(failures) {
      const log = createLogJudge(table);
      return failures.map(({ facts: known, place }) => {
        const judge = { fact: facts.of(known), log: (leaf: Parameters<typeof log>[0]) => log(leaf, place) };
        return ranked.flatMap((one): SignatureMatch[] => {
          const { truth, lines } = judgeTree(one.signature.match, judge);
          return truth === true ? [{ ...one, lines: firstLines(lines) }] : [];
        });
      });
    },
  };
}

interface Ranked {
  readonly signature: Signature;
  readonly specificity: number;
}

function narrowest(one: Ranked, other: Ranked): number {
  return other.specificity - one.specificity || (one.signature.id < other.signature.id ? -1 : 1);
}

function firstLines(lines: readonly Lines[]): readonly number[] {
  const first = new Set<number>();
  for (const some of lines) {
    for (let index = 0; index < Math.min(some.length, shownLines); index++) first.add(some[index] ?? 0);
  }
  return [...first].sort((one, other) => one - other).slice(0, shownLines);
}

/**
 * Which of the signatures that name a failure speaks for it: a resolved one whose fix the commit holds, for that is a regression; else the narrowest
 * active one; else the narrowest. null: none.
 */
export function speaker(
  matches: readonly SignatureMatch[],
  containsFix: (signature: Signature) => boolean,
): SignatureMatch | null {
  const back = matches.find(({ signature }) => signature.state === 'resolved' && containsFix(signature));
  return back ?? matches.find(({ signature }) => signature.state === 'active') ?? matches[0] ?? null;
}
