// The runner's own account of a run: its lists, its counts and whether its summary is complete. Failures that were found are held
// against it (FLAKES.md 6.3b rule 4), so that what was cut out of a log, or hidden in it, is noticed.

/** Files and names that are kept; a log that has more is not believed. */
const mostNames = 5_000;

/** The lists of a summary. */
export type ListName = 'failed' | 'changed' | 'rerun';

interface NameList {
  /** The number that stands above it. */
  readonly claimed: number;
  readonly names: string[];
}

/** Of one file in the first run or in the re-run. */
export interface FileAccount {
  /** Failures and errors as counted by the runner; null: it does not say. */
  claimed: number | null;
  /** It says that there are several and not how many. */
  several: boolean;
  /** The runner's result of it is one that a process gives which came to its end. */
  ended: boolean;
  /** Blocks that tell a failure. */
  told: number;
  /** Tests that ran and were not skipped; null: not said. */
  ran: number | null;
}

export interface RunnerAccount {
  /** Of the last summary: `FAILURE`, `FAILURE then SUCCESS`, `SUCCESS`, `FAILED`, `OK`; null: there is none. */
  result: string | null;
  /** Nothing was started after that summary. */
  complete: boolean;
  /** Of the last summary. */
  lists: Partial<Record<ListName, NameList>>;
  /** Every file that any list or result line named. */
  readonly named: Set<string>;
  /** By attempt and file: `1 test_ssl`. */
  readonly files: Map<string, FileAccount>;
  /** Buildbot's header; null: it is missing. */
  exit: number | null;
  /** More was named than is kept. */
  overfull: boolean;
}

export function createAccount(): RunnerAccount {
  return {
    result: null,
    complete: false,
    lists: {},
    named: new Set(),
    files: new Map(),
    exit: null,
    overfull: false,
  };
}

/** The account of a file in an attempt; '' is a run without files. */
export function fileAccount(account: RunnerAccount, attempt: number, file: string): FileAccount {
  const key = `${attempt} ${file}`;
  const known = account.files.get(key);
  if (known !== undefined) return known;
  const made: FileAccount = { claimed: null, several: false, ended: false, told: 0, ran: null };
  if (account.files.size < mostNames) account.files.set(key, made);
  else account.overfull = true;
  return made;
}

/** The runner counts failures; the higher count holds, since its short form leaves out unexpected successes. */
export function noteCount(file: FileAccount, count: number | null): void {
  if (count !== null) file.claimed = Math.max(file.claimed ?? 0, count);
}

/** So many tests ran. Where it is said more than once the lowest number holds, since a test may print such a line. */
export function noteRan(file: FileAccount, ran: number): void {
  file.ran = Math.min(file.ran ?? ran, ran);
}

/** Of the tests that ran, those that `OK (skipped=1)` says were skipped show nothing. */
export function noteSkipped(file: FileAccount, counts: string): void {
  const skipped = /\bskipped=(\d{1,9})/.exec(counts)?.[1];
  if (file.ran !== null && skipped !== undefined) file.ran = Math.max(0, file.ran - Number(skipped));
}

/** A summary begins: what an earlier one listed is out of date. */
export function noteResult(account: RunnerAccount, result: string): void {
  account.result = result;
  account.complete = true;
  account.lists = {};
}

/** A file or a test starts: the run goes on, whatever looked like a summary before. */
export function noteStart(account: RunnerAccount): void {
  account.complete = false;
}

export function noteList(account: RunnerAccount, list: ListName, claimed: number): void {
  account.lists[list] = { claimed, names: [] };
}

export function noteNamed(account: RunnerAccount, list: ListName | null, file: string): void {
  if (account.named.size >= mostNames) account.overfull = true;
  else account.named.add(file);
  const names = list === null ? undefined : account.lists[list]?.names;
  if (names !== undefined && names.length < mostNames) names.push(file);
}

/** The failures and errors in `failures=3, errors=1` or `1 error, 3 failures`; null where no number is said. */
export function countIn(text: string): number | null {
  const before = [...text.matchAll(/(\d{1,9}) (?:failures?|errors?)\b/g)];
  const behind = [...text.matchAll(/(?<!expected )\b(?:failures|errors|unexpected successes)=(\d{1,9})/g)];
  const all = [...before, ...behind].map(([, count]) => Number(count));
  return all.length === 0 ? null : all.reduce((sum, count) => sum + count, 0);
}
