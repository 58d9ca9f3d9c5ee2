// The logs of a build's steps as the reader takes them: which are read, and their bytes, page by page from Buildbot.

import type { LogRow } from '../buildbot/logs.ts';
import type { Master } from '../buildbot/master.ts';
import type { LogSource } from '../evidence/reader/create-reader.ts';
import type { LogTerms } from '../evidence/reader/orders.ts';
import type { StepFacts } from '../gate/facts.ts';

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
function isReport({ slug, type }: LogRow): boolean {
  return slug.endsWith('_xml') && (type === 's' || type === 't');
}

/** A page begins at the beginning of a line. Only a newline ends one here. */
function withoutLetters(page: string): string {
  return page.replace(/(^|\n)[oeh]/g, '$1');
}

/** The bytes of a log from a line on. A report is XML, so its lines go without the letter of their stream. */
export async function* logBytes(
  master: Pick<Master, 'logPages'>,
  log: LogRow,
  from: number,
): AsyncGenerator<Uint8Array> {
  const bare = isReport(log) && log.type === 's';
  for await (const page of master.logPages(log, from)) yield Buffer.from(bare ? withoutLetters(page) : page);
}

/** Text and HTML logs are what Buildbot wrote of the others; they are not read. */
export function readableLogs(rows: readonly LogRow[]): readonly LogRow[] {
  const readable = rows.filter((row) => row.type === 's' || isReport(row));
  // stdio comes first: it is the one with the runner's summary.
  return readable
    .sort((one, other) => Number(other.slug === 'stdio') - Number(one.slug === 'stdio'))
    .slice(0, logsOfStep);
}

function missingFrom(rows: readonly LogRow[]): string | null {
  const stdio = rows.find(({ slug }) => slug === 'stdio');
  if (stdio === undefined) return 'it has no stdio log';
  if (stdio.type === 'd') return 'its log was deleted at Buildbot';
  return stdio.type === 's' ? null : `its stdio log is of type ${stdio.type}`;
}

function secondsOf({ startedAt, completeAt }: StepFacts): number | null {
  return startedAt === null || completeAt === null ? null : completeAt - startedAt;
}

/** The logs of a step that are to be read. One call; rejects with a BuildbotError. */
export async function logsOf(
  master: Pick<Master, 'logs' | 'logPages'>,
  step: StepFacts,
  terms: Pick<LogTerms, 'builder' | 'repeated' | 'facts'>,
): Promise<StepLogs> {
  const rows = await master.logs(step.id);
  const facts = { ...terms.facts, seconds: secondsOf(step) };
  const logs = readableLogs(rows).map((row): StepLog => {
    const format = isReport(row) ? 'report' : 'contents';
    const repeated = terms.repeated && row.slug === 'stdio';
    return {
      step,
      source: {
        terms: { ...terms, facts, format, repeated, step: step.name },
        bytes: () => logBytes(master, row, 0),
        limit: logLimit,
      },
    };
  });
  return { logs, missing: missingFrom(rows) };
}
