// Log leaves against the hits of logs.

import type { LogHits } from './hits.ts';
import type { Judgement } from './judge.ts';
import type { LinePattern } from './line-pattern.ts';
import { between, sequenceLines, type Lines } from './sequence.ts';
import type { LogLeaf, MatchNode } from './signature.ts';

/** Every pattern of the log leaves of some trees once, numbered. */
export interface PatternTable {
  readonly patterns: readonly LinePattern[];
  numberOf(pattern: LinePattern): number;
}

function textOf(pattern: LinePattern): string {
  return pattern.kind === 'literal' ? `l${pattern.text}` : `r${pattern.source}`;
}

/** Numbers the patterns of trees. */
export function patternTable(trees: readonly MatchNode[]): PatternTable {
  const numbers = new Map<string, number>();
  const patterns: LinePattern[] = [];
  const walk = (node: MatchNode): void => {
    if (node.node === 'fact') return;
    if (node.node !== 'log') {
      node.nodes.forEach(walk);
      return;
    }
    for (const pattern of node.sequence) {
      const text = textOf(pattern);
      if (!numbers.has(text)) numbers.set(text, patterns.push(pattern) - 1);
    }
  };
  trees.forEach(walk);
  return { patterns, numberOf: (pattern) => numbers.get(textOf(pattern)) ?? -1 };
}

/** A failure's place, and the hits of the logs around it. */
export interface Place {
  /** First and last line in the step's log; both 0 where no log shows the failure. */
  readonly lines: readonly [number, number];
  /** Of the log of the failure's step. */
  readonly step: LogHits;
  /** Of the other logs of the build. */
  readonly others: readonly LogHits[];
}

const nowhere: Judgement = { truth: null, lines: [] };

/** Judges log leaves for the failures of one build; what was found out about a whole log is kept as long as the function is. */
export function createLogJudge(table: PatternTable): (leaf: LogLeaf, place: Place) => Judgement {
  const whole = new Map<LogHits, Map<LogLeaf, Judgement>>();

  function judge(leaf: LogLeaf, hits: LogHits, pick: (lines: Lines) => Lines): Judgement {
    const numbers = leaf.sequence.map((pattern) => table.numberOf(pattern));
    const lines = sequenceLines(numbers.map((number) => pick(hits.lines(number))));
    if (lines.length > 0) return { truth: true, lines: [lines] };
    // What was left out may stand just there.
    return numbers.some((number) => hits.cut(number)) ? nowhere : { truth: false, lines: [] };
  }

  function inWhole(leaf: LogLeaf, hits: LogHits): Judgement {
    const known = whole.get(hits) ?? new Map<LogLeaf, Judgement>();
    whole.set(hits, known);
    const judged = known.get(leaf) ?? judge(leaf, hits, (lines) => lines);
    known.set(leaf, judged);
    return judged;
  }

  return (leaf, { lines: [first, last], step, others }) => {
    switch (leaf.within) {
      case 'failure':
        return first === 0 ? nowhere : judge(leaf, step, (lines) => between(lines, first, last));
      case 'step':
        return inWhole(leaf, step);
      case 'log': {
        const own = inWhole(leaf, step);
        if (own.truth === true) return own;
        const truths = others.map((hits) => inWhole(leaf, hits).truth);
        // Line numbers of another log would mislead.
        if (truths.includes(true)) return { truth: true, lines: [] };
        return truths.includes(null) ? nowhere : own;
      }
    }
  };
}
