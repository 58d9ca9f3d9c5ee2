// Ten days' work: 200,000 builds. After every hundred jobs nothing is open any more, and what the daemon holds is looked at.

import { setTimeout as pause } from 'node:timers/promises';
import { connectGearmanClient, type GearmanClient } from '../gearman-client.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { median, time } from './figures.ts';
import { builders, openLoadPlace, submitOne, type LoadPlace } from './load-place.ts';

interface Size {
  readonly rounds: number;
  /** Jobs of a round, and how many of them are open together. */
  readonly jobs: number;
  readonly together: number;
}

const whole: Size = { rounds: 100, jobs: 100, together: 50 };
const brief: Size = { rounds: 9, jobs: 10, together: 10 };
/** Seconds of a build, one more and one less; and the share of builds that fail. */
const lasting = { duration: 5, spread: 0.5, failing: 0.001 };

interface Ended {
  readonly word: string;
}

/** One place in which a job follows the other while there are any left. */
async function lane(client: GearmanClient, left: { jobs: number }, ended: Ended[]): Promise<void> {
  while (left.jobs > 0) {
    left.jobs -= 1;
    const { job } = await submitOne(client);
    await job.ended(600_000);
    ended.push({ word: String(job.build.result) });
  }
}

/** A client of its own: it keeps every packet of its jobs. */
async function round(port: number, { jobs, together }: Size): Promise<readonly Ended[]> {
  const client = await connectGearmanClient(port);
  const ended: Ended[] = [];
  const left = { jobs };
  try {
    await Promise.all(Array.from({ length: together }, () => lane(client, left, ended)));
  } finally {
    client.close();
  }
  return ended;
}

interface Look {
  readonly heap: number;
  readonly external: number;
}

/** MiB, after what the last jobs left under way has come to its end. */
async function look({ daemon }: LoadPlace): Promise<Look> {
  await pause(2_000);
  const { heapUsed, external } = await daemon.probe(true);
  return { heap: heapUsed / 2 ** 20, external: external / 2 ** 20 };
}

function grown(looks: readonly Look[], pick: (one: Look) => number): number {
  const third = Math.floor(looks.length / 3);
  return median(looks.slice(-third).map(pick)) - median(looks.slice(0, third).map(pick));
}

function rows(
  looks: readonly Look[],
  words: readonly string[],
  took: number,
  builds: number,
): readonly Row[] {
  const all = grown(looks, ({ heap, external }) => heap + external);
  const parts = `heap ${grown(looks, ({ heap }) => heap).toFixed(1)}, external ${grown(looks, ({ external }) => external).toFixed(1)}`;
  const last = looks.at(-1);
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const expected = [...counts.keys()].every((word) => word === 'SUCCESS' || word === 'FAILURE');
  return [
    {
      demanded: 'heap and external memory at equal state: last third less first third <= 5 MiB',
      measured: `${all.toFixed(1)} MiB (${parts}); at the end ${last?.heap.toFixed(1) ?? ''} and ${last?.external.toFixed(1) ?? ''}`,
      peer: '',
      met: all <= 5,
    },
    {
      demanded: '200,000 builds in <= 4 h, every job one verdict',
      measured: `${builds} builds in ${time(took)}: ${[...counts].map(([word, count]) => `${word} ${count}`).join(', ')}`,
      peer: '',
      met: expected && took <= 4 * 3_600_000,
    },
  ];
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const size = short ? brief : whole;
  return withCleanup(async (cleanup) => {
    const place = await openLoadPlace(cleanup, size.together);
    const { standIn, daemon } = place;
    await daemon.start();
    await standIn.scenarios({ default: 'slow', ...lasting });
    const looks: Look[] = [];
    const words: string[] = [];
    const begun = performance.now();
    for (let count = 1; count <= size.rounds; count += 1) {
      words.push(...(await round(place.gearmandPort, size)).map(({ word }) => word));
      const seen = await look(place);
      looks.push(seen);
      say(
        `${count * size.jobs * builders} builds: heap ${seen.heap.toFixed(1)}, external ${seen.external.toFixed(1)} MiB`,
      );
    }
    return rows(looks, words, performance.now() - begun, (await standIn.figures()).builds);
  });
}

export const soak: Bar = { name: 'soak', title: "ten days' work", apart: true, measure };
