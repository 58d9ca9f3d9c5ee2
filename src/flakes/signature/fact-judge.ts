// Facts of a failure against the values that signatures ask for. Regexes run in the line engine, never in V8.

import { fitsGlob } from './glob.ts';
import type { Truth } from './judge.ts';
import type { CompiledLines, LineEngine } from './line-pattern.ts';
import type { FactLeaf, FactName, MatchNode } from './signature.ts';

/** What is known of a failure. null: there is none, such as no exception; left out: not known here. */
export type Facts = Readonly<Partial<Record<FactName, string | null>>>;

/** All the regexes that any signature has for one fact. */
interface Shelf {
  readonly sources: string[];
  readonly numbers: Map<string, number>;
  /** Compiled when it is first needed: most sets have regexes for one or two facts. */
  compiled: CompiledLines | null;
}

export interface FactJudge {
  /** Judges the leaves for one failure; what it found out about a value is kept as long as the function is. */
  of(facts: Facts): (leaf: FactLeaf) => Truth;
}

/** Makes the facts of trees ready to be judged. */
export function createFactJudge(trees: readonly MatchNode[], engine: LineEngine): FactJudge {
  const shelves = new Map<FactName, Shelf>();
  const encoder = new TextEncoder();
  for (const tree of trees) collect(tree, shelves);

  /** The sources of a shelf that occur in a value. */
  function occurring(shelf: Shelf, value: string): ReadonlySet<number> {
    shelf.compiled ??= engine.compile(shelf.sources.map((source) => ({ kind: 'regex', source })));
    const found = new Set<number>();
    const matcher = shelf.compiled.matcher((pattern) => found.add(pattern));
    // With its end of line, so that an empty value is one empty line.
    matcher.write(encoder.encode(`${value}\n`));
    matcher.end();
    return found;
  }

  return {
    of(facts) {
      const known = new Map<FactName, ReadonlySet<number>>();
      return ({ fact, test }) => {
        const value = facts[fact];
        if (value === undefined) return null;
        if (value === null) return false;
        if (test.how === 'any') return test.values.includes(value);
        if (test.how === 'glob') return fitsGlob(test.glob, value);
        const shelf = shelves.get(fact);
        const number = shelf?.numbers.get(test.source);
        if (shelf === undefined || number === undefined) return null;
        let found = known.get(fact);
        if (found === undefined) known.set(fact, (found = occurring(shelf, value)));
        return found.has(number);
      };
    },
  };
}

function collect(node: MatchNode, shelves: Map<FactName, Shelf>): void {
  switch (node.node) {
    case 'log':
      return;
    case 'all':
    case 'any':
    case 'none':
      for (const inner of node.nodes) collect(inner, shelves);
      return;
    case 'fact': {
      if (node.test.how !== 'regex') return;
      const shelf = shelves.get(node.fact) ?? {
        sources: [],
        numbers: new Map<string, number>(),
        compiled: null,
      };
      shelves.set(node.fact, shelf);
      const { source } = node.test;
      if (!shelf.numbers.has(source)) shelf.numbers.set(source, shelf.sources.push(source) - 1);
    }
  }
}
