// One log that lies open in the reader's thread.

import type { Failure } from '../../flakes/failure.ts';
import type { Repeat } from '../../flakes/repeat.ts';
import { withReport, type ReportedFailure } from '../../flakes/reported.ts';
import { factsOf } from '../../flakes/signature/facts-of.ts';
import { digest } from '../digest.ts';
import { createJunitReader } from '../junit.ts';
import { createLogIntake, type LogFileReading } from '../log-intake.ts';
import { createRepeatedIntake } from '../repeated-intake.ts';
import type { LogTerms, Told } from './orders.ts';
import { namings, type Watched, type Watchers } from './signatures.ts';

type LogRead = LogFileReading & { readonly repeats?: readonly Repeat[] };

/** What was read of it, with the failures that a report beside it adds to the log of the same step. */
export type Read =
  | { readonly kind: 'log'; readonly reading: LogRead; readonly watched: Watched | null }
  | { readonly kind: 'report'; readonly told: Told; readonly reported: readonly ReportedFailure[] };

export interface OpenLog {
  readonly terms: LogTerms;
  /** The bytes may be used again once it resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** What it tells so far; null for a report. */
  look(): Told | null;
  end(): Promise<Read>;
}

function openReport(terms: LogTerms): OpenLog {
  const reader = createJunitReader();
  return {
    terms,
    async write(bytes) {
      await reader.write(bytes);
    },
    look: () => null,
    async end() {
      const { state, cases, left, failures } = reader.end();
      // A report that is cut or does not add up is not believed: the log stands alone (BUILDBOT.md section 7).
      const reported = state === 'complete' ? failures : [];
      return { kind: 'report', told: { kind: 'report', state, cases, left }, reported };
    },
  };
}

interface Around {
  readonly terms: LogTerms;
  readonly watched: Watched | null;
  readonly others: readonly Watched[];
}

/** Names what was found, where there are signatures. */
function toldOf(reading: LogRead, failures: readonly Failure[], { terms, watched, others }: Around): Told {
  const { step, builder, facts } = terms;
  const build = { ...facts, step, builder, exitStatus: reading.account.exit };
  const asked = failures.map((failure) => ({ facts: factsOf(failure, build), lines: failure.lines }));
  const elsewhere = others.map(({ log }) => log.hits);
  const named = watched === null ? [] : namings(asked, watched, elsewhere);
  return { kind: 'log', repeats: null, ...reading, failures, named };
}

/** Opens a log in bounded memory. */
export function openLog(terms: LogTerms, watchers: Watchers): OpenLog {
  if (terms.format === 'report') return openReport(terms);
  const { builder, repeated } = terms;
  const watched = watchers.watch();
  const intake = repeated ? createRepeatedIntake(builder) : createLogIntake({ format: 'contents', builder });
  return {
    terms,
    async write(bytes) {
      intake.write(bytes);
      watched?.log.write(bytes);
    },
    look() {
      const reading = intake.look();
      return toldOf(reading, reading.failures, { terms, watched, others: [] });
    },
    async end() {
      watched?.log.end();
      return { kind: 'log', reading: intake.end(), watched };
    },
  };
}

/** What each log of a build tells, reports joined to the log of their step. */
export function conclude(logs: readonly { readonly terms: LogTerms; readonly read: Read }[]): Told[] {
  return logs.map(({ terms, read }): Told => {
    if (read.kind === 'report') return read.told;
    const { reading, watched } = read;
    const { step, builder } = terms;
    const beside = logs.filter((one) => one.terms.step === step);
    const reported = beside.flatMap((one) => (one.read.kind === 'report' ? one.read.reported : []));
    const failures = withReport(reading.failures, reported, { hash: digest, builder });
    const others = logs.flatMap((one) =>
      one.read.kind === 'log' && one.read !== read && one.read.watched !== null ? [one.read.watched] : [],
    );
    return toldOf(reading, failures, { terms, watched, others });
  });
}
