// The simulated fleet and its flakes: its own truth. What the gate is told of it is in told.ts.

import { below, binomial, type Chance } from './chance.ts';

export const builders = 40;
const platforms = 4;
/** Share of builds of a good change that a flake fails. */
export const flakyBuilds = 0.01;
export const flakes = 30;
/** Test files, of which a change with a list touches one. */
export const testFiles = 480;
/** Base builds of all builders in 14 days: 325 commits. */
const commits = 325;
export const baseBuilds = commits * builders;
/** The same in 60 days. */
export const longBuilds = Math.round((baseBuilds * 60) / 14);

export interface World {
  /** Chance that a flake fails again when its test is repeated, on the change or on its base. */
  readonly r: number;
  /** Share of flake failures that nobody ever saw before. */
  readonly novel: number;
  /** The gate knows what files the change touches. */
  readonly list: boolean;
  /** Every flake that is not novel has an active signature. */
  readonly signatures: boolean;
}

export function platformOf(builder: number): number {
  return builder % platforms;
}

/** Chance that one certain flake fails one build. */
export function rate({ novel }: World): number {
  return (flakyBuilds * (1 - novel)) / flakes;
}

/** What landed commits showed of one flake: failed base builds of each builder, and some facts that a count does not tell. */
export interface Past {
  readonly failures: readonly number[];
  /** Of each builder's newest two base builds, how many it failed. */
  readonly red: readonly number[];
  readonly today: number;
  /** On all builders, in 14 and in 60 days. */
  readonly fleet: number;
  readonly long: number;
}

/** Base builds of one day. */
export const today = Math.round(baseBuilds / 14);

/** The last 14 days of each flake. */
export function pasts(world: World, chance: Chance): readonly Past[] {
  return Array.from({ length: flakes }, () => {
    const q = rate(world);
    const failures = Array.from({ length: builders }, () => binomial(chance, commits, q));
    const fleet = failures.reduce((sum, count) => sum + count, 0);
    const red = failures.map((count) => (count > 0 ? binomial(chance, Math.min(2, count), 2 / commits) : 0));
    const long = fleet + binomial(chance, longBuilds - baseBuilds, q);
    return { failures, red, fleet, long, today: binomial(chance, fleet, 1 / 14) };
  });
}

export const runsOfBuilder = commits;

/** Something that fails in a run, and how it goes on when it is repeated. */
export interface Trouble {
  /** What it looks like: a flake's number, or -1 for a symptom that no commit ever showed. */
  readonly looks: number;
  /** Its test file, 0 to below `testFiles`. */
  readonly file: number;
  /** Chance that it fails in a repeat on the change, and on the base. */
  readonly onChange: number;
  readonly onBase: number;
}

export interface Shown {
  readonly builder: number;
  readonly trouble: Trouble;
}

/** The flakes that fail the votes of one run: mostly none. */
export function flakyVotes(world: World, chance: Chance): readonly Shown[] {
  const count = binomial(chance, builders * flakes, flakyBuilds / flakes);
  return Array.from({ length: count }, (): Shown => {
    const isNovel = chance() < world.novel;
    const looks = isNovel ? -1 : below(chance, flakes);
    const file = isNovel ? below(chance, testFiles) : looks;
    return { builder: below(chance, builders), trouble: { looks, file, onChange: world.r, onBase: world.r } };
  });
}

export interface Regression {
  /** Chance that it fails one run. */
  readonly f: number;
  readonly where: 'one' | 'all';
  readonly symptom: 'known' | 'own';
}

/** The votes that a regression fails: at least one, for one that shows nowhere is decided by nobody. Its test is none that the change touches by name. */
export function regressionVotes(regression: Regression, world: World, chance: Chance): readonly Shown[] {
  const { f, where, symptom } = regression;
  const looks = symptom === 'known' ? below(chance, flakes) : -1;
  const trouble: Trouble = {
    looks,
    file: symptom === 'known' ? looks : flakes + below(chance, testFiles - flakes),
    onChange: f,
    onBase: symptom === 'known' ? world.r : 0,
  };
  if (where === 'one') return [{ builder: below(chance, builders), trouble }];
  for (;;) {
    const shown: Shown[] = [];
    for (let builder = 0; builder < builders; builder += 1) {
      if (chance() < f) shown.push({ builder, trouble });
    }
    if (shown.length > 0) return shown;
  }
}
