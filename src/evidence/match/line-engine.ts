// The engine: patterns in, matchers out (the port of src/flakes/signature/line-pattern.ts).

import type { CompiledLines, LineEngine, LinePattern } from '../../flakes/signature/line-pattern.ts';
import { emitPattern, wholeLine } from './emit-pattern.ts';
import { createJudge, createSearches } from './judge.ts';
import { createLineMatcher } from './line-matcher.ts';
import { parsePattern } from './parse-pattern.ts';
import { planLanes } from './plan.ts';
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

function compile(driver: RegexDriver, patterns: readonly LinePattern[]): CompiledLines {
  const judge = createJudge(driver, patterns);
  const plan = planLanes(judge.trees);
  const sought = [...plan.words.flatMap((lane) => lane.sought), ...plan.nibbles];
  const bareTrees = plan.bare.flatMap((pattern) => judge.trees[pattern] ?? []);
  const compiled = {
    sieve: createSieve(plan),
    judge,
    owners: sought.map(({ pattern }) => pattern),
    bare: plan.bare,
    searches: createSearches(driver, bareTrees),
  };
  return { matcher: (hit) => createLineMatcher(compiled, hit) };
}

/** The engine over one of the two libraries. */
export function createLineEngine(driver: RegexDriver): LineEngine {
  return {
    name: driver.name,
    refusal: (source) => refusal(driver, source),
    compile: (patterns) => compile(driver, patterns),
  };
}
