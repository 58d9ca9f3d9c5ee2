// What a pattern is once it has been read: bytes, not characters, and only what decides whether a line matches (no
// groups, no greed).

import { isNarrow, type ByteSet } from './byte-set.ts';

export type Edge = 'line-start' | 'line-end' | 'word' | 'not-word';

export type PatternTree =
  | { readonly kind: 'byte'; readonly set: ByteSet }
  /** These bytes, one after the other. */
  | { readonly kind: 'text'; readonly bytes: readonly number[] }
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternTree[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternTree[] }
  | {
      readonly kind: 'repeat';
      readonly part: PatternTree;
      readonly least: number;
      /** null: without end. */
      readonly most: number | null;
    };

export const nothing: PatternTree = { kind: 'sequence', parts: [] };

/** How many states an automaton needs for it: bytes, with counted repeats written out. */
export function weight(tree: PatternTree): number {
  switch (tree.kind) {
    case 'byte':
      return 1;
    case 'text':
      return tree.bytes.length;
    case 'edge':
      return 0;
    case 'sequence':
      return tree.parts.reduce((sum, part) => sum + weight(part), 0);
    case 'choice':
      return tree.options.reduce((sum, option) => sum + weight(option), 0);
    case 'repeat':
      return weight(tree.part) * Math.max(1, tree.most ?? tree.least);
  }
}

/** How many of its states may be alive at once, about: a place that may be many bytes is, and each choice. Text alone keeps few alive. */
export function breadth(tree: PatternTree): number {
  switch (tree.kind) {
    case 'byte':
      return isNarrow(tree.set) ? 0 : 1;
    case 'text':
    case 'edge':
      return 0;
    case 'sequence':
      return tree.parts.reduce((sum, part) => sum + breadth(part), 0);
    case 'choice':
      return tree.options.reduce((sum, option) => sum + breadth(option), 1);
    case 'repeat': {
      const open = tree.least === tree.most ? 0 : 1;
      return Math.max(breadth(tree.part), open) * Math.max(1, tree.most ?? tree.least);
    }
  }
}

/** True when it asks where the line begins or ends. */
export function hasLineEdge(tree: PatternTree): boolean {
  switch (tree.kind) {
    case 'byte':
    case 'text':
      return false;
    case 'edge':
      return tree.edge === 'line-start' || tree.edge === 'line-end';
    case 'sequence':
      return tree.parts.some(hasLineEdge);
    case 'choice':
      return tree.options.some(hasLineEdge);
    case 'repeat':
      return hasLineEdge(tree.part);
  }
}
