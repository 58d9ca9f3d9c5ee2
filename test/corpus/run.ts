// `npm run -s reader:score`: the reader against the labels, each part alone; `-- --misses dev` lists what is not as labelled there,
// `-- --by-source` scores logs of CPython's own threads and all others apart as well, `-- --passing 50` reads so many megabytes of green
// runs instead.
// What was missed in `blind` is shown only to who asks for it by name: a reader that is mended by it proves nothing with it.

import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { readLogFile } from '../../src/evidence/read-log-file.ts';
import { wilson, type Count } from '../../src/flakes/statistics/rate.ts';
import { parts } from './case.ts';
import { answersOf } from './read.ts';
import { manners, passing } from './passing.ts';
import { missesOf, scoreOf, type Answer, type Score } from './score.ts';

const { values } = parseArgs({
  options: { misses: { type: 'string' }, passing: { type: 'string' }, 'by-source': { type: 'boolean' } },
});
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

function print(title: string, answers: readonly Answer[]): void {
  const shares = scoreOf(answers);
  process.stdout.write(`${title}: ${answers.length} logs\n`);
  for (const key of Object.keys(names) as (keyof Score)[])
    process.stdout.write(line(names[key], shares[key]));
}

/** The bars are about builds of CPython; other projects run their tests otherwise. */
const isCPython = ({ labelled }: Answer): boolean =>
  /\b(?:github\.com\/python\/cpython|bugs\.python\.org)\//.test(labelled.source);

async function score(): Promise<void> {
  for (const part of parts) {
    const answers = await answersOf(part);
    print(part, answers);
    if (values['by-source'] === true) {
      print(`${part}, threads of CPython`, answers.filter(isCPython));
      print(
        `${part}, other threads`,
        answers.filter((one) => !isCPython(one)),
      );
    }
    if (part === shown)
      process.stdout.write(
        missesOf(answers)
          .map((miss) => `  ${miss}\n`)
          .join(''),
      );
  }
}

async function readPassing(megabytes: number): Promise<void> {
  if (!(megabytes > 0)) throw new Error(`--passing: expected megabytes, more than 0`);
  for (const manner of manners) {
    const started = performance.now();
    const source = Readable.from(passing(manner, megabytes * 1e6));
    const format = manner === 'contents' ? 'contents' : 'raw';
    const { failures } = await readLogFile(source, { format, builder: null });
    const seconds = (performance.now() - started) / 1_000;
    const found = failures.map(({ kind, testId }) => `${kind} ${testId ?? '-'}`).join(', ');
    process.stdout.write(
      `${manner}: ${failures.length} failures in ${megabytes} MB, ${seconds.toFixed(1)} s ${found}\n`,
    );
    if (failures.length > 0) process.exitCode = 1;
  }
}

await (values.passing === undefined ? score() : readPassing(Number(values.passing)));
