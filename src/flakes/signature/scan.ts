// The signatures that a whole file shows, line by line: what `signatures test --log` puts out.

import { createHitCollector } from './hits.ts';
import { judgeTree } from './judge.ts';
import type { LineEngine, LineMatcher } from './line-pattern.ts';
import { createLogJudge, patternTable } from './log-judge.ts';
import { logPart, looksAtLog } from './log-part.ts';
import type { MatchNode, Signature } from './signature.ts';

export interface FileMatch {
  readonly signature: string;
  readonly line: number;
}

/** Takes the raw bytes of one file. */
export interface FileScan extends LineMatcher {
  /** After the end: by line, then by signature, each pair once. */
  matches(): readonly FileMatch[];
}

/** Compiles signatures for files; those that look at no log are left out. Returns a function that begins one file. */
export function createFileScanner(signatures: readonly Signature[], engine: LineEngine): () => FileScan {
  const asked = signatures
    .filter(({ match }) => looksAtLog(match))
    .map(({ id, match }) => ({ id, tree: logPart(match) }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  const table = patternTable(asked.map(({ tree }) => tree));
  const compiled = engine.compile(table.patterns);
  return () => {
    const collector = createHitCollector({ unbounded: true });
    const matcher = compiled.matcher(collector.hit);
    const place = { lines: [0, 0], step: collector, others: [] } as const;
    return {
      write: (chunk) => matcher.write(chunk),
      end: () => matcher.end(),
      matches() {
        const log = createLogJudge(table);
        const lines = (tree: MatchNode): Set<number> => {
          const judged = judgeTree(tree, { fact: () => true, log: (leaf) => log(leaf, place) });
          const found = new Set<number>();
          for (const some of judged.truth === true ? judged.lines : []) {
            for (let index = 0; index < some.length; index++) found.add(some[index] ?? 0);
          }
          return found;
        };
        const all = asked.flatMap(({ id, tree }) =>
          [...lines(tree)].map((line) => ({ signature: id, line })),
        );
        // Signatures came in the order of their ids, and the sort is stable.
        return all.sort((one, other) => one.line - other.line);
      },
    };
  };
}
