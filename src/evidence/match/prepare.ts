// What is made of patterns before the first line is read: all of it that takes time, in a form that can be kept.

import type { LinePattern } from '../../flakes/signature/line-pattern.ts';
import { literalTree, parsePattern } from './parse-pattern.ts';
import { hasLineEdge, type PatternTree } from './pattern-tree.ts';
import { planLanes } from './plan.ts';
import { sieveTables, type SieveTables } from './sieve-tables.ts';

export interface Prepared {
  readonly tables: SieveTables;
  /** The pattern of each run. */
  readonly owners: readonly number[];
  /** Patterns that demand nothing in particular: every line is tried. */
  readonly bare: readonly number[];
  /** Patterns that ask where a line begins or ends. */
  readonly edged: readonly number[];
}

/** @throws {Refusal} for a source that `refusal` of the engine refuses. */
export function treeOf(pattern: LinePattern): PatternTree {
  return pattern.kind === 'literal' ? literalTree(pattern.text) : parsePattern(pattern.source);
}

/** @throws {Refusal} for a source that `refusal` of the engine refuses. */
export function prepareLines(patterns: readonly LinePattern[]): Prepared {
  const trees = patterns.map(treeOf);
  const plan = planLanes(trees);
  const sought = [...plan.words.flatMap((lane) => lane.sought), ...plan.nibbles];
  return {
    tables: sieveTables(plan),
    owners: sought.map(({ pattern }) => pattern),
    bare: plan.bare,
    edged: trees.flatMap((tree, pattern) => (hasLineEdge(tree) ? [pattern] : [])),
  };
}
