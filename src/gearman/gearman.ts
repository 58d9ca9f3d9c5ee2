// The narrow door to the gatekeeper's side: the rest of the code knows no packets and no abraxas.

import type { ConnectionId, Handle } from '../gate/ids.ts';
import type { ServerKind } from '../gate/job.ts';

/** A job that a server handed out on a `build:` function. */
export interface Assignment {
  readonly connection: ConnectionId;
  /** `host:port`. */
  readonly server: string;
  readonly serverKind: ServerKind;
  readonly handle: Handle;
  /** The real function name, such as `build:cpython-gate:main`. */
  readonly function: string;
  /** As the client gave it; may be empty or long. */
  readonly unique: string;
  /** The argument bytes; `too-large` when they were read past (RUNS.md 2.6). */
  readonly payload: Buffer | 'too-large';
}

/** A `stop:` or `set_description:` job; exactly one of `complete` and `fail` is called. */
export interface ControlJob {
  readonly kind: 'stop' | 'set_description';
  readonly payload: Buffer | 'too-large';
  complete(): void;
  fail(): void;
}

export interface BuildConnection {
  readonly connection: ConnectionId;
  readonly server: string;
  readonly serverKind: ServerKind;
}

/** What the daemon gives to the gatekeeper's side. Called synchronously, must not throw. */
export interface GearmanListener {
  assigned(job: Assignment): void;
  control(job: ControlJob): void;
  /** A build connection has had an answer after its last CAN_DO. */
  up(connection: BuildConnection): void;
  /** Every handle of it is void from now on. */
  lost(connection: ConnectionId, why: string): void;
  /** The server said JOB_NOT_FOUND, which names no handle, or no longer knows one: ask `status` for every open handle of the connection. */
  doubted?(connection: ConnectionId): void;
  /** Asked before each GRAB_JOB_UNIQ on a build connection; false answers NO_JOB locally. */
  mayGrab(connection: BuildConnection): boolean;
}

/** What a server says of one handle. `silent`: no answer in time, or the connection is gone. */
export type HandleStatus = 'running' | 'queued' | 'unknown' | 'silent';

/** One line of gearmand's `show jobs`. */
export interface ServerJob {
  readonly handle: Handle;
  /** Third column: nobody waits for it (client gone, or a background job). */
  readonly ignored: boolean;
}

export interface Gearman {
  /** The full set of `build:` names; what is new is registered on every build connection, what is gone is dropped when no job of it runs. */
  serve(functions: readonly string[]): void;
  /** The gate on GRAB may have opened: ask every sleeping build connection to grab again. */
  wake(): void;
  /** WORK_DATA with the object, and WORK_STATUS 0/100 when `first`, in one write. False when the connection is gone or its backlog is over its bound. */
  data(connection: ConnectionId, handle: Handle, state: object, first: boolean): boolean;
  /** GET_STATUS, WORK_DATA, WORK_COMPLETE, GET_STATUS in one write. `confirmed`: known before and unknown after on this connection. */
  finish(
    connection: ConnectionId,
    handle: Handle,
    state: object,
  ): Promise<'confirmed' | 'unconfirmed' | 'lost'>;
  /** GET_STATUS of a handle, on the given connection, or for an old handle on any build connection to that server. */
  status(
    where: { readonly connection: ConnectionId } | { readonly server: string },
    handle: Handle,
  ): Promise<HandleStatus>;
  /** Closes a build connection, so that its server hands its jobs on (RUNS.md 2.3). It reconnects by itself. */
  drop(connection: ConnectionId, why: string): void;
  connections(): readonly BuildConnection[];
  /** Admin lines, each on a connection of its own with a deadline; null: the server could not be asked or does not know the line. */
  waiting(server: string): Promise<ReadonlyMap<string, number> | null>;
  uniqueJobs(server: string): Promise<ReadonlySet<string> | null>;
  jobs(server: string): Promise<readonly ServerJob[] | null>;
  cancelJob(server: string, handle: Handle): Promise<boolean>;
  /** Per server: whether its build and its control connection are up, and the last trouble. */
  state(): readonly {
    readonly server: string;
    readonly build: boolean;
    readonly control: boolean;
    readonly trouble: string | null;
  }[];
  close(): Promise<void>;
}
