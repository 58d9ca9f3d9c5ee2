// `gearbridge flakes report`: failures over time by signature, test, builder, worker and branch.

import type { FlakesReport, FlakesRow, RateView, ShareView } from '../views/flakes.ts';
import { apiToRead } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { csv, markdown, type PlainSheet, type SheetValue } from './sheet-output.ts';
import type { Call } from './terminal.ts';
import { findingLines } from './findings-text.ts';
import { jsonText, lines, type Cell } from './text.ts';

export interface FlakesQuery {
  readonly since: string;
  readonly branch: string | null;
  readonly builder: string | null;
  readonly worker: string | null;
}

export interface ReportGiven extends FlakesQuery {
  readonly top: number;
  readonly output: 'table' | 'json' | 'csv' | 'md';
}

/** The query of an address; what is null is left out. */
export function queryText(given: Readonly<Record<string, string | number | null>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) if (value !== null) query.set(name, String(value));
  return query.toString();
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(rate < 0.0995 ? 1 : 0)} %`;
}

/** `2.0 % (0.6 %-7.0 %)`. */
export function rateText({ rate, low, high, small }: RateView): string {
  if (rate === null) return '-';
  return `${percent(rate)} (${percent(low)}-${percent(high)})${small ? ' n too small' : ''}`;
}

/** `75 % (3 of 4, 30 %-95 %)`. */
export function shareText({ count, of, rate, low, high }: ShareView): string {
  return rate === null
    ? 'none looked at'
    : `${percent(rate)} (${count} of ${of}, ${percent(low)}-${percent(high)})`;
}

function above(report: FlakesReport): string[] {
  const { builds, gate, from, to, to_verdict: waited } = report;
  const scope = (['branch', 'builder', 'worker'] as const).flatMap((of) => {
    const name = report[of];
    return name === null ? [] : [`${of} ${name}`];
  });
  return [
    `${from} to ${to}${scope.length === 0 ? '' : `, ${scope.join(', ')}`}`,
    `explained:        ${shareText(report.classified)}`,
    `falsely excused:  ${shareText(report.falsely_excused)}`,
    `passed and failed on one commit: ${shareText(report.flipped)}`,
    `landed commits:   ${builds.failures} of ${builds.runs} builds failed, ${rateText(builds)}`,
    `gate:             ${gate.failures} of ${gate.runs} builds failed; measures and controls took ${report.retry_hours} builder hours`,
    ...(waited === null
      ? []
      : [`to the verdict:   ${waited.median_seconds} s from a failed build (median of ${waited.of})`]),
  ];
}

const heads = ['BY', 'NAME', 'FAILED', 'RATE', 'TREND', 'GATE', 'FORGIVEN', 'FIRST', 'LAST', 'HOURS'];

function cells(row: FlakesRow): Cell[] {
  const worse = row.trend === 'rising' || row.trend === 'new';
  return [
    { text: row.of },
    { text: row.name },
    { text: `${row.failures}/${row.runs}` },
    { text: rateText(row) },
    worse ? { text: row.trend, tone: 'bad' } : { text: row.trend ?? '-' },
    { text: `${row.gate_failures}/${row.gate_runs}` },
    { text: String(row.forgiven) },
    { text: row.first_seen ?? '-' },
    { text: row.last_seen ?? '-' },
    { text: String(row.builder_hours) },
  ];
}

const fields = [
  'of',
  'name',
  'failures',
  'runs',
  'rate',
  'low',
  'high',
  'trend',
  'gate_failures',
  'gate_runs',
  'seen',
  'cleared',
  'forgiven',
  'withdrawn',
  'builder_hours',
  'first_seen',
  'last_seen',
] as const;

function plain(report: FlakesReport): PlainSheet {
  const values = (row: FlakesRow): readonly SheetValue[] => fields.map((field) => row[field]);
  return { heads: fields, rows: report.rows.map(values) };
}

function readable(report: FlakesReport): PlainSheet {
  return { heads, rows: report.rows.map((row) => cells(row).map(({ text }) => text)) };
}

function leftOut(report: FlakesReport): string {
  const more = Object.entries(report.more).map(([of, count]) => `${count} of ${of}`);
  return more.length === 0 ? '' : `left out: ${more.join(', ')}; --top shows more\n`;
}

/** Prints the report; 4 when nothing is known of this time. */
export async function flakesReport(call: Call, given: ReportGiven): Promise<ExitCode> {
  const { terminal, common } = call;
  const { output, ...query } = given;
  const api = await apiToRead(call);
  const report = await api.get<FlakesReport>(`flakes?${queryText(query)}`);
  const look = { columns: terminal.columns(), color: common.color };
  const wanted = common.json ? 'json' : output;
  if (wanted === 'json') terminal.out(`${jsonText(report)}\n`);
  else if (wanted === 'csv') terminal.out(csv(plain(report)));
  else if (wanted === 'md') {
    const list = [...above(report), ...findingLines(report.findings)].map((text) => [text]);
    terminal.out(`${markdown({ heads: ['Failures'], rows: list })}\n${markdown(readable(report))}`);
  } else {
    const { visible } = await import('../views/text.ts');
    const table = lines({ heads, rows: report.rows.map(cells) }, look);
    const words = [...above(report), ...findingLines(report.findings)].map(visible);
    terminal.out(`${[...words, '', ...table].join('\n')}\n`);
  }
  terminal.err(leftOut(report));
  const known = report.builds.runs + report.gate.runs > 0 || report.rows.length > 0;
  return known ? exitCodes.yes : exitCodes.unknown;
}
