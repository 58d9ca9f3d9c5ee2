// `gearbridge jobs list`: the newest jobs, a line each.

import type { JobList, JobRow } from '../views/document.ts';
import { apiToRead } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { duration, jsonText, lines, localTime, type Cell } from './text.ts';
import { jobCell } from './words.ts';

const heads = [
  'NUMBER',
  'JOB',
  'STATE',
  'PROJECT',
  'BRANCH',
  'COMMIT',
  'BUILDERS',
  'RECEIVED',
  'TIME',
  'SUMMARY',
];

function row(job: JobRow): Cell[] {
  const { done, total } = job.progress;
  return [
    { text: job.number },
    { text: job.name },
    jobCell(job),
    { text: job.project ?? '-' },
    { text: job.branch ?? '-' },
    { text: job.revision?.slice(0, 12) ?? '-' },
    { text: total === 0 ? '-' : `${done}/${total}` },
    { text: localTime(job.received_at) },
    { text: duration(job.elapsed_ms) },
    { text: job.summary === '' && job.waits_for !== null ? `waits for ${job.waits_for.what}` : job.summary },
  ];
}

/** Prints one page of the list; `before` is the `next` of the page before. */
export async function jobsList(
  call: Call,
  page: { readonly limit: number; readonly before: number | null },
): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToRead(call);
  const before = page.before === null ? '' : `&before=${page.before}`;
  const list = await api.get<JobList>(`jobs?limit=${page.limit}${before}`);
  if (common.json) {
    terminal.out(`${jsonText(list)}\n`);
    return exitCodes.yes;
  }
  const look = { columns: terminal.columns(), color: common.color };
  terminal.out(`${lines({ heads, rows: list.jobs.map(row) }, look).join('\n')}\n`);
  if (list.next !== null) terminal.err(`more: --before ${list.next}\n`);
  return exitCodes.yes;
}
