// What a match tree says of a log by itself, as `signatures test --log` asks it (FLAKES.md 6.1).

import type { MatchNode } from './signature.ts';

const holds: MatchNode = { node: 'all', nodes: [] };

/** Whether any leaf of a tree looks at a log. */
export function looksAtLog(node: MatchNode): boolean {
  switch (node.node) {
    case 'fact':
      return false;
    case 'log':
      return true;
    case 'all':
    case 'any':
    case 'none':
      return node.nodes.some(looksAtLog);
  }
}

/**
 * The tree for a whole file: other leaves count as true, every log leaf looks at all of it. A branch of `none` without a log leaf is left out,
 * for by counting as true it would refuse every log.
 */
export function logPart(node: MatchNode): MatchNode {
  switch (node.node) {
    case 'fact':
      return holds;
    case 'log':
      return { ...node, within: 'log' };
    case 'all':
    case 'any':
      return { node: node.node, nodes: node.nodes.map(logPart) };
    case 'none':
      return { node: 'none', nodes: node.nodes.filter(looksAtLog).map(logPart) };
  }
}
