// A report over day counters: how often what failed, how sure that is, and whether it gets worse (FLAKES.md 6.4).

import { counters, nothingCounted, type DayCounts } from './day-counts.ts';
import { enoughRuns, wilson, type Count, type Interval } from '../statistics/rate.ts';

/** By what is counted. `all` has one name, ''. */
export type Subject = 'all' | 'signature' | 'test' | 'builder' | 'worker' | 'branch';

export interface DayRow {
  /** `2026-11-21`. */
  readonly day: string;
  readonly of: Subject;
  readonly name: string;
  readonly tally: DayCounts;
}

/** `null`: too few runs to tell. */
export type Trend = 'rising' | 'falling' | 'steady' | 'new' | null;

export interface ReportLine extends Count {
  readonly of: Subject;
  readonly name: string;
  readonly interval: Interval;
  readonly total: DayCounts;
  /** Failures on each day of the report, landed commits and gate together. */
  readonly byDay: readonly number[];
  readonly trend: Trend;
  /** Days of the first and of the last failure in the report; null: none. */
  readonly first: string | null;
  readonly last: string | null;
}

/** A share with its interval: `of` were looked at, `hits` were so. */
export interface Share {
  readonly hits: number;
  readonly of: number;
  readonly interval: Interval;
}

export function share(hits: number, of: number): Share {
  return { hits, of, interval: wilson({ failures: hits, runs: of }) };
}

function sum(rows: readonly DayRow[]): DayCounts {
  const total = { ...nothingCounted };
  for (const { tally } of rows) for (const counter of counters) total[counter] += tally[counter];
  return total;
}

/** A rate has moved when the intervals of both halves do not touch. */
function trendOf(early: Count, late: Count): Trend {
  if (early.runs < enoughRuns || late.runs < enoughRuns) return null;
  const [before, now] = [wilson(early), wilson(late)];
  if (now.low > before.high) return early.failures === 0 ? 'new' : 'rising';
  return now.high < before.low ? 'falling' : 'steady';
}

interface Span {
  readonly days: readonly string[];
  /** Rows of everything in the scope, by day: the runs of tests and signatures. */
  readonly all: readonly DayRow[];
}

function lineOf(rows: readonly DayRow[], { days, all }: Span): ReportLine | null {
  const [any] = rows;
  if (any === undefined) return null;
  const { of, name } = any;
  const total = sum(rows);
  // A test or a signature is run by every build: its rows know only those in which it failed.
  const ran = of === 'test' || of === 'signature' ? all : rows;
  const middle = days[Math.floor(days.length / 2)] ?? '';
  const countIn = (holds: (row: DayRow) => boolean): Count => ({
    failures: sum(rows.filter(holds)).failures,
    runs: sum(ran.filter(holds)).runs,
  });
  const whole = countIn(() => true);
  const failed = new Map(rows.map(({ day, tally }) => [day, tally.failures + tally.gateFailures]));
  const failing = rows.filter(({ tally }) => tally.seen > 0).map(({ day }) => day);
  return {
    of,
    name,
    ...whole,
    interval: wilson(whole),
    total: { ...total, runs: whole.runs },
    byDay: days.map((day) => failed.get(day) ?? 0),
    trend: trendOf(
      countIn(({ day }) => day < middle),
      countIn(({ day }) => day >= middle),
    ),
    first: failing[0] ?? null,
    last: failing.at(-1) ?? null,
  };
}

function worstFirst(one: ReportLine, other: ReportLine): number {
  const hits = (line: ReportLine): number => line.failures + line.total.gateFailures;
  return (
    hits(other) - hits(one) ||
    other.total.seen - one.total.seen ||
    other.total.cost - one.total.cost ||
    (one.name < other.name ? -1 : 1)
  );
}

/**
 * The lines of a report, the worst of each subject first; subjects that never failed are left out.
 *
 * @param rows day by day, in the order of days
 * @param days every day of the report
 */
export function reportLines(rows: readonly DayRow[], days: readonly string[]): readonly ReportLine[] {
  const groups = new Map<string, DayRow[]>();
  for (const row of rows) {
    const key = `${row.of}/${row.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const span: Span = { days, all: groups.get('all/') ?? [] };
  return [...groups.values()]
    .flatMap((group) => lineOf(group, span) ?? [])
    .filter((line) => line.of === 'all' || line.total.seen > 0 || line.failures > 0)
    .sort(worstFirst);
}
