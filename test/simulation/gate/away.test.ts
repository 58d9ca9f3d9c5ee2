// Buildbot is away for half an hour, by the simulated clock.

import { expect } from 'chai';
import type { FaultKind } from './faults.ts';
import { playCourse } from './course.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('a master that is away for half an hour', function () {
  this.timeout(60_000);

  // Of those that are killed the simulation is without its master for a quarter of the time.
  const ways: readonly (readonly [FaultKind, number])[] = [
    ['master-cut', 30 * minute],
    ['master-killed', 120 * minute],
  ];
  for (const [kind, span] of ways)
    for (const seed of [2, 3, 4, 5, 6])
      it(`ends no job for that: what it was ends it, later (${kind}, seed ${seed}, rules 4.4, 5.1)`, async () => {
        const fault = { kind, at: 20_000, span, pick: 0.5 };
        const plan = { seed, jobs: 8, noise: 0, pace: 2, runDeadline: 8 * hour, faults: [fault] };
        const course = await playCourse(plan, { defect: null, traced: false });
        expect(course.broken).to.deep.equal([]);
        expect(course.took).to.be.greaterThan(30 * minute);
        // A FAILURE without a failed build of that commit would be a broken promise.
        expect(['SUCCESS', 'FAILURE']).to.include.members(Object.keys(course.results));
      });
});
