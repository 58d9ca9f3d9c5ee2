// Whether the failures found in a log are all that its runner speaks of (FLAKES.md 6.3b rule 4). Whoever writes the log can only
// make doubt here, never take it away: an excuse needs the lists, the counts and the end of the runner's summary to agree.

import type { FileAccount, RunnerAccount } from './account.ts';
import type { Failure } from './failure.ts';
import type { LogReading } from './read-log.ts';
import { liesIn } from './test-id.ts';

/** Kinds that a runner knows of; what is the machine's or the compiler's stands in no list of its. */
function isListed({ kind }: Failure): boolean {
  return kind !== 'worker-lost' && kind !== 'compile' && kind !== 'network' && kind !== 'other';
}

/** Whether a failure is one of a file as the runner names it. */
function isOf({ testId, file }: Failure, name: string): boolean {
  return testId !== null && (file === name || liesIn(testId, name));
}

function unevenFile([key, { claimed, several, told }]: readonly [string, FileAccount]): string | null {
  const file = key.replace(/^\d+ /, '') || 'the run';
  if (claimed !== null && claimed !== told)
    return `the runner counts ${claimed} failures in ${file}, and ${told} are told`;
  if (claimed === null && several && told < 2)
    return `${file} failed in several ways, and the log does not say how`;
  return null;
}

function shortList({ lists }: RunnerAccount): string | null {
  for (const [name, { claimed, names }] of Object.entries(lists)) {
    if (claimed !== names.length)
      return `the runner's list '${name}' should have ${claimed} names and has ${names.length}`;
  }
  return null;
}

/** A failure in a file that the runner does not name, or a named file in which none was found. */
function otherFiles({ named }: RunnerAccount, failures: readonly Failure[]): string | null {
  const files = [...named];
  const stranger = failures.find(
    (one) => one.testId !== null && isListed(one) && !files.some((name) => isOf(one, name)),
  );
  if (stranger !== undefined && files.length > 0)
    return `${stranger.file ?? stranger.testId} failed, and the runner does not list it`;
  const missing = files.find((name) => !failures.some((one) => isOf(one, name)));
  return missing === undefined ? null : `the runner lists ${missing}, and no failure of it was found`;
}

/** Why the failures of a failed test step may not be all of them; null: they are. */
export function doubtOf({ failures, dropped, account }: LogReading): string | null {
  if (dropped > 0) return `the log shows ${dropped} more signs of failure than are kept`;
  if (account.overfull) return 'the log names more tests than are kept';
  if (failures.length === 0) return 'no failure was found in it';
  if (account.result === null || !account.complete) return "the runner's summary is missing or not complete";
  if (account.exit === null) return 'the end of the step is missing in its log';
  const uneven = [...account.files].map(unevenFile).find((why) => why !== null);
  return uneven ?? shortList(account) ?? otherFiles(account, failures);
}

/** How many tests a re-run has to run so that it says something: as many as had failed (python/cpython#108387). */
function atStake({ account, failures }: LogReading, file: string): number {
  const first = account.files.get(`1 ${file}`);
  const tests = new Set(failures.flatMap((one) => (one.attempt === 1 && isOf(one, file) ? one.testId : [])));
  const several = first?.several === true ? 2 : 1;
  // Subtests are counted one by one, but where each is told we know of how many tests they are.
  const counted = first === undefined || first.claimed === first.told ? 0 : (first.claimed ?? 0);
  return Math.max(tests.size, counted, several);
}

/** In a file that failed again: its re-run tells each failure that it counts, and this test is none of them. */
function passedBeside({ account }: LogReading, failure: Failure, file: string): boolean {
  const second = account.files.get(`2 ${file}`);
  if (second === undefined || second.several || second.claimed !== second.told) return false;
  return failure.kind === 'test-failure' && failure.testId !== file && !failure.again;
}

/**
 * Whether a re-run inside the build cleared a failure: its file is listed as run again and not as failed, or only other tests failed
 * in it again, and the re-run ran at least as many tests as had failed.
 */
export function wasCleared(reading: LogReading, failure: Failure): boolean {
  const { result, complete, lists, files } = reading.account;
  if (failure.testId === null || failure.attempt !== 1 || !complete) return false;
  if (result?.includes(' then ') !== true) return false;
  const file = lists.rerun?.names.find((name) => isOf(failure, name));
  if (file === undefined || (files.get(`2 ${file}`)?.ran ?? 0) < atStake(reading, file)) return false;
  const { failed } = lists;
  if (failed?.names.includes(file) === true) return passedBeside(reading, failure, file);
  // A list that lost names clears nobody.
  const whole =
    failed === undefined ? result.endsWith('then SUCCESS') : failed.claimed === failed.names.length;
  return whole && !failure.again;
}
