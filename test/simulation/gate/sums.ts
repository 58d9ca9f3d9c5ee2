// What many courses come to together. Sums of several processes, each with seeds of its own, are added.

import { readFileSync } from 'node:fs';
import type { Course } from './course.ts';
import { faultKinds } from './faults.ts';

export interface Sums {
  readonly jobs: number;
  readonly courses: number;
  readonly steps: number;
  /** Seconds of processor time. */
  readonly seconds: number;
  /** First seeds and the ones after the last. */
  readonly seeds: readonly (readonly [from: number, to: number])[];
  readonly words: Readonly<Record<string, number>>;
  /** `fault / state`, and how often. */
  readonly hits: Readonly<Record<string, number>>;
  /** Seeds in which a promise broke. */
  readonly broken: readonly number[];
}

export const noSums: Sums = {
  ...{ jobs: 0, courses: 0, steps: 0, seconds: 0, seeds: [], words: {}, hits: {}, broken: [] },
};

function added(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sums = { ...one };
  for (const [name, count] of Object.entries(other)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

export function addSums(one: Sums, other: Sums): Sums {
  return {
    jobs: one.jobs + other.jobs,
    courses: one.courses + other.courses,
    steps: one.steps + other.steps,
    seconds: one.seconds + other.seconds,
    seeds: [...one.seeds, ...other.seeds],
    words: added(one.words, other.words),
    hits: added(one.hits, other.hits),
    broken: [...one.broken, ...other.broken],
  };
}

/** One more course; processor time and seeds are the caller's. */
export function addCourse(sums: Sums, { plan, results, steps, hits, broken }: Course): Sums {
  return {
    ...sums,
    jobs: sums.jobs + Object.values(results).reduce((sum, count) => sum + count, 0),
    courses: sums.courses + 1,
    steps: sums.steps + steps,
    words: added(sums.words, results),
    hits: added(sums.hits, hits),
    broken: broken.length === 0 ? sums.broken : [...sums.broken, plan.seed],
  };
}

/** Reads what `--out` has written. Throws where the file is none, or its seeds were played in another one as well. */
export function readSums(files: readonly string[]): Sums {
  const all = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Sums);
  const sums = all.reduce(addSums, noSums);
  const seeds = sums.seeds.toSorted(([one], [other]) => one - other);
  const twice = seeds.find(([from], at) => from < (seeds[at - 1]?.[1] ?? -Infinity));
  if (twice !== undefined)
    throw new Error(`seed ${twice[0]} was played in two of ${files.join(', ')}: they cannot be added`);
  return sums;
}

/** States in which a fault can find the daemon: each can meet each, for a fault comes at its time whatever the daemon does. */
const states = [
  ...['decided', 'deciding', 'down', 'idle', 'intended', 'queued'],
  ...['running', 'sending', 'stopped', 'unclear', 'waiting'],
] as const;

/** Cells in which a fault has nothing of the daemon's left to break: it is counted, and only the rest of the world feels it. */
const withoutEffect: Readonly<Record<string, string>> = {
  'crash / down': 'it is dead already',
  'connection-cut / down': 'it has no connection',
  'connection-cut-silently / down': 'it has no connection',
  'crash-at-step / down': 'its next life dies',
};

/** Cells with fewer hits than that, each in a line. */
export function rareCells({ hits }: Pick<Sums, 'hits'>, least: number): readonly string[] {
  return faultKinds.flatMap((kind) =>
    states.flatMap((state) => {
      const cell = `${kind} / ${state}`;
      const count = hits[cell] ?? 0;
      const why = withoutEffect[cell];
      return count >= least ? [] : [`${cell}: ${count}${why === undefined ? '' : ` (${why})`}`];
    }),
  );
}

/** Faults down, states across. */
export function tableOf({ hits }: Pick<Sums, 'hits'>): readonly string[] {
  const row = (name: string, texts: readonly string[]): string =>
    name.padEnd(26) + texts.map((text) => text.padStart(10)).join('');
  return [
    row('hits: fault / state', states),
    ...faultKinds.map((kind) =>
      row(
        kind,
        states.map((state) => String(hits[`${kind} / ${state}`] ?? 0)),
      ),
    ),
  ];
}
