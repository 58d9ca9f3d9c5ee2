// Jobs on our connections whose runs other instances hold: when the connection ends, or a client leaves, those runs must hear of it,
// also before we have seen their new bindings (RUNS.md 9.1, 9.2, 9.9).

import type { RunEvent } from '../gate/event.ts';
import type { ConnectionId, RunId } from '../gate/ids.ts';
import type { Log } from '../observe/log.ts';
import type { Register } from './register.ts';
import type { Tell } from './tell.ts';

export interface Abroad {
  add(connection: ConnectionId, run: RunId): void;
  /** Tells the event to every run of others with a job on the connection, until the store has taken it. */
  tell(connection: ConnectionId, event: RunEvent): void;
  /** Nothing comes on this connection any more. */
  forget(connection: ConnectionId): void;
}

/** Milliseconds until a letter that the store refused is sent again. */
const again = 1_000;

export function createAbroad(parts: {
  readonly elsewhere: Pick<Register, 'onConnection'>;
  readonly tell: Tell;
  readonly log: Log;
}): Abroad {
  const runs = new Map<ConnectionId, Set<RunId>>();

  const send = (run: RunId, event: RunEvent): void => {
    parts.tell(run, event).catch((error: unknown) => {
      parts.log.warn(
        { component: 'store', run, err: error },
        'another instance could not be told; tried again',
      );
      setTimeout(() => {
        send(run, event);
      }, again).unref();
    });
  };

  return {
    add(connection, run) {
      runs.set(connection, (runs.get(connection) ?? new Set()).add(run));
    },
    tell(connection, event) {
      const seen = parts.elsewhere.onConnection(connection).map(({ id }) => id);
      for (const run of new Set([...seen, ...(runs.get(connection) ?? [])])) send(run, event);
    },
    forget: (connection) => void runs.delete(connection),
  };
}
