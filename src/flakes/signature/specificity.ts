// How narrow a signature is: where several name a failure, the narrowest is the best explanation.

import type { FactName, MatchNode, ValueTest } from './signature.ts';

/** What it says about the cause to know a fact: a test or a text says much, a kind or a branch little. */
const weights: Readonly<Record<FactName, number>> = {
  test_id: 8,
  message: 6,
  worker: 5,
  exception: 4,
  builder: 4,
  exit_status: 3,
  platform: 3,
  step: 2,
  kind: 2,
  duration: 1,
  branch: 1,
  attempt: 1,
};
const logWeight = 6;

/** A value in full says more than a part of one; of many values none says as much as one. */
function share(test: ValueTest): number {
  if (test.how !== 'any') return 0.75;
  return test.values.length === 1 ? 1 : 0.8;
}

/** A higher number for a narrower tree: all of its conditions count, of alternatives the widest, of exceptions a little. */
export function specificity(node: MatchNode): number {
  switch (node.node) {
    case 'fact':
      return weights[node.fact] * share(node.test);
    case 'log':
      return logWeight + node.sequence.length - 1;
    case 'all':
      return node.nodes.reduce((sum, inner) => sum + specificity(inner), 0);
    case 'any':
      return Math.min(...node.nodes.map(specificity));
    case 'none':
      return 0.1 * node.nodes.length;
  }
}
