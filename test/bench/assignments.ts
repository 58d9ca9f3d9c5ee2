// When each job was assigned and first answered, as it passed the relay.

import { splitArguments } from '../../src/gearman/frame.ts';
import { packetType } from '../../src/gearman/packet-type.ts';
import type { GearmanRelay } from './gearman-relay.ts';

export interface Assignments {
  /** Milliseconds from JOB_ASSIGN to the first packet back, of each job that has both; of one kind of first packet alone, or of both. */
  answers(first?: 'WORK_DATA' | 'WORK_COMPLETE'): readonly number[];
  /** When the job with that handle was assigned. */
  assignedAt(handle: string): number | undefined;
  /** What passed before is forgotten. */
  end(): void;
}

const assigns: ReadonlySet<number> = new Set([packetType.JOB_ASSIGN, packetType.JOB_ASSIGN_UNIQ]);
/** `gearman -w` has its result in WORK_COMPLETE alone. */
const firsts: ReadonlySet<number> = new Set([packetType.WORK_DATA, packetType.WORK_COMPLETE]);

/** Watches the relay from now on. */
export function watchAssignments(relay: GearmanRelay): Assignments {
  const jobs = new Map<string, { readonly assigned: number; answered: number | null; first: number }>();
  const end = relay.watch(({ from, frame, at }) => {
    if (!assigns.has(frame.type) && !firsts.has(frame.type)) return;
    const handle = splitArguments(frame.body, 2)?.[0]?.toString('latin1') ?? '';
    if (from === 'server' && assigns.has(frame.type))
      jobs.set(handle, { assigned: at, answered: null, first: 0 });
    const job = jobs.get(handle);
    if (from !== 'worker' || job === undefined || job.answered !== null) return;
    job.answered = at;
    job.first = frame.type;
  });
  return {
    answers: (first) =>
      [...jobs.values()].flatMap((job) =>
        job.answered === null || (first !== undefined && job.first !== packetType[first])
          ? []
          : [job.answered - job.assigned],
      ),
    assignedAt: (handle) => jobs.get(handle)?.assigned,
    end,
  };
}
