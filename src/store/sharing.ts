// What daemons that share a store must tell one another (RUNS.md 8.4, 9.9): who lives, who holds which run, and letters. A store of one
// daemon alone has none of it.

import type { RunId } from '../gate/ids.ts';

declare const brand: unique symbol;
/** Names one process from its start to its end: 8 hex digits. */
export type InstanceId = string & { readonly [brand]: 'InstanceId' };

/** Who holds an open run. Every write of the run proves it, and raises the version. */
export interface Lease {
  readonly run: RunId;
  readonly holder: InstanceId;
  /** The fencing token: grows with each change of the holder. */
  readonly token: number;
  readonly version: number;
  /** How many holders were silent for ever while something was under way for the run. */
  readonly falls: number;
}

/** To whoever holds a run, or to one instance. */
export type Box =
  { readonly to: 'run'; readonly run: RunId } | { readonly to: 'instance'; readonly instance: InstanceId };

export interface Letter {
  /** Orders letters by the time of sending; by it a letter is thrown away. */
  readonly key: string;
  readonly box: Box;
  readonly from: InstanceId;
  /** Plain JSON, as it was sent. */
  readonly body: unknown;
}

/** Every promise rejects with a `StoreError` where the store cannot be asked. */
export interface Sharing {
  readonly self: InstanceId;
  /** Says that this instance lives; other than before with each call. */
  beat(): Promise<void>;
  /** Says that it ends: whoever likes may take its runs. */
  leave(instance: InstanceId): Promise<void>;
  /** The last beat of each instance that has not left, by its clock; milliseconds since 1970. */
  beats(): Promise<ReadonlyMap<InstanceId, number>>;
  /** Of every open run. */
  leases(): Promise<readonly Lease[]>;
  /** Whether this instance holds the run at this moment. */
  holds(run: RunId): Promise<boolean>;
  /**
   * Takes a run from its holder, which has left or is silent; `fell`: silent, with something under way for the run. The lease that we
   * have now; null where somebody was faster, or it is held otherwise than the lease says.
   */
  claim(lease: Lease, fell: boolean): Promise<Lease | null>;
  /** Kept when it resolves. */
  send(box: Box, body: object): Promise<void>;
  /** All letters that nobody has thrown away, oldest first in each box, at most a thousand. */
  letters(): Promise<readonly Letter[]>;
  discard(keys: readonly string[]): Promise<void>;
  /** Whether the run has one of so many slots, which it keeps until it is released or over (RUNS.md 2.5). */
  reserve(run: RunId, slots: number): Promise<boolean>;
  release(run: RunId): Promise<void>;
}
