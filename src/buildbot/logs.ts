// The ends of logs, by `contents` with offset and limit (BUILDBOT.md section 7). Every line of a stdio log begins with
// `o`, `e` or `h`; only the master and the worker write `h` lines.

import { countOf, flagOf, onlyRow, rowsOf, textOf } from './read-json.ts';
import type { Row } from './read-json.ts';
import { segment } from './rest.ts';
import type { Rest } from './rest.ts';

export interface LogRow {
  readonly id: number;
  readonly slug: string;
  /** `s` stdio, `t` text, `h` HTML, `d` deleted. */
  readonly type: string;
  /** Finished lines. */
  readonly lines: number;
  readonly complete: boolean;
}

function readLog(row: Row): LogRow {
  return {
    id: countOf(row, 'logid'),
    slug: textOf(row, 'slug'),
    type: textOf(row, 'type'),
    lines: countOf(row, 'num_lines'),
    complete: flagOf(row, 'complete'),
  };
}

/** The logs of a step. One call. */
export function readLogs(rest: Rest, step: number): Promise<readonly LogRow[]> {
  return rest.read({
    path: `steps/${segment(String(step))}/logs`,
    verb: 'logs',
    as: (body) => rowsOf(body, 'logs').map(readLog),
  });
}

/** The last finished lines of a log, prefixes left on. One call, none for an empty log. */
export async function readTail(rest: Rest, log: LogRow, lines: number): Promise<readonly string[]> {
  const limit = Math.min(lines, log.lines);
  // limit=0 is a 404 (measured).
  if (limit <= 0 || log.type === 'd') return [];
  const content = await rest.read({
    path: `logs/${log.id}/contents?offset=${log.lines - limit}&limit=${limit}`,
    verb: 'log-lines',
    as: (body) => textOf(onlyRow(body, 'logchunks'), 'content'),
  });
  // Only a newline ends a line here: a carriage return of a build's must not make a new line with a prefix of its choice.
  const all = content.split('\n');
  if (all.at(-1) === '') all.pop();
  return all;
}

/** Takes the prefix off a line of a stdio log. */
export function withoutPrefix(log: LogRow, line: string): string {
  return log.type === 's' ? line.slice(1) : line;
}

/** Whether a line is the worker's own sentence that it ended a command for its silence or its length. */
export function saysTimedOut(line: string): boolean {
  return /^hcommand timed out: \d+(?:\.\d+)? seconds /.test(line);
}
