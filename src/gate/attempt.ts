// One Buildbot build request of a run for one builder, from intention to outcome.

import type { BuilderName } from '../fleet/fleet.ts';
import type { BuildFacts } from './facts.ts';
import type { BuildsetId, EffectId, Marker, RequestId } from './ids.ts';

export type Role = 'vote' | 'measure' | 'control';

/** What became of an attempt, by the table of RUNS.md section 6. */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'config-error'; readonly why: string }
  | { readonly kind: 'timed-out'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'infrastructure'; readonly why: string; readonly checkoutFailed: boolean }
  | { readonly kind: 'aborted'; readonly why: string }
  /** Only a candidate until the audit of RUNS.md 5.5 has seen no build. */
  | { readonly kind: 'unheard'; readonly clock: 'offline' | 'queued'; readonly why: string }
  /** Merged away by Buildbot, or never arrived: another ordinal is sent and no retry is used. */
  | { readonly kind: 'void'; readonly why: string };

export type AttemptState = 'intended' | 'unclear' | 'queued' | 'running' | 'ended';

/** Milliseconds that each clock of RUNS.md section 5 has run. */
export interface Clocks {
  readonly offline: number;
  readonly queued: number;
  readonly running: number;
  readonly silent: number;
}

/** One build request of a run for one builder (RUNS.md 1.3). */
export interface Attempt {
  readonly builder: BuilderName;
  readonly ordinal: number;
  readonly role: Role;
  readonly counts: 'voting' | 'advisory';
  readonly state: AttemptState;
  /** The marker under which it was last sent or found; null before the first sending. */
  readonly marker: Marker | null;
  /** The newest buildset id seen before that sending: the search begins there. */
  readonly sentAfter: BuildsetId | null;
  /** The force effect under way. */
  readonly sending: EffectId | null;
  /** Milliseconds since 1970. */
  readonly sentAt: number | null;
  /** Searches for the marker that found nothing, monotonic milliseconds of this process. */
  readonly searchedAt: readonly number[];
  readonly buildset: BuildsetId | null;
  readonly request: RequestId | null;
  readonly claimed: boolean;
  /** The request is complete: nothing of it is left at Buildbot. */
  readonly complete: boolean;
  readonly builds: readonly BuildFacts[];
  readonly clocks: Clocks;
  /** The growth last seen, for the silent clock. */
  readonly growth: string;
  /** Why we asked Buildbot to end it, once we have. */
  readonly ending: {
    readonly outcome: Outcome | null;
    readonly refused: boolean;
    readonly askedAt: number;
  } | null;
  readonly outcome: Outcome | null;
  readonly endedAt: number | null;
}
