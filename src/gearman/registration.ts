// Which functions one connection has at its server, and when each may go (GATEKEEPER.md 4.2): gearmand hands a running job
// on at the CANT_DO of its function, geard closes the connection at the CANT_DO of a name that it does not have.

import { request } from './frame.ts';
import { packetType } from './packet-type.ts';

export interface Registration {
  /** Takes a new full set. The bytes of all CAN_DO that are due, null when there is none. */
  serve(wanted: ReadonlySet<string>): Buffer | null;
  has(name: string): boolean;
  /** A job of that function is in work, or no longer. */
  began(name: string): void;
  ended(name: string): void;
  /** The bytes of all CANT_DO that may go now, null when there is none. Not to be asked while a GRAB is unanswered. */
  leaving(): Buffer | null;
}

export function createRegistration(): Registration {
  const registered = new Set<string>();
  const running = new Map<string, number>();
  let leavers = new Set<string>();

  return {
    serve(wanted) {
      leavers = new Set([...registered].filter((name) => !wanted.has(name)));
      const fresh = [...wanted].filter((name) => !registered.has(name));
      for (const name of fresh) registered.add(name);
      return frames(packetType.CAN_DO, fresh);
    },
    has: (name) => registered.has(name),
    began(name) {
      running.set(name, (running.get(name) ?? 0) + 1);
    },
    ended(name) {
      const left = (running.get(name) ?? 0) - 1;
      if (left > 0) running.set(name, left);
      else running.delete(name);
    },
    leaving() {
      const free = [...leavers].filter((name) => !running.has(name));
      for (const name of free) {
        leavers.delete(name);
        registered.delete(name);
      }
      return frames(packetType.CANT_DO, free);
    },
  };
}

function frames(type: typeof packetType.CAN_DO | typeof packetType.CANT_DO, names: string[]): Buffer | null {
  return names.length === 0 ? null : Buffer.concat(names.map((name) => request(type, name)));
}
