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
  /** The lines of a log from number `from` (the first is 0), page by page, prefixes left on. */
  logPages(log: Row, from: number): AsyncIterable<string>;
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

/** A page begins at the beginning of a line. Only a newline ends one here. */
function withoutLetters(page: string): string {
  return page.replace(/(^|\n)[oeh]/g, '$1');
}

/** The bytes of a log from a line on. A report is XML, so its lines go without the letter of their stream. */
export async function* logBytes<Row extends KeptLog>(
  keeper: Pick<LogKeeper<Row>, 'logPages'>,
  log: Row,
  from: number,
): AsyncGenerator<Uint8Array> {
  const bare = isReport(log) && log.type === 's';
  for await (const page of keeper.logPages(log, from)) yield Buffer.from(bare ? withoutLetters(page) : page);
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
