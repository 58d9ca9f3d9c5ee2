// Says of one line, or one piece of a long line, whether a pattern is in it. Regular expressions are read and compiled when
// the scanner first finds a candidate: most never are.

import type { LinePattern } from '../../flakes/signature/line-pattern.ts';
import { emitPattern, manyLines, type Lie } from './emit-pattern.ts';
import type { PatternTree } from './pattern-tree.ts';
import { treeOf } from './prepare.ts';
import type { RegexDriver, Test } from './regex-driver.ts';

/** Which ends of the text are ends of its line. */
export interface Ends {
  readonly start: boolean;
  readonly end: boolean;
}

export interface Judge {
  /** How many patterns there are. */
  readonly count: number;
  test(pattern: number, text: Buffer, ends: Ends): boolean;
}

function literalTest(text: string): Test {
  const wanted = Buffer.from(Buffer.from(text).toString('latin1'));
  return (line) => line.includes(wanted);
}

/**
 * @param edges patterns that ask where a line begins or ends
 */
export function createJudge(
  driver: RegexDriver,
  patterns: readonly LinePattern[],
  edges: readonly number[],
): Judge {
  const edged = new Set(edges);
  // By (start, end): only patterns that ask for the ends need more than the first.
  const tests: (Test | undefined)[] = [];
  const compile = (pattern: number, lie: Lie): Test => {
    const wanted = patterns[pattern];
    if (wanted === undefined) throw new Error(`there is no pattern ${pattern}`);
    if (wanted.kind === 'literal') return literalTest(wanted.text);
    return driver.compile(emitPattern(treeOf(wanted), lie));
  };
  return {
    count: patterns.length,
    test(pattern, text, ends) {
      const form = edged.has(pattern) ? (ends.start ? 0 : 1) + (ends.end ? 0 : 2) : 0;
      const test = (tests[pattern * 4 + form] ??= compile(pattern, { text: ends }));
      return test(text);
    },
  };
}

/** Finds in many lines the end of a match of any of the trees; several, for one may be too large. */
export type Search = (text: Buffer, from: number) => number;

/** null: the driver has no better way than line by line. */
export function createSearches(driver: RegexDriver, trees: readonly PatternTree[]): readonly Search[] | null {
  const source = trees.map((tree) => emitPattern(tree, manyLines)).join('|');
  try {
    const search = driver.search(source);
    return search === null ? null : [search];
  } catch (error) {
    if (trees.length <= 1) throw error;
    const half = trees.length >> 1;
    const [one, other] = [
      createSearches(driver, trees.slice(0, half)),
      createSearches(driver, trees.slice(half)),
    ];
    return one === null || other === null ? null : [...one, ...other];
  }
}
