// Writes runs without end, several at once, and says each id when it is kept: `writer.ts DRIVER PLACE`. Ended with kill -9.

import { writeSync } from 'node:fs';
import { openLevelJournal } from '../../../src/store/level/open-level-journal.ts';
import { openRedisJournal } from '../../../src/store/redis/open-redis-journal.ts';
import type { Store } from '../../../src/store/store.ts';
import { runRecord } from './run-record.ts';

const manager = 'gate.example.org';

function opened(driver: string | undefined, place = ''): Promise<Store> {
  if (driver === 'level') return openLevelJournal({ path: place, manager });
  const [url = '', prefix = ''] = place.split(' ');
  return openRedisJournal({ address: { url, password: () => null }, prefix, manager });
}

const [, , driver, place] = process.argv;
const journal = await opened(driver, place);
let arrival = Date.now();
const write = async (): Promise<never> => {
  for (;;) {
    const run = runRecord(arrival++, { bytes: 2000 });
    await journal.write(run, { joinable: true, open: true });
    writeSync(1, `${run.id}\n`);
  }
};
await Promise.all(Array.from({ length: 5 }, write));
