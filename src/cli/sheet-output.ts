// A sheet as CSV or Markdown, for other programs and for issues. What a build wrote must be neither a formula nor markup there.

import { visible } from '../views/text.ts';

export type SheetValue = string | number | null;

export interface PlainSheet {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly SheetValue[])[];
}

/** Spreadsheets take a text that begins so for a formula; an apostrophe in front makes it a text. */
function csvCell(value: SheetValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = visible(value);
  const safe = /^[\s]*[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",;\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180, the heads first, lines ended by CRLF. */
export function csv({ heads, rows }: PlainSheet): string {
  return [heads, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

function markdownCell(value: SheetValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  // `@name` and `#1` would call people and issues.
  return visible(value)
    .replace(/[\\`*_{}[\]()<>#+!|~&-]/g, (one) => `\\${one}`)
    .replaceAll('@', '@\u200b');
}

/** One Markdown table. */
export function markdown({ heads, rows }: PlainSheet): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const body = rows.map((row) => line(row.map(markdownCell))).join('');
  return line(heads.map(markdownCell)) + line(heads.map(() => '---')) + body;
}
