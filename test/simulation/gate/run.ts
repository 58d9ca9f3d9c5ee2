// `npm run simulate -- --jobs N --seed S [--sabotage NAME|all] [--list] [--trace]`: plays courses from that seed on; exit code 1 where a
// promise broke, or where a planted defect was not found.

import { parseArgs } from 'node:util';
import { playCampaign, type Campaign } from './campaign.ts';
import { playCourse, type Course } from './course.ts';
import { faultKinds } from './faults.ts';
import { drawPlan } from './plan.ts';
import { defects } from './sabotage.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    sabotage: { type: 'string' },
    list: { type: 'boolean' },
    trace: { type: 'boolean' },
  },
});

function whole(name: 'jobs' | 'seed'): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`--${name} ${values[name]}: expected a whole number`);
}

const [jobs, seed] = [whole('jobs'), whole('seed')];
/** Lines of a trace that are printed; the end of it tells most. */
const mostLines = 60;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function rate(campaign: Campaign, began: number): string {
  const seconds = (performance.now() - began) / 1000;
  const { steps, courses } = campaign;
  return `${campaign.jobs} jobs in ${courses} courses, ${steps} steps, ${seconds.toFixed(1)} s: ${(campaign.jobs / seconds).toFixed(0)} jobs/s`;
}

/** Faults down, states across. */
function table(hits: Campaign['hits']): readonly string[] {
  const cells = Object.keys(hits).map((cell) => cell.split(' / '));
  const states = [...new Set(cells.map(([, state = '']) => state))].sort();
  const row = (name: string, texts: readonly string[]): string =>
    name.padEnd(26) + texts.map((text) => text.padStart(10)).join('');
  return [
    row('hits: fault / state', states),
    ...faultKinds.map((kind) =>
      row(
        kind,
        states.map((state) => String(hits[`${kind} / ${state}`] ?? 0)),
      ),
    ),
  ];
}

async function tellBroken(course: Course): Promise<void> {
  for (const { promise, at, what } of course.broken)
    print(`seed ${course.plan.seed}: BROKEN, ${promise}, at ${(at / 1000).toFixed(3)} s: ${what}`);
  const short = await shrink(course, { defect: null, traced: true });
  print(`the shortest course found (for seeds.json): ${JSON.stringify(short.plan)}`);
  for (const line of short.trace.slice(-mostLines)) print(`  ${line.slice(0, 300)}`);
}

async function honest(): Promise<boolean> {
  const began = performance.now();
  const campaign = await playCampaign({ seed, jobs, enough: 5 }, { defect: null, traced: false });
  for (const line of table(campaign.hits)) print(line);
  for (const course of campaign.broken) await tellBroken(course);
  print(`${rate(campaign, began)}, ${campaign.broken.length} broken promises`);
  print(JSON.stringify(campaign.words));
  return campaign.broken.length === 0;
}

async function sabotaged(name: string): Promise<boolean> {
  const defect = defects[name];
  if (defect === undefined) throw new Error(`--sabotage ${name}: no such defect; --list shows them`);
  const began = performance.now();
  const campaign = await playCampaign({ seed, jobs, enough: 1 }, { defect, traced: false });
  const found = campaign.broken[0]?.broken[0];
  const how = found === undefined ? 'NOT FOUND' : `found: ${found.promise}: ${found.what}`;
  print(`${name} (rule ${defect().rule}): ${how} (${rate(campaign, began)})`);
  return found !== undefined;
}

async function main(): Promise<boolean> {
  if (values.list === true) {
    for (const [name, make] of Object.entries(defects)) print(`${name.padEnd(32)} rule ${make().rule}`);
    return true;
  }
  if (values.trace === true) {
    const course = await playCourse(drawPlan(seed), {
      defect: defects[values.sabotage ?? ''] ?? null,
      traced: true,
    });
    for (const line of course.trace) print(line);
    for (const { promise, what } of course.broken) print(`BROKEN, ${promise}: ${what}`);
    return course.broken.length === 0;
  }
  if (values.sabotage === undefined) return honest();
  let all = true;
  for (const name of values.sabotage === 'all' ? Object.keys(defects) : [values.sabotage])
    all = (await sabotaged(name)) && all;
  return all;
}

process.exitCode = (await main()) ? 0 : 1;
