// The master's events as hints, kept up: reconnect with back-off, a new login after a refused upgrade, a `resync` after
// each gap. A missed event costs time only, for REST is the truth (DESIGN.md section 5).

import type { Hint } from './master.ts';
import { createPauses } from './backoff.ts';
import { oneLine, reasonOf } from './one-line.ts';
import type { Settings } from './options.ts';
import type { Session } from './session.ts';
import { connectSocket } from './socket.ts';
import type { EventsSocket, SocketEnd } from './socket.ts';

/** A connection that lived shorter than this has not proved that connecting works. */
const provenAfter = 10_000;

export interface Events {
  watch(listener: (hint: Hint) => void): void;
  /** Subscribes to one more path, over all reconnections; the function returned ends that. */
  hear(path: string): () => void;
  watching(): boolean;
  close(): void;
}

export interface EventsOptions {
  readonly settings: Settings;
  readonly session: Session;
  /** Called before each `resync`: what was remembered may be another master's. */
  readonly gap: () => void;
}

interface Listeners {
  add(listener: (hint: Hint) => void): void;
  tell(hint: Hint): void;
  clear(): void;
}

// A listener's mistake must not end the socket, nor keep the others from hearing.
function createListeners(log: Settings['log']): Listeners {
  const listeners = new Set<(hint: Hint) => void>();
  return {
    add(listener) {
      listeners.add(listener);
    },
    tell(hint) {
      for (const listener of listeners) {
        try {
          listener(hint);
        } catch (error) {
          const message = `a listener to Buildbot's events failed: ${oneLine(reasonOf(error), 200)}`;
          log({ level: 'warn', message });
        }
      }
    },
    clear() {
      listeners.clear();
    },
  };
}

// One line for each gap: a master that is down for a day is not worth a line every 30 s.
function createGapLog(log: Settings['log']): { down(why: string): void; up(): void } {
  let told = false;
  return {
    down(why) {
      if (told) return;
      told = true;
      const cure = 'polling goes on, and it is tried again until it is back';
      log({ level: 'warn', message: `Buildbot's WebSocket is down: ${oneLine(why, 200)}; ${cure}` });
    },
    up() {
      if (told) log({ level: 'info', message: "Buildbot's WebSocket is up again" });
      told = false;
    },
  };
}

interface Line {
  isUp(): boolean;
  consume(path: string, on: boolean): void;
  connect(): void;
  close(): void;
}

interface LineOptions {
  readonly settings: Settings;
  readonly session: Session;
  readonly more: () => Iterable<string>;
  readonly up: () => void;
  readonly hint: (hint: Hint) => void;
}

// 4.3 refuses a bad cookie at the upgrade, and would let us in without one where reads are open. Null: another try makes
// sense now; else why it does not.
async function renewal(session: Session, cookie: string | null, why: string): Promise<string | null> {
  try {
    return (await session.renew(cookie)) ? null : why;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Keeps one socket up until it is closed. */
function createLine({ settings, session, more, up, hint }: LineOptions): Line {
  const { clock } = settings;
  const gapLog = createGapLog(settings.log);
  const pauses = createPauses(() => clock.random());
  let stopCurrent = (): void => undefined;
  let socket: EventsSocket | null = null;
  let upSince: number | null = null;
  let closed = false;

  const retryLater = (why: string): void => {
    if (closed) return;
    gapLog.down(why);
    stopCurrent = clock.after(pauses.next(), connect);
  };
  const ended = async (cookie: string | null, end: SocketEnd): Promise<void> => {
    if (upSince !== null && clock.now() - upSince >= provenAfter) pauses.proved();
    upSince = null;
    // The session sees to it that a refusal that stays is no login each time.
    const why = end.status === 403 ? await renewal(session, cookie, end.why) : end.why;
    if (why === null) connect();
    else retryLater(why);
  };
  const raised = (): void => {
    upSince = clock.now();
    gapLog.up();
    up();
  };
  function connect(): void {
    if (closed) return;
    const cookie = session.cookie();
    const listener = { more, hint, up: raised, ended: (end: SocketEnd) => void ended(cookie, end) };
    socket = connectSocket(settings, cookie, listener);
    stopCurrent = socket.stop;
  }
  return {
    isUp: () => upSince !== null,
    consume(path, on) {
      socket?.consume(path, on);
    },
    connect,
    close() {
      closed = true;
      upSince = null;
      stopCurrent();
    },
  };
}

/** The events of one master. The socket is opened with the first listener. */
export function createEvents({ settings, session, gap }: EventsOptions): Events {
  const listeners = createListeners(settings.log);
  const wanted = new Set<string>();
  let begun = false;
  const up = (): void => {
    gap();
    listeners.tell({ kind: 'resync' });
  };
  const line = createLine({
    settings,
    session,
    more: () => wanted,
    up,
    hint: listeners.tell.bind(listeners),
  });
  return {
    watch(listener) {
      listeners.add(listener);
      if (begun) return;
      begun = true;
      line.connect();
    },
    hear(path) {
      wanted.add(path);
      line.consume(path, true);
      return () => {
        if (wanted.delete(path)) line.consume(path, false);
      };
    },
    watching: () => line.isUp(),
    close() {
      listeners.clear();
      line.close();
    },
  };
}
