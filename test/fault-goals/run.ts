// `npm run faults`: provokes every fault, one after the other, and prints what came of it; `-- --list` prints the list alone.

import { parseArgs } from 'node:util';
import { found, proved } from './find.ts';
import { goals, proofsOf } from './goals.ts';

const { values } = parseArgs({ options: { list: { type: 'boolean', default: false } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

if (values.list) {
  const there = await found(goals);
  for (const goal of goals) {
    say(`${there.includes(goal) ? ' ' : '!'} ${goal.fault}: ${goal.promise}`);
    for (const { file, title } of proofsOf(goal)) say(`    test/${file}: ${title}`);
  }
  say(`${there.length} of ${goals.length}`);
  process.exitCode = there.length === goals.length ? 0 : 1;
} else {
  let held = 0;
  for (const goal of goals) {
    const { trouble, seconds } = await proved(goal);
    if (trouble === null) held += 1;
    say(`${trouble === null ? 'held' : 'NOT HELD'}  ${seconds.toFixed(1)} s  ${goal.fault}: ${goal.promise}`);
    if (trouble !== null) say(`    ${trouble}`);
  }
  say(`${held} of ${goals.length}`);
  process.exitCode = held === goals.length ? 0 : 1;
}
