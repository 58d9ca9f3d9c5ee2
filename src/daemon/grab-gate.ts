// Whether another job may be taken from a server now: the facts for gate/slots.ts.

import type { BuildConnection } from '../gearman/gearman.ts';
import { isInLine, takesSlot, type GrabState } from '../gate/slots.ts';
import type { Knowledge } from './knowledge.ts';
import type { Register } from './register.ts';

export interface GrabGateParts {
  readonly register: Register;
  /** Runs of other instances: slots are counted over all. */
  readonly elsewhere: Register;
  readonly knowledge: () => Knowledge;
  readonly maxJobs: () => number;
  readonly draining: () => boolean;
  /** Why this machine takes no more, if so. */
  readonly pressure: () => string | null;
  /** The store keeps writes (RUNS.md 2.3). */
  readonly storeTakes: () => boolean;
  /** gearmands that still list a job of ours that has no live binding (RUNS.md 2.5). */
  readonly oursWaits: (server: string) => boolean;
}

export interface GrabGate {
  state(connection: BuildConnection): GrabState;
  /** A job is being taken in; the function returned says that it is done. */
  enter(): () => void;
  /** Whether the daemon takes new work at all, and why not. */
  closed(): { readonly closed: GrabState['closed']; readonly why: string };
}

export function createGrabGate(parts: GrabGateParts): GrabGate {
  let onTheWay = 0;
  const closed = (): { closed: GrabState['closed']; why: string } => {
    const known = parts.knowledge();
    if (!parts.storeTakes()) return { closed: 'everything', why: 'the store takes no writes' };
    const pressure = parts.pressure();
    if (pressure !== null) return { closed: 'new-work', why: pressure };
    if (parts.draining()) return { closed: 'new-work', why: 'draining' };
    if (known.buildbot === 'away') return { closed: 'new-work', why: `Buildbot is away: ${known.awayWhy}` };
    if (known.notReady !== null) return { closed: 'new-work', why: known.notReady };
    if (known.fleet === null) return { closed: 'new-work', why: 'the fleet is not known yet' };
    return { closed: 'no', why: '' };
  };
  return {
    closed,
    state(connection) {
      const own = parts.register.all();
      const runs = [...own, ...parts.elsewhere.all()];
      return {
        maxJobs: parts.maxJobs(),
        slotsTaken: runs.filter(takesSlot).length,
        inLine: runs.filter(isInLine).length,
        onTheWay,
        waiting: own.filter((run) => run.phase === 'waiting').length,
        closed: closed().closed,
        oursWaits: connection.serverKind === 'gearmand' && parts.oursWaits(connection.server),
      };
    },
    enter() {
      onTheWay += 1;
      return () => {
        onTheWay -= 1;
      };
    },
  };
}
