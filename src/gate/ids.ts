// Branded ids: a handle is never a number, a request never a build.

declare const brand: unique symbol;
type Branded<Base, Name> = Base & { readonly [brand]: Name };

/** A gate job's number: the gatekeeper's unique id where that is usable, else one of our making. */
export type JobNumber = Branded<string, 'JobNumber'>;
/** A run's own id: 16 hex digits, never used twice. */
export type RunId = Branded<string, 'RunId'>;
/** A Gearman handle. It means something only together with its connection (GEARMAN.md section 2). */
export type Handle = Branded<string, 'Handle'>;
/** One connection instance to one Gearman server; a reconnect is another one, also after a restart of ours. */
export type ConnectionId = Branded<string, 'ConnectionId'>;

/**
 * The instance whose connection it is, of several that share a store (RUNS.md 9.9); '' where nobody shares it. Its name stands before
 * the last 16 characters, behind the server.
 */
export function instanceOf(connection: ConnectionId): string {
  return connection.slice(connection.lastIndexOf('/') + 1, -16);
}

/** Buildbot's ids. */
export type BuildsetId = Branded<number, 'BuildsetId'>;
export type RequestId = Branded<number, 'RequestId'>;
export type BuildId = Branded<number, 'BuildId'>;
/** Names an effect within its run. */
export type EffectId = Branded<number, 'EffectId'>;
/** The reason of a buildset that is ours (RUNS.md 4.1), compared whole. */
export type Marker = Branded<string, 'Marker'>;

/** A moment: `wall` for people, in milliseconds since 1970; `mono` for clocks, in milliseconds since this process began. */
export interface Moment {
  readonly wall: number;
  readonly mono: number;
}
