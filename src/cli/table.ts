// The live table of jobs and builders, for `jobs watch` and the demo: a view goes in, lines come out that fit into the terminal.

import type { BuilderView, JobView } from '../views/document.ts';
import { duration, lines, width, type Cell, type Sheet } from './text.ts';
import { builderCell, jobCell } from './words.ts';

export interface TableJob extends Pick<
  JobView,
  'number' | 'name' | 'state' | 'result' | 'elapsed_ms' | 'builders'
> {
  /** What the row is called; the job's number where it is left out. */
  readonly title?: string;
}

export interface Look {
  readonly columns: number;
  readonly color: boolean;
}

/** A column of a matrix narrower than this says nothing. */
const leastCell = 12;

function state(builder: BuilderView | undefined): Cell {
  if (builder === undefined) return { text: '-' };
  const cell = builderCell(builder);
  const time = builder.elapsed_ms === null ? '' : ` ${duration(builder.elapsed_ms)}`;
  return { ...cell, text: `${cell.text}${time}` };
}

function head(job: TableJob): Cell {
  return { text: job.title ?? job.number };
}

function verdict(job: TableJob): Cell {
  const cell = jobCell(job);
  return { ...cell, text: `${cell.text} ${duration(job.elapsed_ms)}` };
}

function matrix(jobs: readonly TableJob[], builders: readonly string[]): Sheet {
  return {
    heads: ['JOB', ...builders, 'VERDICT'],
    rows: jobs.map((job) => [
      head(job),
      ...builders.map((name) => state(job.builders.find((builder) => builder.name === name))),
      verdict(job),
    ]),
  };
}

/** One line for each builder, where a column for each would not fit. */
function list(jobs: readonly TableJob[]): Sheet {
  return {
    heads: ['JOB', 'BUILDER', 'STATE'],
    rows: jobs.flatMap((job) => [
      [head(job), { text: '' }, verdict(job)],
      ...job.builders.map((builder) => [
        { text: '' },
        { text: builder.role === 'advisory' ? `${builder.name} (advisory)` : builder.name },
        state(builder),
      ]),
    ]),
  };
}

/** Jobs and builders as a matrix where the terminal is wide enough, else as a list. The first line is the head. */
export function table(jobs: readonly TableJob[], look: Look): string[] {
  const builders = [...new Set(jobs.flatMap((job) => job.builders.map((builder) => builder.name)))];
  const asked = builders.reduce((sum, name) => sum + Math.max(width(name), leastCell) + 2, 0);
  const first = Math.max(...jobs.map((job) => width(head(job).text)), 3);
  const sheet = first + asked + 24 <= look.columns ? matrix(jobs, builders) : list(jobs);
  return lines(sheet, look);
}
