// What a course will be: drawn from its seed, and written down whole, so that a shorter one can be tried and a failing one kept.

import { below, seeded } from '../flakes/chance.ts';
import { drawFaults, type Fault } from './faults.ts';

export interface Plan {
  readonly seed: number;
  /** Changes that are wanted. */
  readonly jobs: number;
  readonly faults: readonly Fault[];
  /** Share of builds that end by trouble of their own. */
  readonly noise: number;
  /** How many times as fast jobs are wanted, faults come and builds go as in the first courses, which do not say: those are 1. */
  readonly pace?: number;
  /** Milliseconds that a run may take; left out: 25 minutes, so that courses come to that end as well. */
  readonly runDeadline?: number;
  /** Daemons that share the store; left out: one that has a store of its own. */
  readonly instances?: number;
}

const second = 1_000;
const pace = 2;
/** Share of courses with several daemons. */
const shared = 0.25;

/** Milliseconds of simulated time in which the jobs of a plan are wanted, and in which its faults come. */
export function spansOf(plan: Pick<Plan, 'pace'>): { readonly wanted: number; readonly faults: number } {
  const divisor = plan.pace ?? 1;
  return { wanted: (150 * second) / divisor, faults: (200 * second) / divisor };
}

export function drawPlan(seed: number): Plan {
  const chance = seeded(seed);
  const jobs = 8 + below(chance, 14);
  const calm = chance() < 0.1;
  const count = calm ? 0 : 1 + below(chance, 14);
  const faults = drawFaults(chance, count, spansOf({ pace }).faults);
  const noise = calm ? 0 : chance() < 0.5 ? 0.02 : 0.1;
  const isShared = chance() < shared;
  return { seed, jobs, faults, noise, pace, ...(isShared ? { instances: 2 + below(chance, 2) } : {}) };
}
