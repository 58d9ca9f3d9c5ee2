// The master's events as hints, kept up: reconnect with back-off, a new login after a refused upgrade, a `resync` after
// each gap. A missed event costs time only, for REST is the truth (DESIGN.md section 5).

import type { Hint } from './master.ts';
import { pauseAfter } from './backoff.ts';
import { oneLine, reasonOf } from './one-line.ts';
import type { Settings } from './options.ts';
import type { Session } from './session.ts';
import { connectSocket } from './socket.ts';
import type { SocketEnd } from './socket.ts';

/** A connection that lived shorter than this has not proved that connecting works. */
const provenAfter = 10_000;

export interface Events {
  watch(listener: (hint: Hint) => void): void;
  watching(): boolean;
  close(): void;
}

export interface EventsOptions {
  readonly settings: Settings;
  readonly session: Session;
  /** Called before each `resync`: what was remembered may be another master's. */
  readonly gap: () => void;
}

/** The events of one master. The socket is opened with the first listener. */
export function createEvents({ settings, session, gap }: EventsOptions): Events {
  const { clock, log } = settings;
  const listeners = new Set<(hint: Hint) => void>();
  let stopCurrent = (): void => undefined;
  let state: 'idle' | 'down' | 'up' | 'closed' = 'idle';
  let failures = 0;
  let upSince = 0;
  let told = false;

  // A listener's mistake must not end the socket, nor keep the others from hearing.
  const tell = (hint: Hint): void => {
    for (const listener of listeners) {
      try {
        listener(hint);
      } catch (error) {
        const message = `a listener to Buildbot's events failed: ${oneLine(reasonOf(error), 200)}`;
        log({ level: 'warn', message });
      }
    }
  };

  const isClosed = (): boolean => state === 'closed';

  const retryLater = (why: string): void => {
    if (isClosed()) return;
    state = 'down';
    const pause = pauseAfter(failures, clock.random());
    failures += 1;
    // Once for each gap: a master that is down for a day is not worth a line every 30 s.
    if (!told) {
      told = true;
      const message = `Buildbot's WebSocket is down: ${oneLine(why, 200)}; polling goes on, and it is tried again until it is back`;
      log({ level: 'warn', message });
    }
    stopCurrent = clock.after(pause, () => {
      connect(true);
    });
  };

  const ended = (end: SocketEnd, cookie: string | null, mayRenew: boolean): void => {
    if (state === 'up' && clock.now() - upSince >= provenAfter) failures = 0;
    if (!isClosed()) state = 'down';
    if (end.status !== 403 || !mayRenew) {
      retryLater(end.why);
      return;
    }
    // 4.3 refuses a bad cookie at the upgrade, and would let us in without one where reads are open.
    session.renew(cookie).then(
      (renewed) => {
        if (renewed && !isClosed()) connect(false);
        else retryLater(end.why);
      },
      (error: unknown) => {
        retryLater(reasonOf(error));
      },
    );
  };

  function connect(mayRenew: boolean): void {
    if (isClosed()) return;
    const cookie = session.cookie();
    stopCurrent = connectSocket(settings, cookie, {
      up: () => {
        state = 'up';
        upSince = clock.now();
        if (told) log({ level: 'info', message: "Buildbot's WebSocket is up again" });
        told = false;
        gap();
        tell({ kind: 'resync' });
      },
      hint: tell,
      ended: (end) => {
        ended(end, cookie, mayRenew);
      },
    });
  }

  return {
    watch(listener) {
      listeners.add(listener);
      if (state !== 'idle') return;
      state = 'down';
      connect(true);
    },
    watching: () => state === 'up',
    close() {
      state = 'closed';
      listeners.clear();
      stopCurrent();
    },
  };
}
