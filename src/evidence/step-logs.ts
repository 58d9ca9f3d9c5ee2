// The logs of a build's steps as the reader takes them: which are read, and their bytes, page by page from Buildbot.

import type { StepFacts } from '../gate/facts.ts';
import type { LogSource } from './reader/create-reader.ts';
import type { LogTerms } from './reader/orders.ts';

/** A log as Buildbot lists it. `type`: `s` stdio, `t` text, `h` HTML, `d` deleted. */
export interface KeptLog {
  readonly slug: string;
  readonly type: string;
}

/** Where the logs of steps are kept: a Buildbot master. */
export interface LogKeeper<Row extends KeptLog> {
  /** The logs of a step. */
  logs(step: number): Promise<readonly Row[]>;
  /** The lines of a log from number `from` (the first is 0), prefixes left on. The pieces are the caller's. */
  logPages(log: Row, from: number): AsyncIterable<Uint8Array>;
}

/** Bytes of one log; one that has more is a doubt, and its end is not reached. */
const logLimit = 256 * 1024 * 1024;
/** Logs of one step: stdio, reports and what a tool writes beside them. */
const logsOfStep = 5;

/** A log that is to be read. */
export interface StepLog {
  readonly step: StepFacts;
  readonly source: LogSource;
}

export interface StepLogs {
  readonly logs: readonly StepLog[];
  /** Why what the step printed cannot be read; null: it can. */
  readonly missing: string | null;
}

/** Reports end in `.xml`, which a slug writes as `_xml`. */
function isReport({ slug, type }: KeptLog): boolean {
  return slug.endsWith('_xml') && (type === 's' || type === 't');
}

const newline = 0x0a;
/** `o`, `e` and `h`. */
const letters: readonly (number | undefined)[] = [0x6f, 0x65, 0x68];

/** Takes the letter off each line, in place. The first piece begins at the beginning of a line; only a newline ends one here. */
function createLetterTaker(): (piece: Uint8Array) => Uint8Array {
  let atStart = true;
  return (piece) => {
    let size = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const byte = piece[at] ?? 0;
      if (!atStart || !letters.includes(byte)) {
        piece[size] = byte;
        size += 1;
      }
      atStart = byte === newline;
    }
    return piece.subarray(0, size);
  };
}

/** The bytes of a log from a line on, in pieces that are the caller's. A report is XML, so its lines go without the letter of their stream. */
export async function* logBytes<Row extends KeptLog>(
  keeper: Pick<LogKeeper<Row>, 'logPages'>,
  log: Row,
  from: number,
): AsyncGenerator<Uint8Array> {
  const bare = isReport(log) && log.type === 's' ? createLetterTaker() : null;
  for await (const piece of keeper.logPages(log, from)) yield bare?.(piece) ?? piece;
}

/** Text and HTML logs are what Buildbot wrote of the others; they are not read. */
export function readableLogs<Row extends KeptLog>(rows: readonly Row[]): readonly Row[] {
  const readable = rows.filter((row) => row.type === 's' || isReport(row));
  // stdio comes first: it is the one with the runner's summary.
  return readable
    .sort((one, other) => Number(other.slug === 'stdio') - Number(one.slug === 'stdio'))
    .slice(0, logsOfStep);
}

function missingFrom(rows: readonly KeptLog[]): string | null {
  const stdio = rows.find(({ slug }) => slug === 'stdio');
  if (stdio === undefined) return 'it has no stdio log';
  if (stdio.type === 'd') return 'its log was deleted at Buildbot';
  return stdio.type === 's' ? null : `its stdio log is of type ${stdio.type}`;
}

function secondsOf({ startedAt, completeAt }: StepFacts): number | null {
  return startedAt === null || completeAt === null ? null : completeAt - startedAt;
}

/** The logs of a step that are to be read. One call; rejects with what the keeper rejects with. */
export async function logsOf<Row extends KeptLog>(
  keeper: LogKeeper<Row>,
  step: StepFacts,
  terms: Pick<LogTerms, 'builder' | 'repeated' | 'facts'>,
): Promise<StepLogs> {
  const rows = await keeper.logs(step.id);
  const facts = { ...terms.facts, seconds: secondsOf(step) };
  const logs = readableLogs(rows).map((row): StepLog => {
    const format = isReport(row) ? 'report' : 'contents';
    const repeated = terms.repeated && row.slug === 'stdio';
    return {
      step,
      source: {
        terms: { ...terms, facts, format, repeated, step: step.name },
        bytes: () => logBytes(keeper, row, 0),
        limit: logLimit,
      },
    };
  });
  return { logs, missing: missingFrom(rows) };
}
