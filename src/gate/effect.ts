// What a run asks of the outside. Each has an id within the run and a deadline; what came of it returns as an event.

import type { BuilderName } from '../fleet/fleet.ts';
import type { Answer } from './answer.ts';
import type { Base, Role } from './attempt.ts';
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

export type EffectDeed =
  /** First WORK_DATA and WORK_STATUS of a binding, in one write (RUNS.md 2.3). */
  | {
      readonly kind: 'announce';
      readonly number: JobNumber;
      readonly connection: ConnectionId;
      readonly handle: Handle;
    }
  /** GET_STATUS, WORK_DATA, WORK_COMPLETE, GET_STATUS in one write (RUNS.md 9.3). */
  | {
      readonly kind: 'answer';
      readonly number: JobNumber;
      readonly connection: ConnectionId;
      readonly handle: Handle;
      readonly answer: Answer;
    }
  /** Look for unfinished votes with our key before the first force (RUNS.md 4.4). */
  | { readonly kind: 'adopt'; readonly keyHash: string }
  /** One force call: builders of one role and ordinal. */
  | {
      readonly kind: 'force';
      readonly builders: readonly BuilderName[];
      readonly ordinal: number;
      readonly role: Role;
      readonly marker: Marker;
      readonly fields: Readonly<Record<string, string>>;
    }
  /** Look for a marker whose sending is unclear (RUNS.md 4.2). */
  | { readonly kind: 'search'; readonly marker: Marker; readonly after: BuildsetId | null }
  /** Is an unclaimed request with our source stamp left on the builder (RUNS.md 4.6)? */
  | { readonly kind: 'vacancy'; readonly builder: BuilderName; readonly base: Base | null }
  | { readonly kind: 'cancel'; readonly request: RequestId; readonly why: string }
  | { readonly kind: 'stop'; readonly request: RequestId; readonly build: BuildId; readonly why: string }
  /** Read the end of a build (steps, revision, headers), or whether a silent one grows (RUNS.md 5.2). */
  | { readonly kind: 'look'; readonly request: RequestId; readonly build: BuildId }
  /** Read what went wrong in a finished build, classed with signatures and history (FLAKES.md 6.2, 6.3). */
  | {
      readonly kind: 'read';
      readonly request: RequestId;
      readonly build: BuildId;
      readonly builder: BuilderName;
      readonly role: Role;
    }
  /** Look at every request with the run's vote markers on a builder: did a build ever begin (RUNS.md 5.5)? */
  | { readonly kind: 'audit'; readonly builder: BuilderName; readonly ended: number };

export type Effect = EffectDeed & {
  readonly id: EffectId;
  /** Milliseconds that it may take; the carrier gives up then and says so in an event. */
  readonly within: number;
};
