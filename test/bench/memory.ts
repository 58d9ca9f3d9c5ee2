// Resident memory of the daemon: idle, and with a hundred jobs on ten builders each.

import { setTimeout as pause } from 'node:timers/promises';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { median } from './figures.ts';
import { hundredJobs, openHundred } from './open-jobs.ts';
import { openPlace, type Place } from './place.ts';

/** Medians and the largest of ten looks, one each second. */
async function looks(place: Place): Promise<{ half: number; most: number }> {
  const seen: number[] = [];
  for (let count = 0; count < 10; count += 1) {
    await pause(1_000);
    seen.push(await place.daemon.resident());
  }
  return { half: median(seen), most: Math.max(...seen) };
}

function row(demanded: number, what: string, seen: { half: number; most: number }): Row {
  return {
    demanded: `<= ${demanded} MiB ${what}`,
    measured: `${seen.half.toFixed(1)} MiB (most ${seen.most.toFixed(1)})`,
    peer: '',
    met: seen.half <= demanded,
  };
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const settling = short ? 5_000 : 30_000;
  return withCleanup(async (cleanup) => {
    const place = await openPlace(cleanup, hundredJobs);
    await place.daemon.start();
    say('idle memory');
    await pause(settling);
    const idle = await looks(place);
    say('memory with 100 jobs on 10 builders');
    await openHundred(place);
    await pause(settling);
    return [row(90, 'idle', idle), row(160, 'with 100 jobs x 10 builders open', await looks(place))];
  });
}

export const memory: Bar = { name: 'memory', title: 'resident memory', measure };
