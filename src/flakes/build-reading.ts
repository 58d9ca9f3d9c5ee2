// What the logs of a build told, put together to its reading: failures, their classes, the doubt (FLAKES.md 6.2 to 6.3b).

import { mayTouch } from './decide/touched.ts';
import { doubtOf, wasCleared } from './doubt.ts';
import type { Failure } from './failure.ts';
import type { LogReading } from './read-log.ts';
import type { FailureClass, KeyEvidence, NamedBy, ReadFailure, Reading } from './reading.ts';
import { sumOf, type Repeat } from './repeat.ts';

/** Failures of a reading, and characters of a message. */
const mostFailures = 50;
const mostText = 300;

/** What one log of a step told; `why`: it was not read, or not to its end. */
export interface ReadLog {
  readonly step: string;
  /** The step ended so that its failures are looked for: a test step that only warned may have passed after all. */
  readonly failed: boolean;
  /** It ran before the change's code could: what it prints is Buildbot's own fault to tell (FLAKES.md 6.3b rule 2). */
  readonly early: boolean;
  readonly reading: LogReading | null;
  readonly why: string | null;
  /** Ids of the signatures that name each failure of the reading, the narrowest first; empty where none were asked. */
  readonly named: readonly (readonly string[])[];
  /** null: one run. */
  readonly repeats: readonly Repeat[] | null;
}

/** A failure before the history was asked. */
export type Sighted = Omit<ReadFailure, 'class' | 'evidence' | 'signature'> & {
  readonly infrastructure: boolean;
  readonly named: readonly string[];
};

/** Only Buildbot's own word makes infrastructure: a header line, or a step in which no code of the change ran. */
function isInfrastructure({ kind, header }: Failure, early: boolean): boolean {
  if (kind === 'worker-lost') return header || early;
  return early && (kind === 'network' || kind === 'disk-full' || kind === 'oom');
}

function sighted(log: ReadLog, changed: readonly string[] | null): readonly Sighted[] {
  const { reading, step, early, named } = log;
  if (reading === null) return [];
  return reading.failures.map((failure, at): Sighted => {
    const { testId, file, kind, exception, message, lines, fingerprint, excuseKey, incident } = failure;
    const said = [exception, message === '' ? null : message].filter((part) => part !== null).join(': ');
    return {
      testId,
      file,
      kind,
      message: said === '' ? null : said.slice(0, mostText),
      lines,
      step,
      fingerprint,
      excuseKey,
      incident,
      cleared: wasCleared(reading, failure),
      named: named[at] ?? [],
      touched: mayTouch(changed, file),
      infrastructure: isInfrastructure(failure, early),
    };
  });
}

/** All failures of the logs; in repeats of one test each counts once. */
export function failuresIn(logs: readonly ReadLog[], changed: readonly string[] | null): readonly Sighted[] {
  const seen = new Set<string>();
  return logs
    .flatMap((log) => sighted(log, changed))
    .filter(({ step, testId, excuseKey, incident }) => {
      const key = JSON.stringify([step, testId, excuseKey, incident]);
      return !seen.has(key) && seen.add(key).size > 0;
    });
}

function classOf(
  { excuseKey }: Sighted,
  signature: NamedBy | null,
  evidence: KeyEvidence | null,
): FailureClass {
  if (signature?.state === 'active') return 'known-flake';
  if (excuseKey === null || evidence === null) return 'unknown';
  if (evidence.redBase === 2) return 'already-red';
  return evidence.baseCommits > 0 ? 'seen-on-base' : 'new';
}

function doubtIn(log: ReadLog): string | null {
  const about = (why: string | null): string | null => (why === null ? null : `step ${log.step}: ${why}`);
  if (log.why !== null) return about(log.why);
  if (log.repeats !== null) return about(log.repeats.find(({ doubt }) => doubt !== null)?.doubt ?? null);
  if (log.reading === null) return about('its log was not read');
  // A step that passed in the end, and in which nothing was found, has nothing to hide a failure in.
  if (!log.failed && log.reading.failures.length === 0) return null;
  return about(doubtOf(log.reading));
}

/**
 * The reading of a build.
 *
 * @param known.byKey what the history knows of each excuse key; null: it could not be asked, or there is none
 * @param known.speaker which of the signatures that name a failure speaks for it
 * @param known.doubt something that no log tells, such as logs that are gone
 */
export function readingOf(
  logs: readonly ReadLog[],
  failures: readonly Sighted[],
  known: {
    readonly byKey: Readonly<Record<string, KeyEvidence>> | null;
    readonly base: Reading['base'];
    readonly speaker: (named: readonly string[]) => NamedBy | null;
    readonly doubt: string | null;
  },
): Reading {
  const { byKey, base, speaker, doubt } = known;
  const shown = failures.slice(0, mostFailures).map((one): ReadFailure => {
    const { infrastructure, named, ...failure } = one;
    const evidence = failure.excuseKey === null ? null : (byKey?.[failure.excuseKey] ?? null);
    const signature = speaker(named);
    const found = infrastructure ? 'infrastructure' : classOf(one, signature, evidence);
    return { ...failure, signature, class: found, evidence };
  });
  const repeats = logs.flatMap((log) => log.repeats ?? []);
  return {
    failures: shown,
    more: failures.length - shown.length,
    doubt: doubt ?? logs.map(doubtIn).find((why) => why !== null) ?? null,
    repeats: logs.some((log) => log.repeats !== null) ? sumOf(repeats) : null,
    base,
  };
}
