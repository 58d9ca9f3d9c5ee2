// The engine: patterns in, matchers out (the port of src/flakes/signature/line-pattern.ts).

import type { CompiledLines, LineEngine, LinePattern } from '../../flakes/signature/line-pattern.ts';
import { emitPattern, wholeLine } from './emit-pattern.ts';
import { createJudge, createSearches } from './judge.ts';
import { keptOrPrepared, type KeptBytes } from './keep-prepared.ts';
import { createLineMatcher } from './line-matcher.ts';
import { parsePattern } from './parse-pattern.ts';
import { prepareLines, treeOf, type Prepared } from './prepare.ts';
import type { RegexDriver } from './regex-driver.ts';
import { createSieve } from './sieve.ts';

function refusal(driver: RegexDriver, source: string): string | null {
  try {
    driver.compile(emitPattern(parsePattern(source), wholeLine));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function compile(
  driver: RegexDriver,
  patterns: readonly LinePattern[],
  { tables, owners, bare, edged }: Prepared,
): CompiledLines {
  const bareTrees = bare.flatMap((pattern) => patterns[pattern] ?? []).map(treeOf);
  const compiled = {
    sieve: createSieve(tables),
    judge: createJudge(driver, patterns, edged),
    owners,
    bare,
    searches: createSearches(driver, bareTrees),
  };
  return { matcher: (hit) => createLineMatcher(compiled, hit) };
}

/**
 * The engine over one of the two libraries.
 *
 * @param kept where what is prepared for many patterns is looked for, and kept: one set of them
 */
export function createLineEngine(driver: RegexDriver, kept?: KeptBytes): LineEngine {
  const prepare = (patterns: readonly LinePattern[]): Prepared =>
    kept === undefined ? prepareLines(patterns) : keptOrPrepared(patterns, kept);
  return {
    name: driver.name,
    refusal: (source) => refusal(driver, source),
    compile: (patterns) => compile(driver, patterns, prepare(patterns)),
  };
}
