// A saved log and the report beside it, explained: what `flakes explain` shows.

import { open } from 'node:fs/promises';
import type { Failure } from '../flakes/failure.ts';
import type { LogFormat } from '../flakes/line.ts';
import { withReport } from '../flakes/reported.ts';
import { chunks } from './chunks.ts';
import { digest } from './digest.ts';
import { readJunit, type JunitReading } from './junit.ts';
import { reportLimit } from './junit-scan.ts';
import { readLogFile } from './read-log-file.ts';

export interface Explanation {
  readonly failures: readonly Failure[];
  readonly bytes: number;
  readonly lines: number;
  /** Sightings beyond what is kept. */
  readonly dropped: number;
  readonly junit: {
    readonly state: JunitReading['state'] | 'too large';
    readonly cases: number;
    readonly left: number;
  } | null;
}

export interface ExplainOptions {
  /** A path, or `-` for `input`. */
  readonly log: string;
  readonly input: AsyncIterable<Uint8Array>;
  readonly format: LogFormat | 'auto';
  readonly junit: string | null;
  readonly builder: string | null;
}

async function reportAt(path: string): Promise<JunitReading | 'too large'> {
  const file = await open(path);
  try {
    // The size is asked of the open file, so that it cannot be another one that is read.
    if ((await file.stat()).size > reportLimit) return 'too large';
    return await readJunit(await file.readFile());
  } finally {
    await file.close();
  }
}

/** Explains a log. Rejects with the file system's error where a file cannot be read. */
export async function explainLog(options: ExplainOptions): Promise<Explanation> {
  const { builder } = options;
  const reading = await readLogFile(chunks(options.log, options.input), options);
  const { failures, bytes, lines, dropped } = reading;
  const report = options.junit === null ? null : await reportAt(options.junit);
  if (report === null) return { failures, bytes, lines, dropped, junit: null };
  if (report === 'too large')
    return { failures, bytes, lines, dropped, junit: { state: report, cases: 0, left: 0 } };
  const { state, cases, left } = report;
  // A report that is cut or does not add up is not believed: the log stands alone.
  const trusted = state === 'complete' ? report.failures : [];
  const all = withReport(failures, trusted, { hash: digest, builder });
  return { failures: all, bytes, lines, dropped, junit: { state, cases, left } };
}
