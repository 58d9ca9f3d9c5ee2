// What a match tree says where not everything is at hand: a log by itself, as `signatures test --log` asks it (FLAKES.md 6.1), or an
// excerpt of one.

import type { FactLeaf, FactName, LogLeaf, MatchNode } from './signature.ts';

const holds: MatchNode = { node: 'all', nodes: [] };

type Leaf = FactLeaf | LogLeaf;

/** Whether any leaf of a tree is so. */
function someLeaf(node: MatchNode, is: (leaf: Leaf) => boolean): boolean {
  if (node.node === 'fact' || node.node === 'log') return is(node);
  return node.nodes.some((inner) => someLeaf(inner, is));
}

/** The tree in which every leaf that cannot be judged counts as true; a branch of `none` with no other leaf is left out, for it would refuse all. */
function judgeable(node: MatchNode, is: (leaf: Leaf) => boolean): MatchNode {
  switch (node.node) {
    case 'fact':
    case 'log':
      return is(node) ? node : holds;
    case 'all':
    case 'any':
      return { node: node.node, nodes: node.nodes.map((inner) => judgeable(inner, is)) };
    case 'none': {
      const nodes = node.nodes.filter((inner) => someLeaf(inner, is));
      return { node: 'none', nodes: nodes.map((inner) => judgeable(inner, is)) };
    }
  }
}

function everywhere(node: MatchNode): MatchNode {
  if (node.node === 'fact') return node;
  if (node.node === 'log') return { ...node, within: 'log' };
  return { node: node.node, nodes: node.nodes.map(everywhere) };
}

/** Whether any leaf of a tree looks at a log. */
export function looksAtLog(node: MatchNode): boolean {
  return someLeaf(node, (leaf) => leaf.node === 'log');
}

/** The tree for a whole file: other leaves count as true, every log leaf looks at all of it. */
export function logPart(node: MatchNode): MatchNode {
  return everywhere(judgeable(node, (leaf) => leaf.node === 'log'));
}

const printed: ReadonlySet<FactName> = new Set(['kind', 'test_id', 'exception', 'message', 'attempt']);

/** The tree for an excerpt of a log, which knows nothing of builder, worker or step. */
export function excerptPart(node: MatchNode): MatchNode {
  return judgeable(node, (leaf) => leaf.node === 'log' || printed.has(leaf.fact));
}

const kept: ReadonlySet<FactName> = new Set([
  'kind',
  'test_id',
  'message',
  'step',
  'builder',
  'worker',
  'platform',
  'branch',
]);

/** The tree for failures of the history, which keeps no logs. */
export function historyPart(node: MatchNode): MatchNode {
  return judgeable(node, (leaf) => leaf.node === 'fact' && kept.has(leaf.fact));
}

const around: ReadonlySet<FactName> = new Set(['builder', 'worker', 'platform', 'branch']);

/** The tree for a build that passed, of which there is no failure: what one would be like counts as true. Leaves within a failure stay as they are. */
export function passingPart(node: MatchNode): MatchNode {
  return judgeable(node, (leaf) => leaf.node === 'log' || around.has(leaf.fact));
}
