// All cells of the simulation and the bars over them.

import { atMost, together, type Row } from './bars.ts';
import { shareOf, shown, type Share } from './bounds.ts';
import { seeded } from './chance.ts';
import { goodChanges, type GoodEnd } from './good-changes.ts';
import { regressions } from './regressions.ts';
import { sickWorker } from './sick-worker.ts';
import type { Regression, World } from './world.ts';

/** How much is simulated. */
export interface Size {
  readonly seed: number;
  /** Good changes in a cell. */
  readonly good: number;
  /** Regressions in each of the six worlds of a cell. */
  readonly regressions: number;
  readonly sick: number;
}

const plain: World = { r: 0.01, novel: 0.01, list: true, signatures: true };

function percent(share: number): string {
  return `${100 * share} %`;
}

function demanded(name: string, bar: number | null, share: Share): Row {
  return {
    name,
    figure: shown(share),
    bar: bar === null ? null : `<= ${percent(bar)}`,
    judgement: bar === null ? null : atMost(bar, share),
  };
}

/** A number for each cell, so that one more cell changes no other. */
function cellSeed(seed: number, name: string): number {
  let hash = seed | 0;
  for (const letter of name) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
  return hash;
}

function describeRules({ rules }: GoodEnd, changes: number): readonly Row[] {
  return [...rules].map(([rule, { settled, builds }]) => ({
    name: `    ${rule}`,
    figure: `${settled} builders (${((1000 * settled) / changes).toFixed(1)} in 1,000 changes), ${builds} builds`,
    bar: null,
    judgement: null,
  }));
}

interface GoodCell {
  readonly name: string;
  readonly bar: number | null;
  readonly worlds: readonly Partial<World>[];
}

const goodCells: readonly GoodCell[] = [
  { name: 'list, r <= .1, 1 % novel', bar: 0.01, worlds: [{}, { r: 0.1 }] },
  { name: 'list, r <= .1, 2 % novel', bar: 0.015, worlds: [{ novel: 0.02 }, { r: 0.1, novel: 0.02 }] },
  { name: 'list, r = .2, 1 % novel', bar: null, worlds: [{ r: 0.2 }] },
  { name: 'list, r = .2, 2 % novel', bar: null, worlds: [{ r: 0.2, novel: 0.02 }] },
  { name: 'no list, r = .01', bar: null, worlds: [{ list: false }] },
  { name: 'no list, r = .1', bar: null, worlds: [{ list: false, r: 0.1 }] },
  { name: 'no list, r = .2', bar: null, worlds: [{ list: false, r: 0.2 }] },
  { name: 'before any signature, list, r = .01', bar: 0.08, worlds: [{ signatures: false }] },
  { name: 'before any signature, list, r = .1', bar: null, worlds: [{ signatures: false, r: 0.1 }] },
  { name: 'before any signature, no list, r = .01', bar: null, worlds: [{ signatures: false, list: false }] },
  {
    name: 'before any signature, no list, r = .1',
    bar: null,
    worlds: [{ signatures: false, list: false, r: 0.1 }],
  },
];

const costBar = 0.6;

function goodRows({ name, bar, worlds }: GoodCell, size: Size): readonly Row[] {
  const changes = Math.round(size.good / worlds.length);
  const ends = worlds.map((over) => {
    const world = { ...plain, ...over };
    return { world, end: goodChanges(world, changes, seeded(cellSeed(size.seed, JSON.stringify(world)))) };
  });
  const { hits, of } = together(ends.map(({ end }) => end.failed));
  const builds = ends.reduce((sum, { end }) => sum + end.builds, 0) / ends.length;
  const rows = ends.flatMap(({ world, end }) => [
    ...(ends.length === 1 ? [] : [demanded(`  of these r = ${world.r}`, null, end.failed)]),
    ...describeRules(end, changes),
  ]);
  const flaky = shareOf(together(ends.map(({ end }) => end.flaky)).hits, of);
  return [
    demanded(`good changes not SUCCESS: ${name}`, bar, shareOf(hits, of)),
    demanded('  without any rule', null, flaky),
    {
      name: '  extra builds per change',
      figure: builds.toFixed(2),
      bar: bar === null ? null : `<= ${costBar}`,
      judgement: bar === null ? null : builds <= costBar ? 'met' : 'missed',
    },
    ...rows,
  ];
}

const repeated = [0.01, 0.1, 0.2];

/** On the six worlds together: three chances of repeating, with a list and without. */
function barOnAll({ f, where, symptom }: Regression, signatures: boolean): number | null {
  if (symptom === 'own') return 0;
  if (f === 1) return signatures ? 0 : null;
  return f === 0.5 || (f === 0.1 && where === 'all') ? 0.05 : null;
}

/** On each of them. */
function barOnEach({ f, symptom }: Regression, { signatures, list, r }: World): number | null {
  if (symptom === 'own') return 0;
  // A base that happens to fail its first six repeats as well vouches for a change that always fails: r^6, six in 100,000 at r = .2.
  if (f === 1) return signatures || list || r < 0.2 ? 0 : null;
  return f === 0.5 && signatures ? 0.05 : null;
}

function regressionRows(regression: Regression, signatures: boolean, size: Size): readonly Row[] {
  const { f, where, symptom } = regression;
  const worlds = [true, false].flatMap((list) =>
    repeated.map((r): World => ({ ...plain, list, r, signatures })),
  );
  const parts = worlds.map((world) => {
    const chance = seeded(cellSeed(size.seed, JSON.stringify([regression, world])));
    return { world, share: regressions(regression, world, { runs: size.regressions, chance }) };
  });
  const { hits, of } = together(parts.map(({ share }) => share));
  const what = `${symptom} symptom${signatures ? '' : ' before any signature'}`;
  const on = where === 'one' ? 'one builder' : 'all builders';
  return [
    demanded(
      `regressions forgiven: ${what}, f = ${f}, on ${on}`,
      barOnAll(regression, signatures),
      shareOf(hits, of),
    ),
    ...parts.map(({ world, share }) =>
      demanded(`  ${world.list ? 'list' : 'no list'}, r = ${world.r}`, barOnEach(regression, world), share),
    ),
  ];
}

function sickRows(size: Size): readonly Row[] {
  const world = { ...plain, r: 0.1 };
  const { first, after, left, blamedAfter } = sickWorker(
    world,
    size.sick,
    seeded(cellSeed(size.seed, 'sick')),
  );
  return [
    demanded("good changes not SUCCESS: a sick worker's first 20 changes", 0.1, first),
    demanded('  after them, when the blamed worker is off the list', 0.02, after),
    demanded('  after them, when nobody took it off', 0.02, left),
    { name: '  changes until it is blamed', figure: blamedAfter.toFixed(1), bar: null, judgement: null },
  ];
}

/** Runs cell after cell; each gives its rows as soon as it is done. */
export function* simulate(size: Size): Generator<readonly Row[]> {
  for (const [symptom, signatures] of [
    ['own', true],
    ['known', true],
    ['known', false],
  ] as const) {
    for (const where of ['one', 'all'] as const) {
      for (const f of [1, 0.5, 0.3, 0.1]) yield regressionRows({ f, where, symptom }, signatures, size);
    }
  }
  for (const cell of goodCells) yield goodRows(cell, size);
  yield sickRows(size);
}
