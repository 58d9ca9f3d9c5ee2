// What is said of the workers of a fleet: whom to blame, whom nobody can tell from the platform, and which lists to change. People decide.

import { proposeStability, type Proposal, type WorkerStanding } from '../statistics/stability-proposal.ts';
import { hypergeometricTail } from '../statistics/tails.ts';
import { blameWorkers, type Blame, type WorkerBlame } from '../statistics/worker-blame.ts';
import { day, type BaseVote } from './base-votes.ts';
import { countWorkers, type CountedRecord } from './worker-records.ts';

const recentDays = 7;

export interface WorkerFindings {
  /** The worst of each worker and platform, the surest first; none that is `unclear`. */
  readonly blames: readonly WorkerBlame[];
  readonly proposals: readonly Proposal[];
}

/** A worker by its newest vote, and how many votes in a row were clean up to it. */
interface Streak {
  platform: string;
  clean: number;
}

interface Told {
  readonly blame: WorkerBlame;
  readonly record: CountedRecord;
}

const order: Readonly<Record<Blame, number>> = { blamed: 0, suspect: 1, inseparable: 2, unclear: 3 };
const placeOf = ({ platform, worker }: { platform: string; worker: string }): string =>
  JSON.stringify([platform, worker]);

function worstFirst({ blame: one }: Told, { blame: other }: Told): number {
  return order[one.blame] - order[other.blame] || (one.p ?? 1) - (other.p ?? 1);
}

/** Whether a worker that is alone on its platform fails more than the rest of the fleet: by one or by the other, and nobody can tell. */
function outstanding(records: readonly CountedRecord[]): (own: CountedRecord) => boolean {
  const fleet = new Map<string, { failures: number; runs: number }>();
  const families = new Map<string, number>();
  for (const record of records) {
    const { failures, runs } = fleet.get(record.family) ?? { failures: 0, runs: 0 };
    fleet.set(record.family, { failures: failures + record.failures, runs: runs + record.runs });
    families.set(placeOf(record), (families.get(placeOf(record)) ?? 0) + 1);
  }
  return (own) => {
    const all = fleet.get(own.family) ?? { failures: 0, runs: 0 };
    const draw = { all: all.runs, marked: all.failures, drawn: own.runs };
    return hypergeometricTail(own.failures, draw) * (families.get(placeOf(own)) ?? 1) < 0.01;
  };
}

/** The worst of each worker on each platform, of whom there is something to say. */
function worstOf(records: readonly CountedRecord[]): ReadonlyMap<string, Told> {
  const standsOut = outstanding(records);
  const told = blameWorkers(records).flatMap((blame, index): readonly Told[] => {
    const record = records[index];
    if (record === undefined || blame.blame === 'unclear') return [];
    return blame.blame !== 'inseparable' || standsOut(record) ? [{ blame, record }] : [];
  });
  const worst = new Map<string, Told>();
  for (const one of told.sort(worstFirst)) {
    if (!worst.has(placeOf(one.blame))) worst.set(placeOf(one.blame), one);
  }
  return worst;
}

function standingOf(
  worker: string,
  { platform, clean }: Streak,
  { told, isStable }: { readonly told: Told | undefined; readonly isStable: boolean },
): WorkerStanding {
  // A single test that fails on one machine alone may be the platform's: that is a suspicion, and moves nobody.
  const isBlamed = told?.blame.blame === 'blamed';
  return {
    worker,
    platform,
    standing: isStable ? 'stable' : 'unstable',
    failures: isBlamed ? told.record.recent : 0,
    q: isBlamed ? told.blame.q : null,
    clean,
  };
}

export interface WorkerWatch {
  /** The next vote, oldest first. `isShared`: another worker of the platform built the commit as well. */
  add(vote: BaseVote, isShared: boolean): void;
  findings(): WorkerFindings;
}

/**
 * Judges workers by votes of landed commits.
 *
 * @param terms.now milliseconds since 1970
 * @param terms.isStable whether the lists call a worker stable today
 */
export function watchWorkers(terms: {
  readonly now: number;
  readonly isStable: (worker: string) => boolean;
}): WorkerWatch {
  const counts = countWorkers(terms.now - recentDays * day);
  const streaks = new Map<string, Streak>();
  return {
    add(vote, isShared) {
      const { worker, platform, says, failures } = vote;
      counts.add(vote, isShared);
      if (worker === null) return;
      const isClean = says === 'tests' && failures.length === 0;
      streaks.set(worker, { platform, clean: isClean ? (streaks.get(worker)?.clean ?? 0) + 1 : 0 });
    },
    findings() {
      const worst = worstOf(counts.records());
      const standings = Array.from(streaks, ([worker, streak]) => {
        const told = worst.get(placeOf({ worker, platform: streak.platform }));
        return standingOf(worker, streak, { told, isStable: terms.isStable(worker) });
      });
      const blames = [...worst.values()].map(({ blame }) => blame);
      return { blames, proposals: proposeStability(standings) };
    },
  };
}
