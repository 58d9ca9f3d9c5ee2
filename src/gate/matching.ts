// What a job that was handed out is: a job that we know, work that is under way, or something new (RUNS.md 2.4).

import type { JobNumber } from './ids.ts';
import { isLive, type Job, type ServerKind } from './job.ts';
import { isJoinable, isUndecided, type Run } from './run.ts';

export interface Arrival {
  /** '' where the client gave none. */
  readonly unique: string;
  readonly argumentsHash: string;
  /** null: the arguments are refused. */
  readonly key: string | null;
  readonly serverKind: ServerKind;
}

export type Match =
  /** One more binding of a job that is open or answered. */
  | { readonly kind: 'bind'; readonly run: Run; readonly number: JobNumber }
  /** The same unique id with other arguments, while the first is open. */
  | { readonly kind: 'clash'; readonly number: JobNumber }
  | { readonly kind: 'attach'; readonly run: Run; readonly replaces: JobNumber | null }
  | { readonly kind: 'new' };

function jobsOf(runs: readonly Run[], unique: string): readonly { readonly run: Run; readonly job: Job }[] {
  return runs.flatMap((run) => run.jobs.filter((job) => job.unique === unique).map((job) => ({ run, job })));
}

/** On geard a lost job is over; its relaunch takes the place of the oldest one that lost its binding. */
function replacedBy(run: Run, kind: ServerKind): JobNumber | null {
  if (kind !== 'geard') return null;
  const state = isUndecided(run) ? 'open' : 'answered';
  const lost = run.jobs.filter((job) => job.state === state && !job.bindings.some(isLive));
  return lost[0]?.number ?? null;
}

/** `runs` are those that are not over or may still be joined. */
export function matchJob(arrival: Arrival, runs: readonly Run[]): Match {
  if (arrival.unique !== '') {
    const known = jobsOf(runs, arrival.unique).filter(({ job }) => job.state !== 'closed');
    const same = known.find(({ job }) => job.argumentsHash === arrival.argumentsHash);
    if (same !== undefined) return { kind: 'bind', run: same.run, number: same.job.number };
    const open = known.find(({ job }) => job.state === 'open');
    if (open !== undefined) return { kind: 'clash', number: open.job.number };
  }
  const run =
    arrival.key === null ? undefined : runs.find((each) => each.key === arrival.key && isJoinable(each));
  if (run === undefined) return { kind: 'new' };
  return { kind: 'attach', run, replaces: replacedBy(run, arrival.serverKind) };
}

const usable = /^[A-Za-z0-9._-]{1,63}$/;

/** Whether a unique id may serve as a job's number (RUNS.md 1.1); no kept record may have it, which the caller knows. */
export function isUsableNumber(unique: string): unique is JobNumber {
  return usable.test(unique);
}
