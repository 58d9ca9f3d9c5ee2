// What went wrong: first as it was sighted in a log, then as one failure per test and cause.

import type { Kind } from './kind.ts';

/** One frame of a traceback or of a dump: file as printed, line, function. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

/** An exception as printed: its name without the package, and the message. */
export interface Raised {
  readonly exception: string;
  readonly message: string;
}

/**
 * How a sighting came about. `said`: the runner's own word on a file, without a cause. `seen`: a cause with its text. `hinted`: text that
 * looks like a failure and counts only where nothing better is known and nothing speaks against it.
 */
export type Strength = 'said' | 'seen' | 'hinted';

/** One place of a log that speaks of a failure. */
export interface Sighting {
  kind: Kind;
  strength: Strength;
  /** The regrtest file that it belongs to, without a leading `test.`; null outside any test. */
  file: string | null;
  /** `module.Class.method`; null where no method is known yet. */
  method: string | null;
  /** What was raised, the innermost cause first; the last is the one that the runner reports. */
  raised: Raised[];
  /** Used where nothing was raised: fatal text, resource, diagnostic. */
  message: string | null;
  /** The newest call last. */
  frames: Frame[];
  /** The test that another thread of a dump was in. */
  near: string | null;
  /** What was being done when a signal came outside any test: the command that a shell names, else the line before. */
  command: string | null;
  first: number;
  last: number;
  /** 1 for the first run, 2 for the runner's own re-run. */
  readonly attempt: number;
  /** Buildbot's own header said it, in a format that tells headers from output. */
  readonly header: boolean;
  provisional: boolean;
}

/** One failure of a build. */
export interface Failure {
  readonly testId: string | null;
  /** The file by which the runner runs it again; null: not known. */
  readonly file: string | null;
  readonly kind: Kind;
  readonly exception: string | null;
  /** Bounded, secrets taken out, control characters as they came: whoever shows it makes them visible. */
  readonly message: string | null;
  readonly frames: readonly Frame[];
  /** First and last line in the log, from 1; both 0 where only a report knows of it. */
  readonly lines: readonly [number, number];
  readonly attempt: number;
  /** A test of this name failed in the runner's own re-run of the file. */
  readonly again: boolean;
  /** Said by Buildbot itself: the only thing in a log that may count as infrastructure (FLAKES.md 6.3b rule 2). */
  readonly header: boolean;
  readonly provisional: boolean;
  /** hash(kind, exception, masked message, top project frame). */
  readonly fingerprint: string;
  /** Fingerprint and test; null where neither test nor frame is known: such a failure is never excused. */
  readonly excuseKey: string | null;
  /** The cause as far as this failure tells. */
  readonly incident: string;
}
