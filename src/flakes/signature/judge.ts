// A match tree judged in three values: what is not known can neither make a match nor, below `none`, allow one.

import type { FactLeaf, LogLeaf, MatchNode } from './signature.ts';
import type { Lines } from './sequence.ts';

/** null: cannot be told. */
export type Truth = boolean | null;

export interface Judgement {
  readonly truth: Truth;
  /** The lines on which the clauses stand that made it true. */
  readonly lines: readonly Lines[];
}

/** What the leaves of a tree are asked of. */
export interface Judge {
  fact(leaf: FactLeaf): Truth;
  log(leaf: LogLeaf): Judgement;
}

/** Whether a tree holds, and all the lines that speak for it. */
export function judgeTree(node: MatchNode, judge: Judge): Judgement {
  switch (node.node) {
    case 'fact':
      return { truth: judge.fact(node), lines: [] };
    case 'log':
      return judge.log(node);
    case 'all':
      return judgeAll(node.nodes, judge);
    case 'any': {
      const judged = node.nodes.map((inner) => judgeTree(inner, judge));
      const truth = some(judged.map((one) => one.truth));
      return { truth, lines: judged.flatMap((one) => (one.truth === true ? one.lines : [])) };
    }
    case 'none': {
      const found = some(node.nodes.map((inner) => judgeTree(inner, judge).truth));
      return { truth: found === null ? null : !found, lines: [] };
    }
  }
}

/** Stops at the first condition that fails: of a thousand signatures nearly all fail early. */
function judgeAll(nodes: readonly MatchNode[], judge: Judge): Judgement {
  const lines: Lines[] = [];
  let truth: Truth = true;
  for (const node of nodes) {
    const judged = judgeTree(node, judge);
    if (judged.truth === false) return { truth: false, lines: [] };
    if (judged.truth === null) truth = null;
    lines.push(...judged.lines);
  }
  return { truth, lines: truth === true ? lines : [] };
}

function some(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(null) ? null : false;
}
