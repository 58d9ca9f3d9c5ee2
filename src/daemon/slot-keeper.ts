// Slots where instances share the work: the store gives out no more than `max_jobs` to all of them together (RUNS.md 2.5). A run that is
// next in line asks for one; what it holds is given back when it needs it no more.

import type { RunId } from '../gate/ids.ts';
import { isInLine, mayStart, takesSlot } from '../gate/slots.ts';
import type { Run } from '../gate/run.ts';
import type { Sharing } from '../store/sharing.ts';
import type { Register } from './register.ts';

export interface SlotKeeper {
  has(run: RunId): boolean;
  /** Of a run that was taken over: its slot is ours to give back. */
  inherit(run: Run): void;
  /** Asks for slots and gives them back; the runs that got one. Rejects with a `StoreError`. */
  round(): Promise<readonly RunId[]>;
}

export function createSlotKeeper(parts: {
  readonly sharing: Sharing;
  readonly register: Register;
  readonly elsewhere: Register;
  readonly maxJobs: () => number;
  /** A daemon that is drained starts nothing, and leaves its slots to others. */
  readonly startsNew: () => boolean;
}): SlotKeeper {
  const { sharing, register, elsewhere, maxJobs } = parts;
  const held = new Set<RunId>();
  const needs = (id: RunId): boolean => {
    const run = register.get(id);
    return run !== undefined && ((isInLine(run) && parts.startsNew()) || takesSlot(run));
  };
  return {
    has: (run) => held.has(run),
    inherit: ({ id }) => void held.add(id),
    async round() {
      for (const id of [...held]) {
        if (needs(id)) continue;
        await sharing.release(id);
        held.delete(id);
      }
      const next = mayStart([...register.all(), ...elsewhere.all()], maxJobs());
      const asking = !parts.startsNew()
        ? []
        : next.filter(({ id }) => register.get(id) !== undefined && !held.has(id));
      const got: RunId[] = [];
      for (const { id } of asking) {
        if (!(await sharing.reserve(id, maxJobs()))) continue;
        held.add(id);
        got.push(id);
      }
      return got;
    },
  };
}
