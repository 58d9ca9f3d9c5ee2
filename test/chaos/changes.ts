// The changes that the gatekeeper wants proved, and what is true of each: what its builds do, and so what may be said of it.

import type { Steering } from '../../src/servers/buildbot.ts';
import type { Chance } from '../fuzz/chance.ts';

export const builders = [
  'Bench 01 3.x',
  'Bench 02 3.x',
  'Bench 03 3.x',
  'Bench 04 3.x',
  'Bench 05 3.x',
] as const;
export type BuilderName = (typeof builders)[number];

/** The jobs, each with the builders that must all be green. */
export const jobBuilders = {
  single: [builders[4]],
  pair: [builders[0], builders[1]],
  wide: [builders[0], builders[1], builders[2], builders[3]],
} as const satisfies Readonly<Record<string, readonly BuilderName[]>>;
export type JobName = keyof typeof jobBuilders;
const jobNames = ['single', 'pair', 'wide'] as const satisfies readonly JobName[];

/** As the configuration has them. */
export const jobsYaml = jobNames
  .map(
    (name) =>
      `  - { name: ${name}, project: cpython, builders: { names: ${JSON.stringify(jobBuilders[name])} }, policy: gate }`,
  )
  .join('\n');

export type Truth =
  'good' | 'slow' | 'long' | 'broken' | 'broken late' | 'sick' | 'unwanted' | 'wanted twice';

export interface Change {
  readonly name: string;
  readonly job: JobName;
  readonly truth: Truth;
  readonly steering: Steering;
  /** Milliseconds after its job has begun at which the gatekeeper stops it; null: it does not. */
  readonly stopAfter: number | null;
}

/** Whether SUCCESS may be said. */
export function isGreen(truth: Truth): boolean {
  return truth !== 'broken' && truth !== 'broken late' && truth !== 'sick';
}

/** The word that is due where nothing goes wrong beside. */
export const dueWord: Readonly<Record<Truth, string>> = {
  good: 'SUCCESS',
  slow: 'SUCCESS',
  long: 'SUCCESS',
  broken: 'FAILURE',
  'broken late': 'FAILURE',
  sick: 'INFRA_FAILURE',
  unwanted: 'ABORTED',
  'wanted twice': 'SUCCESS',
};

const truths = [
  ...(['good', 'good', 'slow', 'slow', 'slow', 'long', 'wanted twice'] as const),
  ...(['broken', 'broken late', 'sick', 'unwanted', 'unwanted'] as const),
] as const satisfies readonly Truth[];

function steeringOf(truth: Truth, { chance, guilty }: { chance: Chance; guilty: BuilderName }): Steering {
  switch (truth) {
    case 'good':
      return 'pass';
    case 'slow':
    case 'wanted twice':
      return `says stays=${2 + chance.whole(8)}`;
    case 'long':
      // The sweep comes each 30 s: a request made twice must not be over before.
      return 'says stays=36';
    case 'unwanted':
      return 'says stays=20';
    case 'broken':
      return { [guilty]: 'fail-new', '*': 'pass' };
    case 'broken late':
      return { [guilty]: 'fail-new', '*': `says stays=${2 + chance.whole(6)}` };
    case 'sick':
      return { [guilty]: 'infra-exception', '*': 'pass' };
  }
}

/** The change with that number; names are unique and short enough to be a commit. */
export function drawChange(chance: Chance, number: number): Change {
  const truth = chance.pick(truths);
  // A long one has a builder for itself, so that it does not hold up everybody.
  const job = truth === 'long' ? 'single' : chance.pick(jobNames);
  const all: readonly BuilderName[] = jobBuilders[job];
  const guilty = all[chance.whole(all.length)] ?? builders[0];
  return {
    name: `chaos ${number}`,
    job,
    truth,
    steering: steeringOf(truth, { chance, guilty }),
    stopAfter: truth === 'unwanted' ? 500 + chance.whole(8_000) : null,
  };
}
