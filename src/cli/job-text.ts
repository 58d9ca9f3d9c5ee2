// A job in words: what stands above the table of its builders.

import type { Fault, JobView, Wait } from '../views/document.ts';
import { visible } from '../views/text.ts';
import { duration, lines, localTime, type Cell } from './text.ts';
import type { Look } from './table.ts';
import { builderCell, jobCell } from './words.ts';

const faults: Readonly<Record<Fault, string>> = {
  change: 'the cause is in the change',
  infrastructure: 'the build machines failed; this says nothing about the change',
  configuration: 'the job or the fleet is set up wrongly; this says nothing about the change',
  person: 'somebody stopped it; this says nothing about the change',
  fleet: 'too few machines could judge it; this says nothing about the change',
};

/** `AMD64 Debian 3.x: a free worker, since 10:02:03, until 14:02:03 at the latest, then ...`. */
export function waitSentence(wait: Wait): string {
  const since = wait.since === null ? '' : `, since ${localTime(wait.since)}`;
  const until = wait.until === null ? '' : `, until ${localTime(wait.until)} at the latest`;
  return visible(`${wait.what}${since}${until}; then ${wait.next}`);
}

/** What was measured again after the verdict, for which bug, and what came of it. */
function rechecks({ builders }: JobView): string | null {
  const said = builders.flatMap(({ name, attempts }) =>
    attempts.flatMap(({ recheck, repeats, outcome, state }) => {
      if (recheck === null) return [];
      const came = repeats === null ? (outcome ?? state) : `${repeats.failed} of ${repeats.ran} failed`;
      return [`${recheck} on ${name}: ${came}`];
    }),
  );
  return said.length === 0 ? null : said.join(', ');
}

function facts(job: JobView): [string, string | null][] {
  const where = [job.project, job.branch, job.revision].filter((one) => one !== null).join(' ');
  return [
    ['job', `${job.name} ${job.number}`],
    ['change', where === '' ? null : where],
    ['ref', job.ref],
    [
      'result',
      job.result === null ? job.state : `${job.result}${job.summary === '' ? '' : `: ${job.summary}`}`,
    ],
    ['fault', job.fault === null ? null : faults[job.fault]],
    ['waits for', job.waits_for === null ? null : waitSentence(job.waits_for)],
    ['received', localTime(job.received_at)],
    [job.finished_at === null ? 'running for' : 'took', duration(job.elapsed_ms)],
    ['page', job.url],
    ['rechecked', rechecks(job)],
    ['left over', job.left_behind.length === 0 ? null : job.left_behind.join(', ')],
  ];
}

function builderRow(builder: JobView['builders'][number]): Cell[] {
  const why = builder.why === '' ? (builder.waits_for?.what ?? '') : builder.why;
  return [
    { text: builder.name },
    { text: builder.platform },
    { text: builder.role },
    builderCell(builder),
    { text: duration(builder.elapsed_ms) },
    { text: builder.worker ?? '-' },
    { text: why },
  ];
}

const heads = ['BUILDER', 'PLATFORM', 'ROLE', 'STATE', 'TIME', 'WORKER', 'WHY'];

/** The failures of a builder below the table, each with its class first. */
function failuresOf({ name, found }: JobView['builders'][number]): string[] {
  if (found === null || (found.failures.length === 0 && found.doubt === null)) return [];
  const count = found.failures.length + found.more;
  const head = `${name}: ${count} failure${count === 1 ? '' : 's'}${found.so_far ? ' so far' : ''}`;
  const shown = found.failures.flatMap((one) => {
    const [first, last] = one.lines;
    const place = first === 0 ? 'report' : `${one.step}:${first === last ? first : `${first}-${last}`}`;
    const by = one.signature === null ? '' : ` ${one.signature}`;
    const cleared = one.cleared ? ', passed when it ran again' : '';
    const told = one.message === '' ? [] : [`      ${one.message}`];
    return [
      `  ${found.so_far ? 'likely ' : ''}${one.class}${by}: ${one.test_id ?? one.kind} (${place}${cleared})`,
      ...told,
    ];
  });
  const more = found.more === 0 ? [] : [`  and ${found.more} more`];
  const doubt = found.doubt === null ? [] : [`  these may not be all: ${found.doubt}`];
  return ['', head, ...shown, ...more, ...doubt].map(visible);
}

/** Everything about a job as lines. */
export function jobText(job: JobView, look: Look): string[] {
  const above = facts(job).flatMap(([name, value]) =>
    value === null ? [] : [`${`${name}:`.padEnd(13)}${visible(value)}`],
  );
  if (job.builders.length === 0) return above;
  const table = lines({ heads, rows: job.builders.map(builderRow) }, look);
  return [...above, '', ...table, ...job.builders.flatMap(failuresOf)];
}

/** One line for each thing that changed between two looks at a job, for a terminal that is none. */
export function changes(before: JobView | null, now: JobView): string[] {
  const said: string[] = [];
  for (const builder of now.builders) {
    const old = before?.builders.find((one) => one.name === builder.name);
    const cell = builderCell(builder).text;
    if (old !== undefined && builderCell(old).text === cell) continue;
    const why = builder.why === '' ? '' : ` (${builder.why})`;
    said.push(visible(`${builder.name}: ${cell}${why}`));
  }
  const state = jobCell(now).text;
  if (before === null || jobCell(before).text !== state) {
    said.push(visible(`${now.name} ${now.number}: ${state}${now.summary === '' ? '' : `: ${now.summary}`}`));
  }
  return said;
}
