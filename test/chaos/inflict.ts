// Carries out the faults of a plan, each at its time, and keeps count of what came of them.

import type { FaultKind } from './fault-kinds.ts';
import type { Plan, PlannedFault } from './plan.ts';
import type { Stage } from './stage.ts';
import { linkFaults } from './strike-links.ts';
import { processFaults } from './strike-processes.ts';
import { waiter, type Do, type Strike } from './strike.ts';

/** One fault that was. */
export interface Inflicted {
  readonly kind: FaultKind;
  /** The daemon that it was about, where it was about one. */
  readonly seat: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Requests hit, or 1; null: there was nothing to hit. */
  readonly hits: number | null;
}

export interface Inflictor {
  /** Resolves when every fault is over and everything that it did is undone; rejects with what could not be undone. */
  run(): Promise<readonly Inflicted[]>;
}

const doings: Readonly<Record<FaultKind, Do>> = { ...processFaults, ...linkFaults };

/** What two faults must not do at once to the same thing: one would undo the other. */
const victims: Readonly<
  Partial<Record<FaultKind, 'daemon' | 'gearmand' | 'redis' | 'master' | 'ways' | 'clock'>>
> = {
  'daemon-killed': 'daemon',
  'daemon-ended': 'daemon',
  'daemon-frozen': 'daemon',
  'disk-full': 'daemon',
  'gearmand-killed': 'gearmand',
  'gearmand-frozen': 'gearmand',
  'redis-killed': 'redis',
  'redis-frozen': 'redis',
  'redis-refuses': 'redis',
  'master-killed': 'master',
  'master-restarted': 'master',
  'master-frozen': 'master',
  'no-way-to-buildbot': 'ways',
  'no-way-to-gearmand': 'ways',
  'no-way-to-redis': 'ways',
  'no-way-anywhere': 'ways',
  'buildbot-refuses': 'ways',
  'clock-jumps': 'clock',
};

function victimOf({ kind }: PlannedFault, seat: string): string | null {
  const victim = victims[kind] ?? null;
  return victim === 'daemon' || victim === 'ways' ? `${victim} ${seat}` : victim;
}

/** Faults that begin no more once `over` is aborted; those under way end early then. */
export function inflict(
  plan: Plan,
  { stage, over, note }: { stage: Stage; over: AbortSignal; note: (line: string) => void },
): Inflictor {
  const wait = waiter(over);
  const busy = new Set<string>();
  const done: Inflicted[] = [];

  const strike = async (fault: PlannedFault): Promise<void> => {
    const seat = stage.seats[fault.pick % stage.seats.length];
    if (seat === undefined) throw new Error('a stage without a daemon');
    const victim = victimOf(fault, seat.name);
    if (victim !== null && busy.has(victim)) return;
    if (victim !== null) busy.add(victim);
    const from = Date.now();
    note(`${fault.kind} ${seat.name} ${fault.span}`);
    try {
      const on: Strike = { stage, fault, seat, wait };
      const hits = await doings[fault.kind](on);
      done.push({ kind: fault.kind, seat: seat.name, from, to: Date.now(), hits });
      note(`${fault.kind} ${seat.name} is over: ${hits ?? 'nothing'} hit`);
    } finally {
      if (victim !== null) busy.delete(victim);
    }
  };

  return {
    async run() {
      const begun = performance.now();
      const under: Promise<void>[] = [];
      for (const fault of plan.faults) {
        await wait(begun + fault.at - performance.now());
        if (over.aborted) break;
        under.push(strike(fault));
      }
      const ended = await Promise.allSettled(under);
      const failed = ended.find((each) => each.status === 'rejected');
      if (failed !== undefined)
        throw new Error('a fault could not be done or undone; the act is worth nothing', {
          cause: failed.reason,
        });
      return done;
    },
  };
}
