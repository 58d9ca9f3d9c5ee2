// One log that lies open in the reader's thread.

import type { Repeat } from '../../flakes/repeat.ts';
import { withReport, type ReportedFailure } from '../../flakes/reported.ts';
import { digest } from '../digest.ts';
import { readJunit } from '../junit.ts';
import { reportLimit } from '../junit-scan.ts';
import { createLogIntake, type LogFileReading } from '../log-intake.ts';
import { createRepeatedIntake } from '../repeated-intake.ts';
import type { LogTerms, Told } from './orders.ts';

/** What was read of it, with the failures that a report beside it adds to the log of the same step. */
export type Read =
  | { readonly kind: 'log'; readonly reading: LogFileReading & { readonly repeats?: readonly Repeat[] } }
  | { readonly kind: 'report'; readonly told: Told; readonly reported: readonly ReportedFailure[] };

export interface OpenLog {
  readonly terms: LogTerms;
  write(bytes: Uint8Array): void;
  look(): LogFileReading | null;
  end(): Promise<Read>;
}

const nothing = { cases: 0, left: 0 } as const;

function openReport(terms: LogTerms): OpenLog {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    terms,
    write(bytes) {
      size += bytes.length;
      // Too large is too large: what was kept of it is given back.
      if (size > reportLimit) chunks.length = 0;
      else chunks.push(bytes);
    },
    look: () => null,
    async end() {
      if (size > reportLimit)
        return { kind: 'report', told: { kind: 'report', state: 'too large', ...nothing }, reported: [] };
      const { state, cases, left, failures } = await readJunit(Buffer.concat(chunks.splice(0)));
      // A report that is cut or does not add up is not believed: the log stands alone (BUILDBOT.md section 7).
      const reported = state === 'complete' ? failures : [];
      return { kind: 'report', told: { kind: 'report', state, cases, left }, reported };
    },
  };
}

/** Opens a log in bounded memory. */
export function openLog(terms: LogTerms): OpenLog {
  if (terms.format === 'report') return openReport(terms);
  const { builder, repeated } = terms;
  const intake = repeated ? createRepeatedIntake(builder) : createLogIntake({ format: 'contents', builder });
  return {
    terms,
    write: (bytes) => {
      intake.write(bytes);
    },
    look: () => intake.look(),
    end: async () => ({ kind: 'log', reading: intake.end() }),
  };
}

/** What each log of a build tells, reports joined to the log of their step. */
export function conclude(logs: readonly { readonly terms: LogTerms; readonly read: Read }[]): Told[] {
  return logs.map(({ terms: { step, builder }, read }): Told => {
    if (read.kind === 'report') return read.told;
    const beside = logs.filter(({ terms }) => terms.step === step);
    const reported = beside.flatMap((one) => (one.read.kind === 'report' ? one.read.reported : []));
    const failures = withReport(read.reading.failures, reported, { hash: digest, builder });
    return { kind: 'log', repeats: null, ...read.reading, failures };
  });
}
