// Whether the failures found in a log are all that its runner speaks of (FLAKES.md 6.3b rule 4). Whoever writes the log can only
// make doubt here, never take it away: an excuse needs the lists, the counts and the end of the runner's summary to agree.

import type { FileAccount, RunnerAccount } from './account.ts';
import type { Failure } from './failure.ts';
import type { LogReading } from './read-log.ts';
import { fileOf, liesIn } from './test-id.ts';

/** Kinds that a runner knows of; what is the machine's or the compiler's stands in no list of its. */
function isListed({ kind }: Failure): boolean {
  return kind !== 'worker-lost' && kind !== 'compile' && kind !== 'network' && kind !== 'other';
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
  const found = failures.flatMap((one) =>
    one.testId === null || !isListed(one) ? [] : [{ id: one.testId, file: fileOf(one.testId) }],
  );
  const stranger = found.find(({ id, file }) => !files.some((name) => liesIn(id, name) || name === file));
  if (stranger !== undefined && files.length > 0)
    return `${stranger.file} failed, and the runner does not list it`;
  const missing = files.find(
    (name) => !failures.some(({ testId }) => testId !== null && liesIn(testId, name)),
  );
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

/**
 * Whether a re-run inside the build cleared a failure: its file is listed as run again and not as failed, and the re-run ran at
 * least as many tests as had failed in it (python/cpython#108387).
 */
export function wasCleared({ account, failures }: LogReading, failure: Failure): boolean {
  const { result, lists } = account;
  if (failure.testId === null || failure.attempt !== 1 || result?.endsWith('then SUCCESS') !== true)
    return false;
  const id = failure.testId;
  const file = lists.rerun?.names.find((name) => liesIn(id, name));
  if (file === undefined || lists.failed?.names.includes(file) === true) return false;
  const failed = failures.filter(({ testId }) => testId !== null && liesIn(testId, file)).length;
  const counted = account.files.get(`1 ${file}`)?.claimed ?? 0;
  return (account.files.get(`2 ${file}`)?.ran ?? 0) >= Math.max(failed, counted, 1);
}
