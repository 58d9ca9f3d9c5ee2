// A log page by page, from a line on: `contents` counts in lines, so a page is sized by how long the lines were so far.

import { BuildbotError } from './buildbot-error.ts';
import type { LogRow } from './logs.ts';
import { onlyRow, textOf } from './read-json.ts';
import type { Rest } from './rest.ts';

/** Characters that a page is to have: parsing it takes about a millisecond of the main thread. */
const pageSize = 256 * 1024;
const firstLines = 1_000;
const mostLines = 10_000;
/** Bytes of one answer; what is larger is asked for again in smaller pages. A worker cuts lines at 4 KiB, and JSON may write six bytes for one. */
const answerLimit = 2 * 1024 * 1024;

function lineCount(content: string): number {
  let count = 0;
  for (let at = content.indexOf('\n'); at !== -1; at = content.indexOf('\n', at + 1)) count += 1;
  return content === '' || content.endsWith('\n') ? count : count + 1;
}

function wanted(lines: number, content: string): number {
  const fitting = Math.floor((lines * pageSize) / Math.max(1, content.length));
  // Twice as many at the most: the next lines may be longer.
  return Math.max(1, Math.min(fitting, lines * 2, mostLines));
}

function isTooLarge(error: unknown): boolean {
  return error instanceof BuildbotError && error.fault === 'too-large';
}

function shrunk(log: LogRow, at: number): BuildbotError {
  return new BuildbotError({
    retry: 'permanent',
    fault: 'bad-answer',
    method: 'GET',
    path: `api/v2/logs/${log.id}/contents`,
    status: 200,
    sent: true,
    why: `the log ends at line ${at} and should have ${log.lines}; was it deleted?`,
  });
}

/**
 * The lines of a log from number `from` (the first is 0) to the last that `log` knows of, prefixes left on. One call a page, at
 * least one page's lines later. Rejects with a BuildbotError, also where lines are missing.
 */
export async function* logPages(rest: Rest, log: LogRow, from: number): AsyncGenerator<string> {
  let limit = firstLines;
  for (let at = from; at < log.lines;) {
    const lines = Math.min(limit, log.lines - at);
    let content: string;
    try {
      content = await rest.read({
        path: `logs/${log.id}/contents?offset=${at}&limit=${lines}`,
        verb: 'log-lines',
        atMost: answerLimit,
        as: (body) => textOf(onlyRow(body, 'logchunks'), 'content'),
      });
    } catch (error) {
      if (!isTooLarge(error) || lines === 1) throw error;
      limit = Math.max(1, Math.floor(lines / 8));
      continue;
    }
    const count = lineCount(content);
    if (count === 0) throw shrunk(log, at);
    at += count;
    limit = wanted(lines, content);
    yield content;
  }
}
