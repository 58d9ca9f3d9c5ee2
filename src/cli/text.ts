// How things read on a terminal: columns, colours, times in the reader's own zone, durations. What comes from outside goes through
// `visible` here, whoever sent it.

import { visible } from '../views/text.ts';
import type { Tone } from '../views/tone.ts';

const colors: Readonly<Record<Tone, string>> = {
  good: '\u001b[32m',
  bad: '\u001b[31m',
  warn: '\u001b[33m',
  busy: '\u001b[36m',
  calm: '',
};

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

function columnsOf(character: string): number {
  if (/\p{Mn}/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

/** How many columns a text takes. */
export function width(text: string): number {
  let sum = 0;
  for (const character of text) sum += columnsOf(character);
  return sum;
}

/** The text in at most so many columns, an ellipsis in place of what was cut. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let kept = '';
  let sum = 0;
  for (const character of text) {
    sum += columnsOf(character);
    if (sum > columns - 1) break;
    kept += character;
  }
  return columns < 1 ? '' : `${kept}…`;
}

/** A cell's text, safe, cut or filled up to so many columns, in its colour. */
export function painted(cell: Cell, columns: number, color: boolean): string {
  const text = fit(visible(cell.text), columns);
  const filled = text + ' '.repeat(Math.max(0, columns - width(text)));
  const start = color ? colors[cell.tone ?? 'calm'] : '';
  return start === '' ? filled : `${start}${filled}\u001b[0m`;
}

export interface Sheet {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

const gap = 2;

/** The columns that each cell of a sheet needs; the widest are cut until all fit into the terminal. */
function columnWidths({ heads, rows }: Sheet, columns: number): number[] {
  const widths = heads.map((head, index) =>
    Math.max(width(head), ...rows.map((row) => width(visible(row[index]?.text ?? '')))),
  );
  const room = Math.max(columns - gap * (heads.length - 1), heads.length * 4);
  for (let sum = widths.reduce((a, b) => a + b, 0); sum > room; sum -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  return widths;
}

/** A sheet as lines that fit into the terminal. No more than a few hundred rows of bounded text: what a view gives. */
export function lines(sheet: Sheet, look: { readonly columns: number; readonly color: boolean }): string[] {
  const widths = columnWidths(sheet, look.columns);
  const line = (cells: readonly Cell[]): string =>
    cells
      .map((cell, index) => painted(cell, widths[index] ?? 0, look.color))
      .join(' '.repeat(gap))
      .trimEnd();
  return [line(sheet.heads.map((text) => ({ text }))), ...sheet.rows.map(line)];
}

/** `7 s`, `3 min 20 s`, `2 h 05 min`. */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null) return '-';
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** A moment in the reader's time zone, `2026-03-04 06:06:07`. What is no time is shown as it came. */
export function localTime(time: string | null): string {
  if (time === null) return '-';
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return visible(time);
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** A document for `--json`: what a terminal would act on is escaped, so that it is the same JSON and harmless. */
export function jsonText(document: unknown, indent = 2): string {
  const text = JSON.stringify(document, null, indent);
  return text.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
