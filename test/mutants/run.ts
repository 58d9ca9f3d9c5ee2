// `npm run mutants -- [--file PART]… [--drawn] [--every K] [--again] [--processes N]`: tries each mutant of the gate by its unit tests and
// tells which survive; exit code 1 where fewer are killed than demanded. `--every 10` is a sample, `--again` tries only those that survived
// the last time, `--drawn` also by the tests that draw thousands of examples.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { coverTests } from './coverage.ts';
import { isWording, placeOf, type Mutant, type Tried } from './mutant.ts';
import { plantMutants } from './planted.ts';
import { score, survivors, table } from './report.ts';
import { gateScope } from './scope.ts';
import { tryAll } from './try-all.ts';

const { values } = parseArgs({
  options: {
    file: { type: 'string', multiple: true, default: [] },
    again: { type: 'boolean', default: false },
    drawn: { type: 'boolean', default: false },
    every: { type: 'string', default: '1' },
    processes: { type: 'string', default: String(availableParallelism()) },
  },
});
/** The share that must be killed. */
const demanded = 0.85;
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.cache', 'mutants');
const kept = join(folder, 'results.json');

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function whole(name: 'every' | 'processes'): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} ${values[name]}: expected a whole number above 0`);
}

async function wanted(mutants: readonly Mutant[]): Promise<readonly Mutant[]> {
  const code = mutants.filter((mutant) => !isWording(mutant));
  print(`${code.length} mutants; ${mutants.length - code.length} of wording are left out`);
  const step = whole('every');
  if (!values.again) return code.filter((_, at) => at % step === 0);
  const last = JSON.parse(await readFile(kept, 'utf8')) as readonly Tried[];
  const alive = last.filter(({ fate }) => fate === 'survived' || fate === 'uncovered');
  const places = new Set(alive.map(({ mutant }) => placeOf(mutant)));
  return code.filter((mutant) => places.has(placeOf(mutant)));
}

async function main(): Promise<boolean> {
  const began = performance.now();
  const seconds = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  const copy = join(folder, 'tree');
  const scope = await gateScope(root, { parts: values.file, drawn: values.drawn });
  await mkdir(folder, { recursive: true });
  const planted = await plantMutants(scope, copy);
  const mutants = await wanted(planted);
  const load = { folder: copy, tests: scope.tests, mutant: '' };
  const coverage = await coverTests(load, planted);
  print(`all tests without a mutant: ${(coverage.took / 1000).toFixed(1)} s`);
  let done = 0;
  const results = await tryAll(mutants, { load, coverage, processes: whole('processes') }, (one) => {
    done += 1;
    for (const line of survivors([one])) print(line);
    if (done % 100 === 0) print(`${done} of ${mutants.length} tried, ${seconds()}`);
  });
  await writeFile(kept, JSON.stringify(results));
  for (const line of table(results)) print(line);
  print(`${seconds()} in ${values.processes} processes`);
  return score(results) >= demanded;
}

process.exitCode = (await main()) ? 0 : 1;
