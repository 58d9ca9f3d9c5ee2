// Runs that other instances hold, as they were last written: what a job may be matched with, who has slots, whose builder is busy. A
// register of their own, empty where nobody shares the store.

import type { RunId } from '../gate/ids.ts';
import type { Journal } from '../store/journal.ts';
import type { Lease, Sharing } from '../store/sharing.ts';
import type { Register } from './register.ts';

export interface Elsewhere {
  /** Reads what has changed since the last look; gives the leases of all open runs. Rejects with a `StoreError`. */
  look(): Promise<readonly Lease[]>;
}

export function createElsewhere(parts: {
  readonly sharing: Sharing;
  readonly journal: Pick<Journal, 'run'>;
  readonly register: Pick<Register, 'get'>;
  readonly elsewhere: Register;
}): Elsewhere {
  const { sharing, journal, register, elsewhere } = parts;
  const versions = new Map<RunId, string>();
  let turn = 0;

  const isOurs = (run: RunId): boolean => register.get(run) !== undefined;

  const read = async ({ run: id, token, version }: Lease): Promise<void> => {
    const stamp = `${token}/${version}`;
    if (versions.get(id) === stamp) return;
    const run = await journal.run(id);
    if (run === null || isOurs(id)) return;
    versions.set(id, stamp);
    elsewhere.put(run);
  };

  return {
    async look() {
      const mine = ++turn;
      const leases = await sharing.leases();
      const others = leases.filter(({ holder, run }) => holder !== sharing.self && !isOurs(run));
      await Promise.all(others.map(read));
      const there = new Set(others.map(({ run }) => run));
      // A later look knows better who has gone.
      if (mine === turn) {
        for (const { id } of elsewhere.all()) {
          if (there.has(id) && !isOurs(id)) continue;
          elsewhere.remove(id);
          versions.delete(id);
        }
      }
      return leases;
    },
  };
}
