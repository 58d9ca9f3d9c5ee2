// Writes runs without end, several at once, and says each id when it is kept: `writer.ts DRIVER PLACE`. Ended with kill -9.

import { writeSync } from 'node:fs';
import { openLevelJournal } from '../../../src/store/level/open-level-journal.ts';
import { runRecord } from './run-record.ts';

const [, , driver, place] = process.argv;
if (driver !== 'level' || place === undefined) throw new Error('usage: writer.ts level FOLDER');
const journal = await openLevelJournal({ path: place, manager: 'gate.example.org' });
let arrival = Date.now();
const write = async (): Promise<never> => {
  for (;;) {
    const run = runRecord(arrival++, { bytes: 2000 });
    await journal.write(run, { joinable: true, open: true });
    writeSync(1, `${run.id}\n`);
  }
};
await Promise.all(Array.from({ length: 5 }, write));
