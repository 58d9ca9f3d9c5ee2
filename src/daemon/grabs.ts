// Grabs that are under way at several servers: each may bring a job, and only one of them may have the last slot (RUNS.md 2.5).

import type { ConnectionId } from '../gate/ids.ts';
import type { BuildConnection } from '../gearman/gearman.ts';

export interface Grabs {
  /** Whether this connection may grab, by `allowed`, which is told how many grabs of others are under way. */
  ask(connection: BuildConnection, allowed: (elsewhere: number) => boolean): boolean;
  /** Its grab brought a job, or the connection is gone. */
  ended(connection: ConnectionId): void;
}

/** Milliseconds: a server answers a grab at once. That it had no job is not told, so a grab counts no longer than this. */
const answeredWithin = 300;

/** `wake` asks sleeping connections again: those that were refused for a grab elsewhere that brought nothing. */
export function createGrabs(mono: () => number, wake: () => void): Grabs {
  const sent = new Map<ConnectionId, number>();
  let waking: NodeJS.Timeout | null = null;

  const wakeLater = (): void => {
    waking ??= setTimeout(() => {
      waking = null;
      wake();
    }, answeredWithin).unref();
  };

  return {
    ask(connection, allowed) {
      const now = mono();
      for (const [each, at] of sent) if (now - at >= answeredWithin) sent.delete(each);
      sent.delete(connection.connection);
      const elsewhere = sent.size;
      const may = allowed(elsewhere);
      if (may) sent.set(connection.connection, now);
      else if (elsewhere > 0) wakeLater();
      return may;
    },
    ended: (connection) => {
      sent.delete(connection);
    },
  };
}
