// What is said of the workers of a fleet: whom to blame, whom nobody can tell from the platform, and which lists to change. People decide.

import { hypergeometricTail } from '../statistics/tails.ts';
import { blameWorkers, type Blame, type WorkerBlame, type WorkerRecord } from '../statistics/worker-blame.ts';
import { proposeStability, type Proposal, type WorkerStanding } from '../statistics/stability-proposal.ts';
import { day, type BaseVote } from './base-votes.ts';
import { familiesOf, workerRecords } from './worker-records.ts';

const recentDays = 7;

export interface WorkerFindings {
  /** The worst of each worker and platform, the surest first; none that is `unclear`. */
  readonly blames: readonly WorkerBlame[];
  readonly proposals: readonly Proposal[];
}

const order: Readonly<Record<Blame, number>> = { blamed: 0, suspect: 1, inseparable: 2, unclear: 3 };

function worstFirst(one: WorkerBlame, other: WorkerBlame): number {
  return order[one.blame] - order[other.blame] || (one.p ?? 1) - (other.p ?? 1);
}

/** The worst of each worker on each platform. */
function worstOf(blames: readonly WorkerBlame[]): readonly WorkerBlame[] {
  const worst = new Map<string, WorkerBlame>();
  for (const blame of [...blames].sort(worstFirst)) {
    const key = JSON.stringify([blame.platform, blame.worker]);
    if (!worst.has(key)) worst.set(key, blame);
  }
  return [...worst.values()];
}

const ownOf = ({ platform, worker }: WorkerRecord): string => JSON.stringify([platform, worker]);

/** Whether a worker that is alone on its platform fails more than the rest of the fleet: by one or by the other, and nobody can tell. */
function outstanding(records: readonly WorkerRecord[]): (own: WorkerRecord) => boolean {
  const fleet = new Map<string, { failures: number; runs: number }>();
  const families = new Map<string, number>();
  for (const record of records) {
    const { failures, runs } = fleet.get(record.family) ?? { failures: 0, runs: 0 };
    fleet.set(record.family, { failures: failures + record.failures, runs: runs + record.runs });
    families.set(ownOf(record), (families.get(ownOf(record)) ?? 0) + 1);
  }
  return (own) => {
    const all = fleet.get(own.family) ?? { failures: 0, runs: 0 };
    const draw = { all: all.runs, marked: all.failures, drawn: own.runs };
    return hypergeometricTail(own.failures, draw) * (families.get(ownOf(own)) ?? 1) < 0.01;
  };
}

const isClean = ({ says, failures }: BaseVote): boolean => says === 'tests' && failures.length === 0;

function standingOf(
  votes: readonly BaseVote[],
  { worker, platform, blame }: { worker: string; platform: string; blame: WorkerBlame | undefined },
  terms: { readonly now: number; readonly isStable: (worker: string) => boolean },
): WorkerStanding {
  const isBlamed = blame?.blame === 'blamed';
  const recent = votes.filter(({ completeAt }) => completeAt >= terms.now - recentDays * day);
  const failed = recent.filter((vote) => isBlamed && familiesOf(vote).has(blame.family));
  return {
    worker,
    platform,
    standing: terms.isStable(worker) ? 'stable' : 'unstable',
    failures: failed.length,
    // A single test that fails on one machine alone may be the platform's: that is a suspicion, and moves nobody.
    q: isBlamed ? blame.q : null,
    clean: votes.length - 1 - votes.findLastIndex((vote) => !isClean(vote)),
  };
}

/** Votes of each worker; its platform is that of its newest vote. */
function byWorker(votes: readonly BaseVote[]): ReadonlyMap<string, readonly BaseVote[]> {
  const own = new Map<string, BaseVote[]>();
  for (const vote of votes) {
    if (vote.worker === null) continue;
    const known = own.get(vote.worker);
    if (known === undefined) own.set(vote.worker, [vote]);
    else known.push(vote);
  }
  return own;
}

/**
 * Judges workers by votes of landed commits, oldest first.
 *
 * @param terms.now milliseconds since 1970
 * @param terms.isStable whether the lists call a worker stable today
 */
export function workerFindings(
  votes: readonly BaseVote[],
  terms: { readonly now: number; readonly isStable: (worker: string) => boolean },
): WorkerFindings {
  const records = workerRecords(votes);
  const standsOut = outstanding(records);
  const told = blameWorkers(records).filter(({ blame }, index) => {
    const own = records[index];
    if (own === undefined || blame === 'unclear') return false;
    return blame !== 'inseparable' || standsOut(own);
  });
  const blames = worstOf(told);
  const standings = Array.from(byWorker(votes), ([worker, own]) => {
    const platform = own.at(-1)?.platform ?? '';
    const blame = blames.find((each) => each.worker === worker && each.platform === platform);
    return standingOf(own, { worker, platform, blame }, terms);
  });
  return { blames, proposals: proposeStability(standings) };
}
