// So many inputs of each kind, and what they leave in memory.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { feedAnswers, feedEvent } from './answers.ts';
import { createChance, type Chance } from './chance.ts';
import { openConfigurations } from './configurations.ts';
import { held } from './held.ts';
import { feedPackets } from './packets.ts';

export interface Wanted {
  /** Packets with the parameters in them. */
  readonly packets: number;
  /** REST answers and events. */
  readonly answers: number;
  readonly configurations: number;
  readonly seed: number;
}

export interface Fed {
  readonly kind: string;
  readonly count: number;
  readonly seconds: number;
  /** Bytes of heap and external memory after forced collections: at the end, less after the first fifth. */
  readonly growth: number;
}

type Feed = (chance: Chance) => number | Promise<number>;

function collector(): () => number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return () => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
}

async function feedAll(kind: string, feed: Feed, wanted: { count: number; seed: number }): Promise<Fed> {
  const used = collector();
  const begin = performance.now();
  let count = 0;
  let early: number | null = null;
  for (let input = 0; count < wanted.count; input += 1) {
    const seed = (wanted.seed + input * 7_919) >>> 0;
    await held(seed, async () => {
      count += await feed(createChance(seed));
    });
    // Timers and sockets get their turn, as in the daemon.
    if (input % 1_000 === 0) await new Promise(setImmediate);
    if (early === null && count >= wanted.count / 5) early = used();
  }
  const seconds = (performance.now() - begin) / 1_000;
  return { kind, count, seconds, growth: used() - (early ?? used()) };
}

/** Feeds everything; rejects at the first input that breaks something, with its seed. */
export async function campaign({ packets, answers, configurations, seed }: Wanted): Promise<readonly Fed[]> {
  const place = await openConfigurations();
  try {
    return [
      await feedAll('packets and parameters', feedPackets, { count: packets, seed }),
      await feedAll('REST answers', feedAnswers, { count: Math.floor(answers / 2), seed }),
      await feedAll('events', feedEvent, { count: Math.ceil(answers / 2), seed }),
      await feedAll('configurations', (chance) => place.feed(chance), { count: configurations, seed }),
    ];
  } finally {
    await place.close();
  }
}
