// Tells a run its part of what is known, with each event (RUNS.md 1.5).

import { randomBytes } from 'node:crypto';
import { mayBeUnclaimed } from '../gate/attempt.ts';
import type { Planning, World } from '../gate/event.ts';
import type { RunId } from '../gate/ids.ts';
import { laneOf, stampsOf } from '../gate/lane.ts';
import { planRun } from '../gate/plan.ts';
import type { Platforms, StabilityLists } from '../gate/request.ts';
import type { Run } from '../gate/run.ts';
import { mayStart } from '../gate/slots.ts';
import type { Knowledge } from './knowledge.ts';
import type { Register } from './register.ts';

/** What of the configuration a world needs. */
export interface WorldTerms {
  readonly manager: string;
  readonly maxJobs: number;
  readonly stability: StabilityLists;
  readonly platforms: Platforms;
  /** Draining: no new run is started (RUNS.md 9.5). */
  readonly startsNew: boolean;
  /** What builds usually take (gate/plan.ts). */
  readonly usual: () => ReadonlyMap<string, number>;
}

/** Sendings in one step: a run rarely has more than two groups to send at once. */
const noncesEach = 4;

function nonces(): readonly string[] {
  const hex = randomBytes(4 * noncesEach).toString('hex');
  return Array.from({ length: noncesEach }, (_, at) => hex.slice(at * 8, at * 8 + 8));
}

/** Lanes in which another run may have an unclaimed request, of those in which this one may have something to send. */
function busyLanes(run: Run, registers: readonly Register[]): ReadonlySet<string> {
  const lanes = new Set<string>();
  for (const stamp of stampsOf(run)) {
    for (const register of registers) {
      for (const other of register.onStamp(stamp, run.id))
        for (const attempt of other.attempts) if (mayBeUnclaimed(attempt)) lanes.add(laneOf(other, attempt));
    }
  }
  return lanes;
}

function waitsAtServer(run: Run, waiting: ReadonlySet<string> | null): boolean | null {
  if (waiting === null) return null;
  return run.jobs.some((job) => job.state === 'open' && waiting.has(job.function));
}

function planOf(run: Run, terms: WorldTerms, knowledge: Knowledge): Planning | null {
  if (run.terms === null || knowledge.fleet === null) return null;
  return planRun(
    { ...run.terms, stability: terms.stability, platforms: terms.platforms, usual: terms.usual() },
    knowledge.fleet,
  );
}

/** The world of one run now; `elapsed` milliseconds after it was last looked at. */
export function worldOf(
  run: Run,
  elapsed: number,
  around: {
    readonly terms: WorldTerms;
    readonly knowledge: Knowledge;
    readonly register: Register;
    readonly elsewhere: Register;
    readonly mayStart: (id: RunId) => boolean;
    readonly past: Pick<World, 'spent' | 'medians'>;
  },
): World {
  const { terms, knowledge, register, elsewhere, past } = around;
  let drawn: readonly string[] | null = null;
  let lanes: ReadonlySet<string> | null = null;
  const inTurn =
    run.phase === 'waiting' &&
    mayStart([...register.all(), ...elsewhere.all()], terms.maxJobs).some((each) => each.id === run.id) &&
    around.mayStart(run.id);
  return {
    elapsed,
    buildbot: knowledge.buildbot,
    notReady: knowledge.notReady,
    slotFree: inTurn,
    planning: inTurn && terms.startsNew ? planOf(run, terms, knowledge) : null,
    present: knowledge.present,
    // Asked only while something is to be sent.
    get busy() {
      return (lanes ??= busyLanes(run, [register, elsewhere]));
    },
    get spent() {
      return past.spent;
    },
    get medians() {
      return past.medians;
    },
    newestBuildset: knowledge.newestBuildset,
    // Drawn once, and only where something is sent: of a hundred steps that is one.
    get nonces() {
      return (drawn ??= nonces());
    },
    manager: terms.manager,
    functionWaits: waitsAtServer(run, knowledge.waiting),
  };
}
