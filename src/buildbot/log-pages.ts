// A log page by page, from a line on: `contents` counts in lines, so a page is sized by how long the lines were so far. Of a log that
// still grows only the lines that are there are known, one page at a time.

import { BuildbotError } from './buildbot-error.ts';
import { logContent, type LogContent } from './log-content.ts';
import type { LogRow } from './logs.ts';
import type { BuildId } from '../gate/ids.ts';
import { segment } from './rest.ts';
import type { Rest } from './rest.ts';

/** The stdio log of a step that may still run: by the step's id, or where no event told it by its name in a build. */
export type StdioPlace =
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'named'; readonly build: BuildId; readonly step: string };

/** Lines of a log that grows, prefixes left on. */
export interface NextLines extends LogContent {
  /** As many as were asked for: there may be more. */
  readonly full: boolean;
}

/** Bytes that a page is to have: making it bytes takes about half a millisecond of the main thread. */
const pageSize = 256 * 1024;
const firstLines = 1_000;
/** Lines of one page of a log that grows; most have a hundred characters. */
const linesAtOnce = 3_000;
const mostLines = 10_000;
/** Bytes of one answer; what is larger is asked for again in smaller pages. A worker cuts lines at 4 KiB, and JSON may write six bytes for one. */
const answerLimit = 2 * 1024 * 1024;

function wanted(lines: number, { pieces }: LogContent): number {
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const fitting = Math.floor((lines * pageSize) / Math.max(1, size));
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

function contents(
  rest: Rest,
  log: string,
  { at, lines }: { readonly at: number; readonly lines: number },
): Promise<LogContent> {
  return rest.readRaw({
    path: `${log}/contents?offset=${at}&limit=${lines}`,
    verb: 'log-lines',
    atMost: answerLimit,
    from: logContent,
  });
}

/**
 * The lines of a log from number `from` (the first is 0) to the last that `log` knows of, prefixes left on: piece by piece, which are the
 * caller's then. One call a page, at least one page's lines later. Rejects with a BuildbotError, also where lines are missing.
 */
export async function* logPages(rest: Rest, log: LogRow, from: number): AsyncGenerator<Uint8Array> {
  let limit = firstLines;
  for (let at = from; at < log.lines;) {
    const lines = Math.min(limit, log.lines - at);
    let content: LogContent;
    try {
      content = await contents(rest, `logs/${log.id}`, { at, lines });
    } catch (error) {
      if (!isTooLarge(error) || lines === 1) throw error;
      limit = Math.max(1, Math.floor(lines / 8));
      continue;
    }
    if (content.lines === 0) throw shrunk(log, at);
    at += content.lines;
    limit = wanted(lines, content);
    yield* content.pieces;
  }
}

function pathOf(place: StdioPlace): string {
  const step = `steps/${segment(String(place.step))}/logs/stdio`;
  return place.kind === 'step' ? step : `builds/${place.build}/${step}`;
}

/**
 * The next lines of a stdio log from number `from` on; none where the step, or its log, has not begun. One call, more only where lines
 * are long. Rejects with a BuildbotError.
 */
export async function nextLines(rest: Rest, place: StdioPlace, from: number): Promise<NextLines> {
  for (let lines = linesAtOnce; ; lines = Math.max(1, Math.floor(lines / 8))) {
    try {
      const content = await contents(rest, pathOf(place), { at: from, lines });
      return { ...content, full: content.lines >= lines };
    } catch (error) {
      if (error instanceof BuildbotError && error.status === 404)
        return { pieces: [], lines: 0, full: false };
      if (!isTooLarge(error) || lines === 1) throw error;
    }
  }
}
