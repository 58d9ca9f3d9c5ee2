// A gate job: our record of one Gearman job, and the handles on which its answer goes back.

import type { Answer } from './answer.ts';
import type { ConnectionId, Handle, JobNumber } from './ids.ts';

export type ServerKind = 'gearmand' | 'geard';

/** Where answers for a job go: a handle on one connection instance, or ourselves (`jobs submit`). */
export type Binding =
  | {
      readonly kind: 'gearman';
      readonly connection: ConnectionId;
      readonly server: string;
      readonly serverKind: ServerKind;
      readonly handle: Handle;
      /** `void`: the connection ended. `left`: the client is gone though the connection stands (RUNS.md 9.2). */
      readonly state: 'live' | 'void' | 'left';
      readonly announced: boolean;
    }
  | { readonly kind: 'own'; readonly state: 'live' | 'void' };

export type JobState = 'open' | 'answered' | 'closed';

/** One Gearman job: number, arguments, bindings, and what was answered (RUNS.md 1.1). */
export interface Job {
  readonly number: JobNumber;
  /** The gatekeeper's unique id, '' where it gave none. */
  readonly unique: string;
  /** SHA-256 of the argument bytes, hex: the same id with other arguments is another request (RUNS.md 2.4). */
  readonly argumentsHash: string;
  readonly function: string;
  /** The ZUUL_ and GATE_ parameters that are kept and shown; secrets never get here. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly state: JobState;
  readonly bindings: readonly Binding[];
  /** ABORTED to a stopped job, else the run's verdict. */
  readonly answer: Answer | null;
  readonly answeredAt: number | null;
  readonly answeredFor: number;
  /** The gatekeeper has it for certain (RUNS.md 9.3). */
  readonly confirmed: boolean;
  readonly description: string | null;
}
