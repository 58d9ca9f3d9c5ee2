// What the demo shows: sentences that stay, and below them on a terminal the live table, drawn again in its place; elsewhere a
// line for each change.

import type { JobView } from '../../views/document.ts';
import { visible } from '../../views/text.ts';
import type { Tone } from '../../views/tone.ts';
import { changes } from '../job-text.ts';
import { table, type TableJob } from '../table.ts';
import type { Call } from '../terminal.ts';
import { fit, painted, width } from '../text.ts';
import { fleet } from './config.ts';

/** A job under the name that it has in the demo. */
export interface Shown {
  readonly title: string;
  readonly job: JobView;
}

export interface Screen {
  /** A paragraph that stays. */
  say(text: string): void;
  /** Lines that stay as they are. */
  print(lines: readonly string[]): void;
  /** The jobs as they are now; `note` is what is waited for. */
  show(jobs: readonly Shown[], note: string): void;
  /** Columns of a line of prose. */
  columns(): number;
  /** The table stays as it was shown last, without its note. */
  settle(): void;
  /** A text in its colour, where colours are wanted. */
  tinted(text: string, tone: Tone): string;
}

/** No line of prose is longer, however wide the terminal. */
const readable = 100;

/** A paragraph as lines of at most so many columns. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

// Builders are shown by their platforms, short enough for a column each on 80, and in the same order every time.
function row({ title, job }: Shown): TableJob {
  const place = Object.keys(fleet);
  const builders = job.builders
    .map((builder) => ({ ...builder, name: builder.platform }))
    .sort((a, b) => place.indexOf(a.platform) - place.indexOf(b.platform));
  return { ...job, title, builders };
}

function live({ terminal, common }: Call): Screen {
  let below: readonly string[] = [];
  let drawn = 0;
  const draw = (above: readonly string[]): void => {
    // From the first column: a Ctrl-C that was echoed stands where the cursor is.
    const up = drawn === 0 ? '' : `\r\u001b[${drawn}A\u001b[J`;
    drawn = below.length;
    const text = [...above, ...below].map((line) => `${line}\n`).join('');
    if (up !== '' || text !== '') terminal.out(`${up}${text}`);
  };
  const look = () => ({ columns: terminal.columns(), color: common.color });
  const columns = () => Math.min(look().columns, readable);
  let rows: readonly string[] = [];
  return {
    columns,
    say: (text) => draw([...wrapped(visible(text), columns()), '']),
    print: draw,
    show(jobs, note) {
      rows = jobs.length === 0 ? [] : table(jobs.map(row), look());
      below = [...rows, fit(visible(note), look().columns)];
      draw([]);
    },
    settle() {
      below = rows.length === 0 ? [] : [...rows, ''];
      draw([]);
      below = [];
      rows = [];
      drawn = 0;
    },
    tinted: (text, tone) => painted({ text, tone }, width(visible(text)), common.color),
  };
}

function plain({ terminal, common }: Call): Screen {
  const before = new Map<string, JobView>();
  return {
    // Whoever reads it from a file can break the lines himself.
    columns: () => Number.POSITIVE_INFINITY,
    say: (text) => terminal.out(`${visible(text)}\n`),
    print: (lines) => terminal.out(lines.map((line) => `${line}\n`).join('')),
    show(jobs) {
      for (const { title, job } of jobs) {
        const news = changes(before.get(title) ?? null, job);
        for (const line of news) terminal.out(`  [${title}] ${line}\n`);
        before.set(title, job);
      }
    },
    settle: () => undefined,
    tinted: (text, tone) => painted({ text, tone }, width(visible(text)), common.color),
  };
}

/** The screen for this terminal. */
export function createScreen(call: Call): Screen {
  return call.terminal.interactive ? live(call) : plain(call);
}
