// A thousand signature files, read and compiled: the command on an empty log, less what it takes to say its version.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { median, time } from './figures.ts';
import { openMatchPlace, pinned } from './match-place.ts';
import { compiled } from './measured-daemon.ts';

function row(what: string, demanded: number, samples: readonly number[], start: number): Row {
  const spent = median(samples) - start;
  return {
    demanded: `${what}: <= ${demanded} ms`,
    measured: time(spent),
    peer: `start of the program: ${time(start)}`,
    met: spent <= demanded,
  };
}

async function measure({ short }: Effort): Promise<readonly Row[]> {
  return withCleanup(async (cleanup) => {
    const place = await openMatchPlace(cleanup);
    const { folder } = await place.signatures(1_000);
    const log = join(place.folder, 'empty.log');
    await writeFile(log, '');
    const cache = join(place.folder, 'cache');
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    const command = [process.execPath, compiled, 'signatures', 'test', folder, '--log', log];
    const [first, again, start]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < (short ? 3 : 10); round += 1) {
      await rm(cache, { recursive: true, force: true });
      first.push(await pinned(command, env));
      again.push(await pinned(command, env));
      start.push(await pinned([process.execPath, compiled, '--version']));
    }
    return [
      row('1000 files: load and compile', 600, first, median(start)),
      row('the same from the cache', 250, again, median(start)),
    ];
  });
}

export const matchLoad: Bar = { name: 'match-load', title: 'loading signatures', measure };
