// Says what a store in FOLDER does while this process may write no large files, which looks to LevelDB like a full disk.

import { execFileSync } from 'node:child_process';
import type { JobNumber } from '../../../src/gate/ids.ts';
import { openLevelJournal } from '../../../src/store/level/open-level-journal.ts';
import { StoreError } from '../../../src/store/store-error.ts';
import { runRecord } from './run-record.ts';

const [, , path] = process.argv;
if (path === undefined) throw new Error('usage: full-disk.ts FOLDER');
// Without a handler the kernel ends a process that writes past the limit.
process.on('SIGXFSZ', () => undefined);

const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const limit = (bytes: number | 'unlimited'): Buffer =>
  execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:unlimited`]);

// The first fills LevelDB's write buffer, so that the second makes it write a table in the background: the failure of that is
// what LevelDB never forgets.
const sizes: Readonly<Record<number, number>> = { 1: 5_000_000, 2: 200_000 };

const journal = await openLevelJournal({ path, manager: 'gate.example.org' });
const write = async (arrival: number): Promise<string> => {
  try {
    const run = runRecord(arrival, { bytes: sizes[arrival] ?? 0 });
    return (await journal.write(run, { joinable: true, open: true })).kind;
  } catch (error) {
    return error instanceof StoreError ? `${error.code}, ${error.retry}` : String(error);
  }
};

say(`with room: ${await write(1)}`);
limit(50_000);
say(`without room: ${await write(2)}`);
say(`still without room: ${await write(2)}`);
say(`read meanwhile: ${(await journal.byNumber('n1' as JobNumber))?.arrival ?? 'nothing'}`);
limit('unlimited');
say(`with room again: ${await write(2)}`);
say(`read at the end: ${(await journal.open()).length}`);
await journal.close();
