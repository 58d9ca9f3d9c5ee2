// How far the failures found in labelled logs are those of the labels.

import type { Failure } from '../../src/flakes/failure.ts';
import type { Count } from '../../src/flakes/statistics/rate.ts';
import type { Case, Expected } from './case.ts';

/** A log and what was found in it. */
export interface Answer {
  readonly labelled: Case;
  readonly found: readonly Failure[];
}

interface Pair {
  readonly expected: Expected;
  readonly found: Failure;
}

interface Marked {
  readonly pairs: readonly Pair[];
  readonly missed: readonly Expected[];
  readonly extra: readonly Failure[];
}

/** Shares, each as right ones of all. */
export interface Score {
  readonly recall: Count;
  readonly precision: Count;
  readonly kind: Count;
  /** Logs with exactly the labelled ids and kinds. */
  readonly exact: Count;
  /** Of the pairs that the reader takes for one cause, those that are. */
  readonly pairPrecision: Count;
  /** Of the pairs of one cause, those that the reader takes for one. */
  readonly pairRecall: Count;
}

/** One to one by test id; of two that fit, the one of the right kind first. */
function mark({ labelled, found }: Answer): Marked {
  const left = [...found];
  const pairs: Pair[] = [];
  const missed: Expected[] = [];
  for (const expected of labelled.expected) {
    const fits = left.filter(({ testId }) => expected.testIds.includes(testId));
    const best = fits.find(({ kind }) => expected.kinds.includes(kind)) ?? fits[0];
    if (best === undefined) missed.push(expected);
    else {
      pairs.push({ expected, found: best });
      left.splice(left.indexOf(best), 1);
    }
  }
  return { pairs, missed, extra: left };
}

const rightKind = ({ expected, found }: Pair): boolean => expected.kinds.includes(found.kind);

const exactly = ({ pairs, missed, extra }: Marked): boolean =>
  missed.length === 0 && extra.length === 0 && pairs.every(rightKind);

const of = (failures: number, runs: number): Count => ({ failures, runs });

interface Told {
  readonly cause: string;
  /** Null: the failure was not found. */
  readonly incident: string | null;
}

function pairScores(told: readonly Told[]): Pick<Score, 'pairPrecision' | 'pairRecall'> {
  let one = 0;
  let taken = 0;
  let both = 0;
  told.forEach((left, at) => {
    for (const right of told.slice(at + 1)) {
      const same = left.cause === right.cause;
      const joined = left.incident !== null && left.incident === right.incident;
      one += Number(same);
      taken += Number(joined);
      both += Number(same && joined);
    }
  });
  return { pairPrecision: of(both, taken), pairRecall: of(both, one) };
}

function toldBy({ pairs, missed }: Marked): Told[] {
  const all = [
    ...pairs.map(({ expected, found }) => ({ cause: expected.cause, incident: found.incident })),
    ...missed.map(({ cause }) => ({ cause, incident: null })),
  ];
  return all.flatMap(({ cause, incident }) => (cause === null ? [] : [{ cause, incident }]));
}

/** The score of these answers together. */
export function scoreOf(answers: readonly Answer[]): Score {
  const marked = answers.map(mark);
  const pairs = marked.flatMap((one) => one.pairs);
  const missed = marked.flatMap((one) => one.missed).length;
  const extra = marked.flatMap((one) => one.extra).length;
  return {
    recall: of(pairs.length, pairs.length + missed),
    precision: of(pairs.length, pairs.length + extra),
    kind: of(pairs.filter(rightKind).length, pairs.length),
    exact: of(marked.filter(exactly).length, marked.length),
    ...pairScores(marked.flatMap(toldBy)),
  };
}

const label = ({ kinds, testIds }: Expected): string =>
  `${kinds.join('|')} ${testIds.map((id) => id ?? '-').join('|')}`;
const answer = ({ kind, testId }: Failure): string => `${kind} ${testId ?? '-'}`;

/** What is not as labelled, a line each. */
export function missesOf(answers: readonly Answer[]): string[] {
  const lines: string[] = [];
  for (const one of answers) {
    const { pairs, missed, extra } = mark(one);
    const name = one.labelled.name;
    lines.push(...missed.map((expected) => `${name}: missed ${label(expected)}`));
    lines.push(...extra.map((found) => `${name}: not there: ${answer(found)}`));
    for (const pair of pairs.filter((each) => !rightKind(each))) {
      lines.push(`${name}: wrong kind: ${answer(pair.found)}, labelled ${label(pair.expected)}`);
    }
  }
  return [...lines, ...pairMisses(answers)];
}

function pairMisses(answers: readonly Answer[]): string[] {
  const told = answers.flatMap((one) =>
    mark(one).pairs.flatMap(({ expected, found }) =>
      expected.cause === null ? [] : [{ cause: expected.cause, name: one.labelled.name, found }],
    ),
  );
  return told.flatMap((left, at) =>
    told.slice(at + 1).flatMap((right) => {
      const same = left.cause === right.cause;
      if (same === (left.found.incident === right.found.incident)) return [];
      const what = same ? 'two incidents, one cause' : 'one incident, two causes';
      return [`${left.name} and ${right.name}: ${what}: ${answer(left.found)} and ${answer(right.found)}`];
    }),
  );
}
