// What can happen to a run, and what it must know of the world at that moment (RUNS.md 1.5).

import type { Reading } from '../flakes/reading.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import type { ResultWord } from './answer.ts';
import type { BuildFacts, RequestFacts, StepFacts } from './facts.ts';
import type {
  BuildId,
  BuildsetId,
  ConnectionId,
  EffectId,
  Handle,
  JobNumber,
  Marker,
  RequestId,
} from './ids.ts';
import type { Binding, Job } from './job.ts';
import type { Plan } from './run.ts';

/** What planning says of a waiting run (RUNS.md section 3). */
export type Planning =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly word: ResultWord; readonly why: string };

/** What came of a force call, by builder name. The adapter's answer, without its driver. */
export type ForceResult =
  | {
      readonly kind: 'forced';
      readonly buildset: BuildsetId;
      readonly requests: readonly { readonly builder: string; readonly request: RequestId }[];
    }
  | { readonly kind: 'not-sent' | 'unclear' | 'not-ready' | 'refused'; readonly why: string };

/** A request found by its marker. */
export interface FoundRequest {
  readonly builder: BuilderName;
  readonly marker: Marker;
  readonly buildset: BuildsetId;
  readonly request: RequestId;
}

export type RunEvent =
  /** Time has passed, or something outside changed: look and do what is due. */
  | { readonly kind: 'poke' }
  /**
   * Read back at a start, or taken over: no effect's outcome is known, and no binding is alive but those on connections of the
   * instances named.
   */
  | {
      readonly kind: 'restarted';
      readonly alive?: readonly string[];
      /** Why it is put aside with a verdict: it may be what ends the instances that hold it. */
      readonly aside?: string;
    }
  | { readonly kind: 'attached'; readonly job: Job; readonly replaces: JobNumber | null }
  | { readonly kind: 'bound'; readonly number: JobNumber; readonly binding: Binding }
  | { readonly kind: 'described'; readonly number: JobNumber; readonly text: string }
  /** `stop:` or `jobs cancel`. */
  | { readonly kind: 'detached'; readonly number: JobNumber; readonly why: string }
  /** `jobs promote`: a waiting run goes to the head of the line; one that is promoted later goes before it. */
  | { readonly kind: 'promoted' }
  /** `jobs recheck`: what failed in a decided run is measured again (RUNS.md 9.8). */
  | { readonly kind: 'recheck'; readonly bug: string }
  | { readonly kind: 'connection-lost'; readonly connection: ConnectionId }
  | { readonly kind: 'client-left'; readonly connection: ConnectionId; readonly handle: Handle }
  /** By REST: requests with their builds. */
  | { readonly kind: 'seen'; readonly requests: readonly RequestFacts[] }
  /** By an event of Buildbot's, or REST, of one build. */
  | {
      readonly kind: 'build-seen';
      readonly request: RequestId;
      readonly build: BuildFacts;
      readonly effect: EffectId | null;
    }
  | { readonly kind: 'build-grew'; readonly request: RequestId; readonly build: BuildId }
  /** Buildbot's events had a gap (the socket was down): no build is judged until REST has listed those of its request. */
  | { readonly kind: 'events-missed' }
  | {
      readonly kind: 'step-seen';
      readonly request: RequestId;
      readonly build: BuildId;
      readonly step: StepFacts;
    }
  /** An event said that the request is complete. */
  | { readonly kind: 'request-completed'; readonly request: RequestId }
  /** Outcomes of effects. */
  | { readonly kind: 'announced'; readonly effect: EffectId }
  | {
      readonly kind: 'answered';
      readonly effect: EffectId;
      readonly delivery: 'confirmed' | 'unconfirmed' | 'lost';
    }
  | { readonly kind: 'adoption'; readonly effect: EffectId; readonly found: readonly FoundRequest[] }
  | { readonly kind: 'force-result'; readonly effect: EffectId; readonly result: ForceResult }
  | { readonly kind: 'search-result'; readonly effect: EffectId; readonly found: readonly FoundRequest[] }
  | { readonly kind: 'vacancy-result'; readonly effect: EffectId; readonly vacant: boolean }
  | { readonly kind: 'control-result'; readonly effect: EffectId; readonly outcome: 'asked' | 'forbidden' }
  | { readonly kind: 'audit-result'; readonly effect: EffectId; readonly began: boolean }
  /** What went wrong in a build; one that could not be read says so in its doubt. */
  | {
      readonly kind: 'build-read';
      readonly effect: EffectId;
      readonly request: RequestId;
      readonly build: BuildId;
      readonly reading: Reading;
    }
  /** It was done and there is nothing to say, or it could not be done in its time and is asked for again when still due. */
  | { readonly kind: 'effect-ended'; readonly effect: EffectId };

/** What a run must know of others and of the moment. */
export interface World {
  /** Monotonic milliseconds since this run was last looked at by this process; 0 at first. */
  readonly elapsed: number;
  readonly buildbot: 'up' | 'away';
  /** Login, scheduler and fields are fine; else why not. */
  readonly notReady: string | null;
  /** The run would get a slot now (RUNS.md 2.5). */
  readonly slotFree: boolean;
  /** For a waiting run for which a slot is free; null where the fleet is not known yet. */
  readonly planning: Planning | null;
  /** Builders with a worker there; null: not known. */
  readonly present: ReadonlySet<BuilderName> | null;
  /** Lanes of our attempts (lane.ts) in which another run may have an unclaimed request (RUNS.md 4.5). */
  readonly busy: ReadonlySet<string>;
  /** Measures and controls of the last 24 h at Buildbot, of all runs (FLAKES.md 6.3: budgets). */
  readonly spent: {
    readonly byBuilder: ReadonlyMap<string, number>;
    readonly byOwner: ReadonlyMap<string, number>;
    readonly inAll: number;
  };
  /** Milliseconds that a build of the builder takes, where it is known. */
  readonly medians: ReadonlyMap<string, number>;
  readonly newestBuildset: BuildsetId | null;
  /** 8 random hex digits each; one is used for each sending. */
  readonly nonces: readonly string[];
  readonly manager: string;
  /** Whether a job of its function waits at a server; null: could not be asked (RUNS.md 9.1). */
  readonly functionWaits: boolean | null;
}
