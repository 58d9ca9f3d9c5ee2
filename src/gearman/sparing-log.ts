// A log that a server cannot fill: what it provokes is written a few times, then only counted.

import type { GearmanLog } from './options.ts';

/** Lines in one window, and its length in milliseconds. */
const most = 20;
const window = 10_000;

/** The same log, of which no more than 20 lines in 10 s are written; the next line after that says how many were not. */
export function sparingly(log: GearmanLog, now: () => number = () => performance.now()): GearmanLog {
  let began = -Infinity;
  let lines = 0;
  return (level, message) => {
    if (now() - began >= window) {
      if (lines > most) log('warn', `${lines - most} lines like the last ones were not written`);
      began = now();
      lines = 0;
    }
    lines += 1;
    if (lines <= most) log(level, message);
  };
}
