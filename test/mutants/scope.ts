// Which code is mutated and which tests may kill: the gate, and the decision on failures that it asks. What reads cases written down by hand
// (`npm run decide`) decides nothing and is left out. The simulation is no test here.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const code = ['src/gate', 'src/flakes/decide'];
const tests = ['test/unit/gate', 'test/unit/flakes/decide'];
const readsWrittenCases = new Set(['case-of.ts', 'document.ts', 'written-history.ts'].map(inDecide));
const drawsExamples = new Set([
  'test/unit/gate/courses.test.ts',
  'test/unit/gate/git-ref.test.ts',
  'test/unit/flakes/decide/properties.test.ts',
]);

function inDecide(name: string): string {
  return `src/flakes/decide/${name}`;
}

/** A tree of sources, and what of it is mutated by what. */
export interface Scope {
  /** Holds `src`, `test` and `node_modules`. */
  readonly root: string;
  /** Paths below the root. */
  readonly code: readonly string[];
  readonly tests: readonly string[];
}

async function files(root: string, folders: readonly string[], end: string): Promise<readonly string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => (await readdir(join(root, folder))).map((name) => `${folder}/${name}`)),
  );
  return found
    .flat()
    .filter((name) => name.endsWith(end))
    .sort();
}

/** What of the gate is asked for. */
export interface Wish {
  /** Of the paths of files to mutate, in the order in which they are wanted; none: all files. */
  readonly parts: readonly string[];
  /** Also by tests that draw thousands of examples: what they kill they kill slowly, and no rule is named. */
  readonly drawn: boolean;
}

/** The files of the gate and its tests. */
export async function gateScope(root: string, { parts, drawn }: Wish): Promise<Scope> {
  const mutated = (await files(root, code, '.ts')).filter((name) => !readsWrittenCases.has(name));
  const wanted = (parts.length === 0 ? [''] : parts).flatMap((part) =>
    mutated.filter((name) => name.includes(part)),
  );
  return {
    root,
    code: [...new Set(wanted)],
    tests: (await files(root, tests, '.test.ts')).filter((name) => drawn || !drawsExamples.has(name)),
  };
}
