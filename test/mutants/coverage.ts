// Which tests pass by which mutant, from one run of all of them without any.

import type { Covered } from './messages.ts';
import type { Mutant } from './mutant.ts';
import { startRunner, type Load } from './process.ts';

/** Milliseconds for one run of all tests. */
const coveringMost = 300_000;
/** An endless loop is one that passes a mutant's place so many times more often than the tests do without it. */
const hitFactor = 100;

export interface Coverage {
  /** Milliseconds that all tests took. */
  readonly took: number;
  /** How to try one mutant; null where no test passes by it. */
  planFor(mutant: Mutant): Trial | null;
}

export interface Trial {
  /** The mutant works while modules are loaded, so that it needs a process of its own. */
  readonly fresh: boolean;
  /** Test files, the quick ones first: most mutants are killed by them. */
  readonly tests: readonly string[];
  readonly titles: readonly string[];
  readonly mostHits: number;
  /** Milliseconds that these tests took without a mutant. */
  readonly took: number;
}

function quickFirst({ tests }: Covered, files: readonly string[]): readonly string[] {
  const sums = new Map(files.map((file) => [file, 0]));
  for (const { file, took } of tests) sums.set(file, (sums.get(file) ?? 0) + took);
  return [...sums].sort(([, one], [, other]) => one - other).map(([file]) => file);
}

function passBy({ byTest }: Covered, mutant: string): readonly (readonly [string, number])[] {
  return Object.entries(byTest).flatMap(([title, hits]) => {
    const count = hits[mutant];
    return count === undefined ? [] : [[title, count] as const];
  });
}

/** For each file the tests that pass by anything in it; what works while it is loaded can be seen by no other, or by all where there are none. */
function testsByFile(covered: Covered, mutants: readonly Mutant[]): ReadonlyMap<string, readonly string[]> {
  const byFile = new Map<string, Set<string>>();
  for (const { id, file } of mutants) {
    const titles = byFile.get(file) ?? new Set();
    for (const [title] of passBy(covered, id)) titles.add(title);
    byFile.set(file, titles);
  }
  const all = covered.tests.map(({ title }) => title);
  return new Map([...byFile].map(([file, titles]) => [file, titles.size === 0 ? all : [...titles]]));
}

function coverageOf(covered: Covered, load: Load, mutants: readonly Mutant[]): Coverage {
  const order = quickFirst(covered, load.tests);
  const byTitle = new Map(covered.tests.map((test) => [test.title, test]));
  const byFile = testsByFile(covered, mutants);
  return {
    took: covered.tests.reduce((sum, { took }) => sum + took, 0),
    planFor({ id, file }) {
      const passing = passBy(covered, id);
      const loading = covered.whileLoading[id] ?? 0;
      const hits = passing.reduce((sum, [, count]) => sum + count, loading);
      if (hits === 0) return null;
      const fresh = loading > 0;
      const titles = fresh ? (byFile.get(file) ?? []) : passing.map(([title]) => title);
      const files = new Set(titles.map((title) => byTitle.get(title)?.file));
      const took = titles.reduce((sum, title) => sum + (byTitle.get(title)?.took ?? 0), 0);
      return {
        fresh,
        tests: order.filter((each) => !fresh || files.has(each)),
        titles,
        mostHits: hits * hitFactor,
        took,
      };
    },
  };
}

/** Runs all tests once. Throws where one fails: what fails without a mutant tells nothing with one. */
export async function coverTests(load: Load, mutants: readonly Mutant[]): Promise<Coverage> {
  const runner = await startRunner(load);
  try {
    const answer =
      runner.loaded.kind === 'loaded' ? await runner.ask({ kind: 'cover' }, coveringMost) : runner.loaded;
    if (answer.kind !== 'covered')
      throw new Error(`the tests did not run to their end: ${JSON.stringify(answer)}`);
    if (answer.failed.length > 0)
      throw new Error(`these tests fail without any mutant, mend them first: ${answer.failed.join('; ')}`);
    return coverageOf(answer, load, mutants);
  } finally {
    await runner.end();
  }
}
