// `npm run simulate -- --jobs N --seed S [--sabotage NAME|all] [--list] [--trace]`: plays courses from that seed on; exit code 1 where a
// promise broke, or where a planted defect was not found. A long run in several processes: `--from`, `--to`, `--out`, then `--add`.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { playCampaign } from './campaign.ts';
import { playCourse, type Course } from './course.ts';
import { drawPlan } from './plan.ts';
import { defects } from './sabotage.ts';
import { shrink } from './shrink.ts';
import { rareCells, readSums, tableOf, type Sums } from './sums.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** At least so many, and with `--to` at most those of the seeds before that. */
    jobs: { type: 'string' },
    /** The first seed; `--from` is another name for it. */
    seed: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    /** A file for the sums, written every minute and at the end. */
    out: { type: 'string' },
    /** Adds the files that `--out` wrote, and plays nothing. */
    add: { type: 'boolean' },
    sabotage: { type: 'string' },
    list: { type: 'boolean' },
    trace: { type: 'boolean' },
  },
});

function whole(name: 'jobs' | 'seed' | 'from' | 'to', usual: number): number {
  const text = values[name];
  if (text === undefined) return usual;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`--${name} ${text}: expected a whole number`);
}

const seed = whole('from', whole('seed', 1));
const before = whole('to', Infinity);
const jobs = whole('jobs', before === Infinity ? 1_000 : Infinity);
/** Lines of a trace that are printed; the end of it tells most. */
const mostLines = 60;
/** From so many jobs on each cell of the table should have so many hits. */
const manyJobs = 100_000;
const enoughHits = 100;
/** Milliseconds between two lines of progress. */
const tellEvery = 60_000;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function rateOf({ jobs: played, courses, steps, seconds }: Sums | Omit<Sums, 'broken'>): string {
  const rate = `${seconds.toFixed(1)} s of processor time: ${(played / seconds).toFixed(0)} jobs/s`;
  return `${played} jobs in ${courses} courses, ${steps} steps, ${rate}`;
}

/** Tells every minute how far it is, and keeps the sums. */
function progressTo(out: string | undefined): (sums: Sums) => void {
  let toldAt = performance.now();
  return (sums) => {
    if (performance.now() - toldAt < tellEvery) return;
    toldAt = performance.now();
    const [, next = seed] = sums.seeds[0] ?? [];
    const memory = `${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`;
    print(`... next seed ${next}: ${rateOf(sums)}, ${memory}, ${sums.broken.length} broken`);
    if (out !== undefined) writeFileSync(out, JSON.stringify(sums));
  };
}

async function tellBroken(course: Course): Promise<void> {
  for (const { promise, at, what } of course.broken)
    print(`seed ${course.plan.seed}: BROKEN, ${promise}, at ${(at / 1000).toFixed(3)} s: ${what}`);
  const short = await shrink(course, { defect: null, traced: true });
  print(`the shortest course found (for seeds.json): ${JSON.stringify(short.plan)}`);
  for (const line of short.trace.slice(-mostLines)) print(`  ${line.slice(0, 300)}`);
}

function tellSums(sums: Sums): boolean {
  for (const line of tableOf(sums)) print(line);
  if (sums.jobs >= manyJobs) {
    const rare = rareCells(sums, enoughHits);
    print(`${rare.length} cells with fewer than ${enoughHits} hits${rare.length === 0 ? '' : ':'}`);
    for (const line of rare) print(`  ${line}`);
  }
  print(`${rateOf(sums)}, ${sums.broken.length} courses with broken promises`);
  print(JSON.stringify(sums.words));
  return sums.broken.length === 0;
}

async function honest(): Promise<boolean> {
  const { out } = values;
  const wish = { seed, before, jobs, enough: 5, progress: progressTo(out) };
  const { broken, ...rest } = await playCampaign(wish, { defect: null, traced: false });
  const sums: Sums = { ...rest, broken: broken.map(({ plan }) => plan.seed) };
  if (out !== undefined) writeFileSync(out, JSON.stringify(sums));
  for (const course of broken) await tellBroken(course);
  return tellSums(sums);
}

async function sabotaged(name: string): Promise<boolean> {
  const defect = defects[name];
  if (defect === undefined) throw new Error(`--sabotage ${name}: no such defect; --list shows them`);
  const campaign = await playCampaign({ seed, before, jobs, enough: 1 }, { defect, traced: false });
  const found = campaign.broken[0]?.broken[0];
  const how = found === undefined ? 'NOT FOUND' : `found: ${found.promise}: ${found.what}`;
  print(`${name} (rule ${defect().rule}): ${how} (${rateOf(campaign)})`);
  return found !== undefined;
}

async function traced(): Promise<boolean> {
  const defect = defects[values.sabotage ?? ''] ?? null;
  const course = await playCourse(drawPlan(seed), { defect, traced: true });
  for (const line of course.trace) print(line);
  for (const { promise, what } of course.broken) print(`BROKEN, ${promise}: ${what}`);
  return course.broken.length === 0;
}

async function main(): Promise<boolean> {
  if (values.list === true) {
    for (const [name, make] of Object.entries(defects)) print(`${name.padEnd(32)} rule ${make().rule}`);
    return true;
  }
  if (values.add === true) return tellSums(readSums(positionals));
  if (values.trace === true) return traced();
  if (values.sabotage === undefined) return honest();
  let all = true;
  for (const name of values.sabotage === 'all' ? Object.keys(defects) : [values.sabotage])
    all = (await sabotaged(name)) && all;
  return all;
}

process.exitCode = (await main()) ? 0 : 1;
