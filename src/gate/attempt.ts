// One Buildbot build request of a run for one builder, from intention to outcome (RUNS.md 1.3).
//
// intended  not sent, or being sent (`sending`); waits for its turn on the builder (RUNS.md 4.5)
// unclear   sent, and nobody knows what came of it; its marker is searched (4.2)
// queued    its request is at Buildbot, unclaimed
// running   claimed
// ended     has its outcome; its request may still have to be cleaned up (5.4, 8.2)

import type { Reading } from '../flakes/reading.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import type { BuildFacts, Results } from './facts.ts';
import type { BuildsetId, EffectId, Marker, RequestId } from './ids.ts';

export type Role = 'vote' | 'measure' | 'control';
export type AttemptState = 'intended' | 'unclear' | 'queued' | 'running' | 'ended';

/** What became of an attempt, by the table of RUNS.md section 6. */
export type Outcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'config-error'; readonly why: string }
  | { readonly kind: 'timed-out'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'infrastructure'; readonly why: string; readonly checkoutFailed: boolean }
  | { readonly kind: 'aborted'; readonly why: string }
  /** No build of the run ever began on the builder, which an audit has confirmed (RUNS.md 5.5). */
  | { readonly kind: 'unheard'; readonly clock: 'offline' | 'queued'; readonly why: string }
  /** Merged away by Buildbot, or it never arrived: another ordinal is sent and no retry is used. */
  | { readonly kind: 'void'; readonly why: string; readonly merged: boolean };

/** Another commit than the change's on which a control runs. */
export interface Base {
  readonly revision: string;
  readonly branch: string;
}

/** What a measure or a control repeats (FLAKES.md 6.3). */
export interface Task {
  /** Test files, each matching `^[A-Za-z0-9_.]+$`; none: the whole suite. */
  readonly tests: readonly string[];
  /** How often, where the factory repeats within one build. */
  readonly repeat: number;
  /** null: a measure, on the change itself. */
  readonly base: Base | null;
  /** The bug for which a decided run is measured again (RUNS.md 9.8); null: before the verdict. */
  readonly recheck: string | null;
}

/** Milliseconds that each clock of RUNS.md section 5 has run. */
export interface Clocks {
  readonly offline: number;
  readonly queued: number;
  readonly running: number;
  readonly silent: number;
}

export type ClockName = keyof Clocks;

export interface Attempt {
  readonly builder: BuilderName;
  readonly ordinal: number;
  readonly role: Role;
  readonly counts: 'voting' | 'advisory';
  /** null: a vote. */
  readonly task: Task | null;
  readonly state: AttemptState;
  /** The marker under which it was last sent or found; null before the first sending. */
  readonly marker: Marker | null;
  /** The newest buildset id seen before that sending: the search begins behind it. */
  readonly sentAfter: BuildsetId | null;
  /** The force effect under way. */
  readonly sending: EffectId | null;
  /** Milliseconds since 1970. */
  readonly sentAt: number | null;
  /** The run's `life` at each search for the marker that found nothing. */
  readonly searchedAt: readonly number[];
  /** After a merge: whether no unclaimed request with our source stamp is left on the builder (RUNS.md 4.6). */
  readonly vacant: boolean;
  readonly vacancyAskedAt: number | null;
  readonly buildset: BuildsetId | null;
  readonly request: RequestId | null;
  readonly claimed: boolean;
  /** Nothing of it is left at Buildbot. */
  readonly complete: boolean;
  /** By REST, which lists the builds as well; an event alone never sets it. */
  readonly requestResults: Results | null;
  readonly builds: readonly BuildFacts[];
  /** False while events may have been missed: a build that ended in RETRY with a failed test may be hidden until REST lists them all. */
  readonly listed: boolean;
  readonly clocks: Clocks;
  /** Milliseconds of the running clock in which its build waited for a lock. */
  readonly lockedFor?: number;
  /** The unheard outcome that a clock asks for; it falls when the request is done or refuses to go (RUNS.md 5.5). */
  readonly expired: { readonly clock: 'offline' | 'queued'; readonly why: string } | null;
  /** `life` at the last look at a silent build (RUNS.md 5.2). */
  readonly lookedAt: number | null;
  /** What we asked Buildbot to do with it, at which `life` of the run; `refused` after a 403. */
  readonly asked: {
    readonly what: 'cancel' | 'stop';
    readonly at: number;
    readonly refused: boolean;
    readonly lookedSince: boolean;
  } | null;
  readonly outcome: Outcome | null;
  /** What went wrong in it, read after its end where the verdict asks for that; null before. */
  readonly reading: Reading | null;
  /** How often the reading came to nothing. */
  readonly unread: number;
  /** Milliseconds since 1970. */
  readonly endedAt: number | null;
}

const noClocks: Clocks = { offline: 0, queued: 0, running: 0, silent: 0 };

/** A fresh attempt, not sent yet. After a merge its builder must be seen vacant first (RUNS.md 4.6). */
export function intend(
  builder: BuilderName,
  place: {
    readonly ordinal: number;
    readonly role: Role;
    readonly counts: 'voting' | 'advisory';
    readonly vacant: boolean;
    readonly task?: Task;
  },
): Attempt {
  return {
    builder,
    task: null,
    ...place,
    state: 'intended',
    marker: null,
    sentAfter: null,
    sending: null,
    sentAt: null,
    searchedAt: [],
    vacancyAskedAt: null,
    buildset: null,
    request: null,
    claimed: false,
    complete: false,
    requestResults: null,
    builds: [],
    listed: true,
    clocks: noClocks,
    expired: null,
    lookedAt: null,
    asked: null,
    outcome: null,
    reading: null,
    unread: 0,
    endedAt: null,
  };
}

/** Whether the attempt's request is known to be gone, or never was. */
export function isOutOfTheWay(attempt: Attempt): boolean {
  return attempt.state === 'ended' && (attempt.complete || attempt.request === null);
}

/** Whether a request of the attempt may lie unclaimed at Buildbot now, or be on its way there (RUNS.md 4.5). */
export function mayBeUnclaimed(attempt: Attempt): boolean {
  if (attempt.sending !== null || attempt.state === 'unclear') return true;
  return attempt.request !== null && !attempt.complete && !attempt.claimed;
}

/** The build that is running now, if any. */
export function runningBuild(attempt: Attempt): BuildFacts | undefined {
  const last = attempt.builds.at(-1);
  return last !== undefined && !last.complete ? last : undefined;
}
