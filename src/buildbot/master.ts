// The narrow door to a Buildbot master: what the daemon may ask of it, in the gate's own words.

import type { Builder, BuilderName } from '../fleet/fleet.ts';
import type { BuildFacts, BuildsetFacts, RequestFacts, StepFacts } from '../gate/facts.ts';
import type { NextLines, StdioPlace } from './log-pages.ts';
import type { LogRow } from './logs.ts';
import type { BuildId, BuildsetId, RequestId } from '../gate/ids.ts';
import type { BuildsAsked, ListedBuild } from './build-list.ts';

export interface ForceCall {
  /** Never empty: an absent list would force every builder (BUILDBOT.md section 2). */
  readonly builders: readonly string[];
  readonly marker: string;
  /** branch, revision, repository, project and the gate's properties; strings only, never blank where Buildbot would read a default. */
  readonly fields: Readonly<Record<string, string>>;
}

export type ForceOutcome =
  | {
      readonly kind: 'forced';
      readonly buildset: BuildsetId;
      readonly requests: readonly { readonly builder: string; readonly request: RequestId }[];
    }
  /** Nothing reached the master. `busy`: it waited its time among our own calls, which says nothing of the master. */
  | { readonly kind: 'not-sent'; readonly why: string; readonly busy?: true }
  /** It may or may not have been done. */
  | { readonly kind: 'unclear'; readonly why: string }
  /** 403 after a new login, an unknown scheduler, fields fixed by the master: nobody's fault (RUNS.md 4.8). */
  | { readonly kind: 'not-ready'; readonly why: string }
  /** A 400 that names a field: Buildbot's sentence. */
  | { readonly kind: 'refused'; readonly why: string };

export type RaiseOutcome =
  { readonly kind: 'raised' } | { readonly kind: 'not-raised'; readonly why: string };

export type ControlOutcome = 'asked' | 'forbidden' | 'failed';

/** One thing that `config check --online` and `/readyz` say. */
export interface Finding {
  readonly part: 'master' | 'login' | 'scheduler' | 'fields' | 'stanza' | 'builders';
  readonly level: 'ok' | 'warning' | 'error';
  readonly sentence: string;
}

/** What an event means to the daemon: look again at these, or at everything after a gap. */
export type Hint =
  | {
      readonly kind: 'build';
      readonly build: BuildId;
      readonly request: RequestId | null;
      readonly finished: boolean;
      readonly grew: boolean;
      /** What the event says of a build that is not finished, for the live view: no revision, no worker, no steps. */
      readonly seen: BuildFacts | null;
      /** The step that began or ended, for the live view. */
      readonly step: StepFacts | null;
    }
  | {
      readonly kind: 'request';
      readonly request: RequestId;
      readonly buildset: BuildsetId | null;
      readonly complete: boolean;
    }
  /** The stdio log of a step, listened to, has so many lines now. */
  | { readonly kind: 'log'; readonly step: number; readonly lines: number }
  | { readonly kind: 'workers' }
  /** The socket is (again) up, or events may have been missed. */
  | { readonly kind: 'resync' };

/** What Buildbot compares before it merges two requests of a builder (BUILDBOT.md section 4); null where it has none. */
export interface SourceStamp {
  readonly branch: string | null;
  readonly revision: string | null;
  readonly repository: string;
  readonly project: string;
}

/**
 * Every call has a deadline and rejects with a `BuildbotError` (`retry: 'transient' | 'permanent'`), except where the
 * outcome type already says what happened.
 */
export interface Master {
  /** Version, user, scheduler, fields, stanza; one to three requests. */
  check(): Promise<readonly Finding[]>;
  fleet(): Promise<readonly Builder[]>;
  force(call: ForceCall): Promise<ForceOutcome>;
  /** The newest buildset id; 0 on an empty master. */
  newestBuildset(): Promise<BuildsetId>;
  /** Buildsets whose reason contains the text; their requests only where `withRequests`. */
  buildsets(query: {
    readonly contains: string;
    readonly after?: BuildsetId;
    readonly unfinished: boolean;
    readonly withRequests: boolean;
  }): Promise<readonly BuildsetFacts[]>;
  /** Requests with their builds (steps and log facts not looked at), in two calls however many. */
  requests(ids: readonly RequestId[]): Promise<readonly RequestFacts[]>;
  /** The builds of one request, in the order in which they began; their steps are not looked at. One call. */
  buildsOf(request: RequestId): Promise<readonly BuildFacts[]>;
  /** The steps, growth and lock of a build; for a finished failed one also whether a header line says that a step timed out. */
  build(id: BuildId): Promise<BuildFacts>;
  /** The last lines of each failed step's stdio log, prefix taken off; for people only. */
  failedSteps(
    id: BuildId,
    lines: number,
  ): Promise<readonly { readonly step: string; readonly log: string; readonly lines: readonly string[] }[]>;
  /** The logs of a step. One call. */
  logs(step: number): Promise<readonly LogRow[]>;
  /** The lines of a log from number `from` (the first is 0) to the last that the row knows of, page by page, prefixes left on. The pieces are the caller's. */
  logPages(log: LogRow, from: number): AsyncIterable<Uint8Array>;
  /** The next lines of the stdio log of a step that may still run, from number `from` on; none where it has not begun. One call. */
  nextLines(place: StdioPlace, from: number): Promise<NextLines>;
  /** The text of a property of a build; null where it has none, or one that is no text. */
  buildProperty(id: BuildId, name: string): Promise<string | null>;
  /** Builds of anybody's, finished or not: at most a hundred above an id, those of these ids, or the one of a number of a builder. */
  builds(what: BuildsAsked): Promise<readonly ListedBuild[]>;
  /** The newest build's id; 0 on an empty master. */
  newestBuild(): Promise<number>;
  /** The first id of a build that began at a time (seconds since 1970) or later; one above the newest where there is none. */
  firstBuildSince(seconds: number): Promise<number>;
  /** Source stamps of the requests, anybody's, that lie unclaimed on a builder (RUNS.md 4.6). */
  unclaimed(builder: BuilderName): Promise<readonly SourceStamp[]>;
  cancel(request: RequestId, reason: string): Promise<ControlOutcome>;
  stop(build: BuildId, reason: string): Promise<ControlOutcome>;
  /** Puts a request that waits before all others of its builder, where the master can (3.9 to 4.2: BUILDBOT.md section 2). */
  raise(request: RequestId): Promise<RaiseOutcome>;
  /** Events as hints; the socket is minded (ping, reconnect, resync) until close. */
  watch(listener: (hint: Hint) => void): void;
  /** From now on hints tell how the stdio log of the step grows, as long as the WebSocket is up; the function returned ends that. */
  listenToLog(step: number): () => void;
  /** Whether the WebSocket is up now. */
  watching(): boolean;
  close(): Promise<void>;
}
