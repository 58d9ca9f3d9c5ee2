// A finished build as the history keeps it, and its failures.

import type { BuilderName, WorkerName } from '../fleet/fleet.ts';
import type { Kind } from '../flakes/kind.ts';
import type { FailureClass } from '../flakes/reading.ts';
import type { Role } from '../gate/attempt.ts';
import type { Results } from '../gate/facts.ts';

/** What became of a failure in the gate; null: no verdict rested on it. */
export type Ruling = 'forgiven' | 'withdrawn' | 'failed';

export interface FailureRecord {
  readonly testId: string | null;
  readonly kind: Kind;
  /** At most 300 characters, secrets taken out; control characters as they came. */
  readonly message: string | null;
  readonly step: string;
  readonly lines: readonly [number, number];
  readonly fingerprint: string;
  readonly excuseKey: string | null;
  readonly incident: string;
  /** Id of the signature that names it. */
  readonly signature: string | null;
  readonly class: FailureClass;
  readonly ruling: Ruling | null;
  /** A re-run inside the build passed. */
  readonly cleared: boolean;
}

export interface BuildRecord {
  /** Buildbot's id. A master that begins anew deals ids out again: id and start together name a build. */
  readonly id: number;
  readonly number: number;
  readonly builder: BuilderName;
  readonly worker: WorkerName | null;
  readonly platform: string;
  readonly project: string;
  readonly branch: string;
  readonly revision: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly completeAt: number;
  readonly results: Results;
  /**
   * `base`: finished, not ours, of the branch itself, without gate properties, not made by a force scheduler (FLAKES.md 6.3). `gate`: an
   * attempt of ours. `other`: anything else, which counts in no rate.
   */
  readonly source: 'base' | 'gate' | 'other';
  /** null: not ours. */
  readonly role: Role | null;
  /** Whether it says anything of the tests: 0, 1 or 2, and what was asked for was checked out. */
  readonly judged: boolean;
  /** At most 50. */
  readonly failures: readonly FailureRecord[];
  /** Failures beyond those. */
  readonly more: number;
  /** Why the failures may not be all of them; null: they are. */
  readonly doubt: string | null;
  /** When its run was decided, in milliseconds since 1970; absent where it is not ours, or ended later. */
  readonly decidedAt?: number;
}

/** A failure beside the build that it is of. */
export interface FoundFailure {
  readonly build: BuildRecord;
  readonly failure: FailureRecord;
}
