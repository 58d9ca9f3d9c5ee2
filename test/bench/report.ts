// The table.

import type { Bar, Row } from './bar.ts';

const columns = ['bar', 'demanded', 'measured', 'peer', ''] as const;

function cells(bar: Bar, row: Row): readonly string[] {
  return [bar.title, row.demanded, row.measured, row.peer, row.met ? 'met' : 'NOT MET'];
}

/** One Markdown table of all that was measured, its columns aligned. */
export function table(results: readonly { readonly bar: Bar; readonly rows: readonly Row[] }[]): string {
  const lines = results.flatMap(({ bar, rows }) => rows.map((row) => cells(bar, row)));
  const all = [columns, ...lines];
  const widths = columns.map((_, at) => Math.max(...all.map((line) => (line[at] ?? '').length)));
  const draw = (line: readonly string[]): string =>
    `| ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [draw(columns), rule, ...lines.map(draw)].join('\n');
}
