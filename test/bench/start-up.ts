// From spawn to `/readyz` 200: with an empty journal, and after a kill with a hundred open jobs in it.

import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { largest, median, time } from './figures.ts';
import { hundredJobs, openHundred } from './open-jobs.ts';
import { openPlace, type Place } from './place.ts';

async function starts(place: Place, count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    times.push(await place.daemon.start());
    await place.daemon.kill();
  }
  return times;
}

function row(limit: number, what: string, times: readonly number[]): Row {
  return {
    demanded: `<= ${limit / 1_000} s ${what}`,
    measured: `median ${time(median(times))}, most ${time(largest(times))} (n = ${times.length})`,
    peer: '',
    met: median(times) <= limit,
  };
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const count = short ? 2 : 5;
  return withCleanup(async (cleanup) => {
    const place = await openPlace(cleanup, hundredJobs);
    say('starting with an empty journal');
    const empty = await starts(place, count);
    await place.daemon.start();
    await openHundred(place);
    await place.daemon.kill();
    say('starting with 100 open jobs');
    const full = await starts(place, count);
    return [row(1_500, 'empty', empty), row(3_000, 'with 100 open jobs', full)];
  });
}

export const startUp: Bar = { name: 'start-up', title: 'start to registered and ready', measure };
