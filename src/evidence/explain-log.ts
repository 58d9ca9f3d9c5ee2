// A saved log and the report beside it, explained: what `flakes explain` shows.

import type { Failure } from '../flakes/failure.ts';
import type { LogFormat } from '../flakes/line.ts';
import { withReport } from '../flakes/reported.ts';
import { factsOf } from '../flakes/signature/facts-of.ts';
import type { LogHits } from '../flakes/signature/hits.ts';
import type { LogWatch, SignatureMatch, SignatureSet } from '../flakes/signature/signature-set.ts';
import { chunks, fileChunks } from './chunks.ts';
import { digest } from './digest.ts';
import { readJunit, type JunitReading } from './junit.ts';
import { readLogFile } from './read-log-file.ts';

export interface Explanation {
  readonly failures: readonly Failure[];
  /** For each failure the signatures that name it, the narrowest first. */
  readonly matches: readonly (readonly SignatureMatch[])[];
  readonly bytes: number;
  readonly lines: number;
  /** Sightings beyond what is kept. */
  readonly dropped: number;
  /** The log, or the report beside it, is of a kind that is known. */
  readonly recognised: boolean;
  readonly junit: {
    readonly state: JunitReading['state'];
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
  readonly platform: string | null;
  /** null: none are looked for. */
  readonly signatures: SignatureSet | null;
}

/** Explains a log. Rejects with the file system's error where a file cannot be read. */
export async function explainLog(options: ExplainOptions): Promise<Explanation> {
  const { signatures } = options;
  let watch: LogWatch | null = null;
  const watching =
    signatures === null ? {} : { watch: (format: LogFormat) => (watch = signatures.watch(format)) };
  const reading = await readLogFile(chunks(options.log, options.input), { ...options, ...watching });
  const { failures, junit } = await withReportAt(reading.failures, options);
  const { bytes, lines, dropped } = reading;
  const recognised = reading.recognised || junit?.state === 'complete';
  // `watch` is set by the callback, which the compiler does not see.
  const matches = matchesOf(failures, (watch as LogWatch | null)?.hits ?? null, options);
  return { failures, matches, bytes, lines, dropped, recognised, junit };
}

function matchesOf(
  failures: readonly Failure[],
  step: LogHits | null,
  { signatures, builder, platform }: ExplainOptions,
): Explanation['matches'] {
  if (signatures === null || step === null) return failures.map(() => []);
  return signatures.match(
    failures.map((failure) => ({
      facts: factsOf(failure, { builder, platform }),
      place: { lines: failure.lines, step, others: [] },
    })),
  );
}

/** The failures of the log, with those that only the report knows. */
async function withReportAt(
  failures: readonly Failure[],
  options: ExplainOptions,
): Promise<Pick<Explanation, 'failures' | 'junit'>> {
  if (options.junit === null) return { failures, junit: null };
  const report = await readJunit(fileChunks(options.junit));
  const { state, cases, left } = report;
  // A report that is cut or does not add up is not believed: the log stands alone.
  const trusted = state === 'complete' ? report.failures : [];
  const all = withReport(failures, trusted, { hash: digest, builder: options.builder });
  return { failures: all, junit: { state, cases, left } };
}
