// Makes TCP connections to one server again and again, one at a time, with pauses that grow (GEARMAN.md defects 8, 15-17).

import type { Socket } from 'node:net';
import type { Address } from './address.ts';
import { openSocket, type Security } from './open-socket.ts';
import type { GearmanTimes } from './options.ts';
import { reasonOf } from './printable.ts';

export interface DialOptions {
  readonly address: Address;
  readonly security: Security;
  readonly times: GearmanTimes;
  /** A connection stands. `next` must be called once when it is over. */
  connected(socket: Socket, next: () => void): void;
  failed(why: string): void;
  /** Asked before each try; after a no it waits for `poke`. */
  mayDial(): boolean;
}

export interface Dialer {
  /** `mayDial` may say something else now. */
  poke(): void;
  /** Makes no new connection from now on; resolves when one that was being made is closed. */
  close(): Promise<void>;
}

/** Begins at once. Sockets come with TCP_NODELAY and SO_KEEPALIVE, and after the handshake where TLS is spoken. */
export function startDialing(options: DialOptions): Dialer {
  const { address, times } = options;
  let failures = 0;
  let closed = false;
  let waits = false;
  let timer: NodeJS.Timeout | undefined;
  let pending: Socket | null = null;

  function dial(): void {
    waits = !options.mayDial();
    if (waits) return;
    const opening = open();
    if (opening === null) return;
    const { socket, ready } = opening;
    socket.setKeepAlive(true, times.idle);
    pending = socket;
    timer = setTimeout(
      () => socket.destroy(new Error(`no connection within ${times.connect} ms`)),
      times.connect,
    );
    socket.once('error', refused);
    socket.once(ready, () => {
      clearTimeout(timer);
      socket.off('error', refused);
      pending = null;
      const since = performance.now();
      options.connected(socket, () => over(performance.now() - since));
    });
  }

  function open(): ReturnType<typeof openSocket> | null {
    try {
      return openSocket(address, options.security);
    } catch (error) {
      // Certificate files that cannot be read: somebody may be replacing them just now.
      refused(error instanceof Error ? error : new Error(String(error)));
      return null;
    }
  }

  function refused(error: Error): void {
    clearTimeout(timer);
    pending = null;
    if (closed) return;
    options.failed(`cannot connect to Gearman server ${address.text}: ${reasonOf(error)}`);
    failures += 1;
    pause(times.longestPause);
  }

  function over(lived: number): void {
    failures = lived >= times.settled ? 0 : failures + 1;
    // The first try after a long life comes at once: each moment without functions can fail a change (GATEKEEPER.md 4.2).
    pause(times.longestPauseAfterShort);
  }

  function pause(longest: number): void {
    if (closed) return;
    const length = failures === 0 ? 0 : Math.min(longest, times.firstPause * 2 ** (failures - 1));
    timer = setTimeout(dial, length * (0.75 + Math.random() / 2));
  }

  dial();
  return {
    poke() {
      if (waits && !closed) dial();
    },
    close: () =>
      new Promise((resolve) => {
        closed = true;
        clearTimeout(timer);
        if (pending === null) {
          resolve();
          return;
        }
        pending.once('close', () => resolve());
        pending.destroy();
      }),
  };
}
