// What the steps of failing builds print, as Buildbot keeps it: small runs of regrtest that the real reader reads.

import { block, exit, output } from '../../unit/flakes/printed-run.ts';

/** What the test step of a build shows. */
export interface Shown {
  /** Test files that failed, in a whole run. */
  readonly tests: readonly string[];
  /** A re-run inside the build passed. */
  readonly cleared: boolean;
  /** Of a build that repeats: for each repeat the test files that failed in it; null: one run. */
  readonly repeats: readonly (readonly string[])[] | null;
  /** Its end is missing, as where a worker was lost. */
  readonly cut: boolean;
}

export const nothingShown: Shown = { tests: [], cleared: false, repeats: null, cut: false };

const passedExit = exit.replace('code 2', 'code 0');

function failingFile(test: string): string {
  return `0:00:00 load avg: 1.00 [1/3] ${test}
${block('test_x', test)}
----------------------------------------------------------------------
Ran 3 tests in 0.010s

FAILED (failures=1)
test ${test} failed
`;
}

function list(count: number, what: string, names: readonly string[]): string {
  return `${count} ${what}${count === 1 ? '' : 's'}${what === 're-run test' ? '' : ' failed'}:\n    ${names.join(' ')}\n`;
}

function result(word: string): string {
  return `\n2 tests OK.\n\nTotal duration: 50 ms\nResult: ${word}\n`;
}

function run(tests: readonly string[]): string {
  if (tests.length === 0)
    return output(`0:00:00 load avg: 1.00 [1/3] test_a\n\n== Tests result: SUCCESS ==\n${result('SUCCESS')}`);
  const files = tests.map(failingFile).join('');
  const lists = list(tests.length, 'test', tests);
  return output(`${files}\n== Tests result: FAILURE ==\n\n${lists}${result('FAILURE')}`);
}

function rerun(tests: readonly string[]): string {
  const files = tests
    .map((test) => `Re-running ${test} in verbose mode\ntest_x (test.${test}.T.test_x) ... ok\n`)
    .join('');
  return output(`0:00:01 load avg: 1.00 Re-running ${tests.length} failed tests in verbose mode
${files}
----------------------------------------------------------------------
Ran 1 test in 0.000s

OK

== Tests result: FAILURE then SUCCESS ==

${list(tests.length, 're-run test', tests)}
Total duration: 90 ms
Result: FAILURE then SUCCESS
`);
}

/** The log of a test step. */
export function failingLog({ tests, cleared, repeats, cut }: Shown): string {
  if (cut) return tests.map((test) => output(failingFile(test))).join('') + output('0:00:02 test_more');
  if (repeats !== null)
    return repeats.map((failed) => run(failed) + (failed.length > 0 ? exit : passedExit)).join('');
  if (cleared) return run(tests) + rerun(tests) + passedExit;
  return run(tests) + (tests.length > 0 ? exit : passedExit);
}
