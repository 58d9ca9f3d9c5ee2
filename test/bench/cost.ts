// What a job costs while many are open: the daemon's processor time for jobs from submission to verdict, and its memory while they are
// open, at 50, 200 and 800 jobs on 20 builders each.

import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { median } from './figures.ts';
import {
  builders,
  openLoadPlace,
  submitMany,
  untilLive,
  verdictTimes,
  type LoadPlace,
} from './load-place.ts';

interface Size {
  readonly jobs: readonly [few: number, some: number, many: number];
  readonly rounds: number;
  /** Seconds of a build: all jobs must be open together, and a builder begins ten builds a second. */
  readonly lasting: number;
}

const whole: Size = { jobs: [50, 200, 800], rounds: 5, lasting: 110 };
const brief: Size = { jobs: [10, 40, 160], rounds: 1, lasting: 40 };
/** Jobs after which the code is compiled and caches are filled. */
const warming = 50;

interface Cost {
  /** Seconds of processor time a job, from submission to verdict. */
  readonly cpu: number;
  /** Bytes of heap and external memory an open job. */
  readonly bytes: number;
}

async function held({ daemon }: LoadPlace): Promise<number> {
  const { heapUsed, external } = await daemon.probe(true);
  return heapUsed + external;
}

async function costOf(place: LoadPlace, jobs: number, lasting: number): Promise<Cost> {
  const { standIn, daemon, client } = place;
  await standIn.scenarios({ default: 'slow', duration: lasting });
  const before = await held(place);
  const begun = await daemon.cpu();
  const open = await submitMany(client, jobs);
  await untilLive(standIn, jobs * builders, 240_000);
  // What the look itself costs is no job's cost.
  const atLook = await daemon.cpu();
  const bytes = ((await held(place)) - before) / jobs;
  const afterLook = await daemon.cpu();
  await verdictTimes(standIn, open, (lasting + 240) * 1_000);
  const cpu = (await daemon.cpu()) - afterLook + (atLook - begun);
  return { cpu: cpu / jobs, bytes };
}

function row(what: string, unit: (value: number) => string, series: readonly (readonly number[])[]): Row {
  const [few = 0, some = 0, many = 0] = series.map(median);
  const times = many / few;
  return {
    demanded: `${what} with the most jobs open <= 1.2 x with the fewest`,
    measured: `${times.toFixed(2)} x: ${[few, some, many].map(unit).join(', ')}`,
    peer: '',
    met: times <= 1.2,
  };
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const { jobs, rounds, lasting } = short ? brief : whole;
  return withCleanup(async (cleanup) => {
    const place = await openLoadPlace(cleanup, Math.max(...jobs));
    await place.daemon.start();
    await costOf(place, warming, 10);
    const costs = jobs.map((): Cost[] => []);
    for (let round = 1; round <= rounds; round += 1) {
      for (const [at, count] of jobs.entries()) {
        const cost = await costOf(place, count, lasting);
        costs[at]?.push(cost);
        const said = `${(cost.cpu * 1_000).toFixed(0)} ms, ${(cost.bytes / 1024).toFixed(1)} KiB a job`;
        say(`round ${round}, ${count} jobs on ${builders} builders: ${said}`);
      }
    }
    const series = (pick: (cost: Cost) => number): number[][] => costs.map((each) => each.map(pick));
    return [
      row(
        'processor time a job',
        (value) => `${(value * 1_000).toFixed(0)} ms`,
        series(({ cpu }) => cpu),
      ),
      row(
        'memory an open job',
        (value) => `${(value / 1024).toFixed(1)} KiB`,
        series(({ bytes }) => bytes),
      ),
    ];
  });
}

export const cost: Bar = { name: 'cost', title: `cost of 50, 200, 800 open jobs`, apart: true, measure };
