// A gate job: our record of one Gearman job, and the handles on which its answer goes back (RUNS.md 1.1).
//
// open      served; the first data is on its way or out
// answered  has its answer; whether the gatekeeper has it is not certain (RUNS.md 9.3)
// closed    nothing more will be sent

import type { Answer } from './answer.ts';
import type { ConnectionId, Handle, JobNumber } from './ids.ts';

export type ServerKind = 'gearmand' | 'geard';

export interface GearmanBinding {
  readonly kind: 'gearman';
  readonly connection: ConnectionId;
  /** `host:port`. */
  readonly server: string;
  readonly serverKind: ServerKind;
  readonly handle: Handle;
  /** `void`: its connection ended. `left`: the client is gone though the connection stands (RUNS.md 9.2). */
  readonly state: 'live' | 'void' | 'left';
  /** When that ended, milliseconds since 1970; absent while it is live, and where an older version wrote it. */
  readonly endedAt?: number;
  readonly announced: boolean;
  /** The answer was written on it. */
  readonly answered: boolean;
}

/** Where answers go: a handle on one connection instance, or nowhere but the record (`jobs submit`). */
export type Binding = GearmanBinding | { readonly kind: 'own'; readonly state: 'live' | 'void' };

export type JobState = 'open' | 'answered' | 'closed';

export interface Job {
  readonly number: JobNumber;
  /** The gatekeeper's unique id, '' where it gave none. */
  readonly unique: string;
  /** SHA-256 of the argument bytes, hex: the same id with other arguments is another request (RUNS.md 2.4). */
  readonly argumentsHash: string;
  readonly function: string;
  /** The parameters that are kept and shown; secrets never get here. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly state: JobState;
  readonly bindings: readonly Binding[];
  /** ABORTED for a stopped job, else the run's verdict. */
  readonly answer: Answer | null;
  /** Milliseconds since 1970. */
  readonly answeredAt: number | null;
  /** Milliseconds since it was answered, while we watched. */
  readonly answeredFor: number;
  /** The gatekeeper has the answer for certain. */
  readonly confirmed: boolean;
  /** What the gatekeeper says of it (`set_description:`); plain text. */
  readonly description: string | null;
}

/**
 * Bindings that ended with their connection, so that their server may hand the job out again; one that was bound again on the
 * same server since then is not among them, for then only the later one tells (RUNS.md 9.1).
 */
export function lostBindings(job: Job): readonly GearmanBinding[] {
  const bindings = job.bindings.filter((binding) => binding.kind === 'gearman');
  return bindings.filter(
    ({ state, server }, at) =>
      state === 'void' && !bindings.slice(at + 1).some((later) => later.server === server),
  );
}

export function isLive(binding: Binding): boolean {
  return binding.state === 'live';
}
