// `npm run -s reader:score`: the reader against the labels, each part alone; `-- --misses dev` lists what is not as labelled there.
// What was missed in `kept` is shown only to who asks for it by name: a reader that is mended by it proves nothing with it.

import { parseArgs } from 'node:util';
import { wilson, type Count } from '../../src/flakes/statistics/rate.ts';
import { parts } from './case.ts';
import { answersOf } from './read.ts';
import { missesOf, scoreOf, type Score } from './score.ts';

const { values } = parseArgs({ options: { misses: { type: 'string' } } });
const shown = parts.find((part) => part === values.misses);
if (values.misses !== undefined && shown === undefined) {
  throw new Error(`--misses ${values.misses}: expected ${parts.join(' or ')}`);
}

const names: Record<keyof Score, string> = {
  recall: 'test ids, recall (bar .97)',
  precision: 'test ids, precision (bar .99)',
  kind: 'kind (bar .95)',
  exact: 'logs exactly as labelled',
  pairPrecision: 'pairs of one cause, precision (bar .95)',
  pairRecall: 'pairs of one cause, recall (bar .85)',
};

function line(name: string, count: Count): string {
  const { low, high } = wilson(count);
  const share = count.runs === 0 ? '-' : (count.failures / count.runs).toFixed(3);
  return `  ${name.padEnd(42)} ${share.padEnd(6)} ${`${count.failures} of ${count.runs}`.padEnd(12)} 95 %: ${low.toFixed(3)} to ${high.toFixed(3)}\n`;
}

for (const part of parts) {
  const answers = await answersOf(part);
  const score = scoreOf(answers);
  process.stdout.write(`${part}: ${answers.length} logs\n`);
  for (const key of Object.keys(names) as (keyof Score)[]) process.stdout.write(line(names[key], score[key]));
  if (part === shown)
    process.stdout.write(
      missesOf(answers)
        .map((miss) => `  ${miss}\n`)
        .join(''),
    );
}
