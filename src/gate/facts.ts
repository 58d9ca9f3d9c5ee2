// What Buildbot says of a request, as the gate reads it. The adapter `buildbot/` fills these in; nothing here decides.

import type { BuilderName, WorkerName } from '../fleet/fleet.ts';
import type { BuildId, BuildsetId, RequestId } from './ids.ts';

/** Buildbot's results: 0 success, 1 warnings, 2 failure, 3 skipped, 4 exception, 5 retry, 6 cancelled. */
export type Results = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export interface StepFacts {
  readonly id: number;
  readonly number: number;
  readonly name: string;
  readonly complete: boolean;
  /** null while it is not complete. */
  readonly results: Results | null;
  /** Seconds since 1970 by the master's clock; null before it began. */
  readonly startedAt: number | null;
  readonly completeAt: number | null;
  readonly state: string;
}

export interface BuildFacts {
  readonly id: BuildId;
  readonly number: number;
  readonly worker: WorkerName | null;
  readonly complete: boolean;
  /** null while it is not complete. */
  readonly results: Results | null;
  /** Seconds since 1970 by the master's clock. */
  readonly startedAt: number;
  readonly completeAt: number | null;
  /** Buildbot's own sentence, such as `cancelled (Master Shutdown)`. Shown and matched, never trusted for a pass. */
  readonly state: string;
  /** `got_revision` of codebase ''; null where the build has none. */
  readonly revision: string | null;
  /** null: not looked at yet. The end of a build is judged only with its steps. */
  readonly steps: readonly StepFacts[] | null;
  /** Whether a header line of a failed step's log says that it timed out; null: not looked at. */
  readonly stepTimedOut: boolean | null;
  /** Whether it waits for a lock and does nothing (the silent clock stands still). */
  readonly waitsForLock: boolean;
  /** Changes when steps or logs have grown; compared for equality only. */
  readonly growth: string;
}

export interface RequestFacts {
  readonly id: RequestId;
  readonly buildset: BuildsetId;
  readonly builder: BuilderName;
  readonly claimed: boolean;
  readonly complete: boolean;
  /** null while it is not complete. */
  readonly results: Results | null;
  /** In the order in which they began; more than one after a RETRY. */
  readonly builds: readonly BuildFacts[];
}

/** A buildset found by its reason, with the requests it made. */
export interface BuildsetFacts {
  readonly id: BuildsetId;
  /** The reason without Buildbot's preamble `A build was forced by '...': `. */
  readonly marker: string;
  readonly complete: boolean;
  readonly requests: readonly {
    readonly id: RequestId;
    readonly builder: BuilderName;
    readonly complete: boolean;
    readonly claimed: boolean;
  }[];
}
