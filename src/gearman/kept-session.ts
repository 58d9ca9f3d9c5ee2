// Keeps one session to a server: dials, works, and dials again when it is lost. Each session is a new connection instance.

import type { Socket } from 'node:net';
import { startDialing } from './dial.ts';
import type { Session, Surroundings } from './session.ts';

export interface KeptSessionOptions {
  readonly around: Surroundings;
  /** Asked before each try to connect; after a no, `poke` asks again. */
  mayDial(): boolean;
  /** Starts work on a fresh connection; `lost` is to be called when it is over. */
  begin(socket: Socket, lost: () => void): Session;
  /** Cannot connect; printable. */
  failed(why: string): void;
}

export interface KeptSession {
  poke(): void;
  /** Ends it for good; resolves when no socket is left. */
  close(): Promise<void>;
}

/** Begins at once. */
export function keepSession(options: KeptSessionOptions): KeptSession {
  let session: Session | null = null;
  const dialer = startDialing({
    address: options.around.address,
    security: options.around.security,
    times: options.around.times,
    mayDial: () => options.mayDial(),
    connected(socket, next) {
      session = options.begin(socket, () => {
        session = null;
        next();
      });
    },
    failed: (why) => options.failed(why),
  });
  return {
    poke: () => dialer.poke(),
    async close() {
      await Promise.all([dialer.close(), session?.close()]);
    },
  };
}
