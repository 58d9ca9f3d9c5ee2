// The counters of each day:  tally/<day>/<scope>/<dimension>/<name>  and in it the counts in the order of `counters`.

import { counters, nothingCounted, type Counter, type DayCounts } from '../../flakes/history/day-counts.ts';
import type { BuildRecord } from '../build-record.ts';
import { daysBetween, type Day } from '../day.ts';
import {
  additions,
  dimensions,
  plus,
  tallyDay,
  type Addition,
  type Dimension,
  type Scope,
  type Standing,
  type TallyRow,
} from '../tally.ts';
import { StoreError } from '../store-error.ts';
import type { Engine } from './engine.ts';
import type { View } from './group-commit.ts';
import { seal, unseal } from './record.ts';

/** A report over more rows than this would be held in memory at once: what is beyond is refused. */
const maxRows = 500_000;
const anyStanding: Standing = { first: true, retested: false, flipped: false };

function scopeKey({ branch, builder, worker }: Scope): string {
  return JSON.stringify([branch, builder, worker]);
}

function rowKey(day: Day, { scope, of, name }: Addition): string {
  return `tally/${day}/${scopeKey(scope)}/${of}/${JSON.stringify(name)}`;
}

/** The rows that a build adds to, to be read before it is recorded. */
export function tallyKeys(build: BuildRecord): readonly string[] {
  const day = tallyDay(build);
  return additions(build, anyStanding).map((addition) => rowKey(day, addition));
}

/** Adds a build to its rows, those of `tallyKeys`. */
export function countBuild(
  view: View,
  build: BuildRecord,
  { rows, standing }: { readonly rows: readonly string[]; readonly standing: Standing },
): void {
  for (const [at, addition] of additions(build, standing).entries()) {
    const key = rows[at] ?? rowKey(tallyDay(build), addition);
    const text = view.get(key);
    view.put(
      key,
      seal(written(plus(text === undefined ? nothingCounted : readTally(key, text), addition.add))),
    );
  }
}

/** The rows of a scope from day to day, both included. Damaged ones are left out. */
export async function readTallies(
  engine: Engine,
  query: { readonly scope: Scope; readonly days: readonly Day[] },
): Promise<readonly TallyRow[]> {
  const rows: TallyRow[] = [];
  for (const day of query.days) {
    const prefix = `tally/${day}/${scopeKey(query.scope)}/`;
    for (const [key, text] of await engine.scan({ prefix, limit: maxRows - rows.length + 1 })) {
      const row = rowOf(day, key.slice(prefix.length), { key, text });
      if (row !== null) rows.push(row);
    }
    if (rows.length > maxRows) {
      throw new StoreError(
        'refused',
        `more than ${maxRows} counters lie in this time: ask for fewer days, or for one builder or worker`,
      );
    }
  }
  return rows;
}

/** Votes of landed commits on a branch, on all builders, from day to day, both included. */
export async function runsOf(
  engine: Engine,
  { branch, from, to }: { readonly branch: string; readonly from: Day; readonly to: Day },
): Promise<number> {
  const whole = { scope: { branch, builder: null, worker: null }, of: 'all', name: '', add: {} } as const;
  const keys = daysBetween(from, to).map((day) => rowKey(day, whole));
  const texts = await engine.get(keys);
  return keys.reduce((sum, key, index) => {
    const text = texts[index];
    return sum + (text === undefined ? 0 : readTally(key, text).runs);
  }, 0);
}

function rowOf(day: Day, tail: string, stored: { key: string; text: string }): TallyRow | null {
  const slash = tail.indexOf('/');
  const of = dimensions.find((each) => each === tail.slice(0, slash));
  if (of === undefined) return null;
  try {
    return {
      day,
      of: of satisfies Dimension,
      name: JSON.parse(tail.slice(slash + 1)) as string,
      tally: readTally(stored.key, stored.text),
    };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'broken-record') return null;
    throw error;
  }
}

/** Counts in the order of `counters`, the zeros at the end left out. */
function written(tally: DayCounts): readonly number[] {
  const counts = counters.map((counter) => tally[counter]);
  return counts.slice(0, counts.findLastIndex((count) => count !== 0) + 1);
}

function readTally(key: string, text: string): DayCounts {
  const counts = unseal(key, text) as readonly number[];
  const tally: Record<Counter, number> = { ...nothingCounted };
  counters.forEach((counter, index) => (tally[counter] = counts[index] ?? 0));
  return tally;
}
