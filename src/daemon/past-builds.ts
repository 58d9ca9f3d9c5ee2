// What attempts of the last days took: how long a builder's builds are, and what measuring has cost in a day (FLAKES.md 6.3: budgets).

import { ownerOf } from '../fleet/owner.ts';
import type { World } from '../gate/event.ts';
import type { Ending, History } from '../store/history.ts';

export interface PastBuilds {
  /** Reads what the history kept. Rejects with the store's error; what ends later is noted all the same. */
  recall(): Promise<void>;
  note(endings: readonly Ending[]): void;
  /** As of now, for the worlds of runs. */
  get(): Pick<World, 'spent' | 'medians'>;
  /** What 99 of 100 votes that passed took, by builder, where there were enough of them; milliseconds. */
  usual(): ReadonlyMap<string, number>;
}

const day = 24 * 3_600_000;
const remembered = 14 * day;
const mostEndings = 5_000;
/** Milliseconds for which an answer serves: many runs ask in one second. */
const fresh = 5_000;

type Outlay = Pick<Ending, 'builder' | 'worker' | 'role' | 'outcome' | 'ran' | 'endedAt'>;

function counted(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Votes that must have passed before their times say what is usual. */
const enough = 50;

function usualOf(past: readonly Outlay[]): ReadonlyMap<string, number> {
  const known = [...timesOf(past)].filter(([, times]) => times.length >= enough);
  return new Map(
    known.map(([builder, times]) => {
      const sorted = [...times].sort((one, other) => one - other);
      return [builder, sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0];
    }),
  );
}

function mediansOf(past: readonly Outlay[]): ReadonlyMap<string, number> {
  return new Map([...timesOf(past)].map(([builder, times]) => [builder, median(times)]));
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Whole builds of the votes that passed: one that failed may have ended early. */
function timesOf(past: readonly Outlay[]): ReadonlyMap<string, readonly number[]> {
  const byBuilder = new Map<string, number[]>();
  for (const { builder, role, outcome, ran } of past) {
    if (role !== 'vote' || outcome !== 'passed') continue;
    const times = byBuilder.get(builder);
    if (times === undefined) byBuilder.set(builder, [ran]);
    else times.push(ran);
  }
  return byBuilder;
}

function spentOf(past: readonly Outlay[], since: number): World['spent'] {
  const measures = past.filter(({ role, endedAt }) => role !== 'vote' && endedAt >= since);
  const owners = measures.flatMap(({ worker }) => (worker === null ? [] : [ownerOf(worker)]));
  return {
    byBuilder: counted(measures.map(({ builder }) => builder)),
    byOwner: counted(owners),
    inAll: measures.length,
  };
}

/** Worked out when it is asked for: a world is made with each step of a run, and few steps ask. */
function known(past: () => readonly Outlay[], at: number): Pick<World, 'spent' | 'medians'> {
  let spent: World['spent'] | null = null;
  let medians: World['medians'] | null = null;
  return {
    get spent() {
      return (spent ??= spentOf(past(), at - day));
    },
    get medians() {
      return (medians ??= mediansOf(past()));
    },
  };
}

/** What runs need to know of attempts that ended; bounded. */
export function createPastBuilds(history: Pick<History, 'endings'>, now: () => number): PastBuilds {
  let past: Outlay[] = [];
  let answer: { readonly at: number; readonly value: Pick<World, 'spent' | 'medians'> } | null = null;

  const recent = (): readonly Outlay[] =>
    past.slice(-mostEndings).filter(({ endedAt }) => endedAt >= now() - remembered);
  const note = (endings: readonly Ending[]): void => {
    for (const { builder, worker, role, outcome, ran, endedAt } of endings)
      past.push({ builder, worker, role, outcome, ran, endedAt });
    // Not with each of the thousands of builds that end together.
    if (past.length > 2 * mostEndings) past = [...recent()];
    answer = null;
  };

  return {
    async recall() {
      const kept = await history.endings({ subject: null, since: now() - remembered, limit: mostEndings });
      note([...kept].reverse());
    },
    note,
    usual: () => usualOf(recent()),
    get() {
      const at = now();
      // Those that follow share it until another attempt ends.
      if (answer === null || at - answer.at >= fresh || at < answer.at)
        answer = { at, value: known(recent, at) };
      return answer.value;
    },
  };
}
