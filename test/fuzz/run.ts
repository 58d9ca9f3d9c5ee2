// `npm run fuzz -- [--packets N] [--answers N] [--configurations N] [--seed S]`: the long form; prints what was fed and what it left.

import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';

const { values } = parseArgs({
  options: {
    packets: { type: 'string', default: '8000000' },
    answers: { type: 'string', default: '1000000' },
    configurations: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
  },
});

/** Bytes: what a table of functions and a few caches may still gain. */
const mostGrowth = 5 * 1024 ** 2;

const fed = await campaign({
  packets: Number(values.packets),
  answers: Number(values.answers),
  configurations: Number(values.configurations),
  seed: Number(values.seed),
});
for (const { kind, count, seconds, growth } of fed) {
  const rate = Math.round(count / seconds);
  process.stdout.write(
    `${kind}: ${count}, ${rate} a second, memory ${(growth / 1024 ** 2).toFixed(1)} MiB more\n`,
  );
}
process.exitCode = fed.some(({ growth }) => growth > mostGrowth) ? 1 : 0;
