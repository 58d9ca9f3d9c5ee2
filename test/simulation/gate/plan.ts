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
}

/** Milliseconds of simulated time: jobs are wanted, and faults come, so long. */
export const wantedWithin = 150_000;
export const quietAfter = 200_000;

export function drawPlan(seed: number): Plan {
  const chance = seeded(seed);
  const jobs = 8 + below(chance, 14);
  const calm = chance() < 0.1;
  const count = calm ? 0 : 1 + below(chance, 14);
  return {
    seed,
    jobs,
    faults: drawFaults(chance, count, quietAfter),
    noise: calm ? 0 : chance() < 0.5 ? 0.02 : 0.1,
  };
}
