// `npm run simulate:flakes`: every cell at full size, one line each; exit code 1 when a bar is not met. `-- --seed N`, `-- --short`.

import { parseArgs } from 'node:util';
import type { Row } from './bars.ts';
import { simulate } from './cells.ts';
import { full, short } from './sizes.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, short: { type: 'boolean' } },
});
const seed = Number(values.seed);
if (!Number.isSafeInteger(seed)) throw new Error(`--seed ${values.seed}: expected a whole number`);

function line({ name, figure, bar, judgement }: Row): string {
  return `${name.padEnd(72)} ${figure.padEnd(28)} ${(bar ?? '').padEnd(9)} ${judgement ?? ''}\n`;
}

let unproved = 0;
for (const rows of simulate({ ...(values.short === true ? short : full), seed })) {
  process.stdout.write(rows.map(line).join(''));
  unproved += rows.filter(
    ({ judgement }) => judgement === 'missed' || (judgement === 'open' && values.short !== true),
  ).length;
}
process.stdout.write(`seed ${seed}: ${unproved === 0 ? 'all bars met' : `${unproved} bars not met`}\n`);
process.exitCode = unproved === 0 ? 0 : 1;
