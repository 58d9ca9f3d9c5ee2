// A commit that ends each daemon that forces for it, among daemons that share a store.

import { expect } from 'chai';
import { playCourse } from './course.ts';

describe('a job that ends every daemon that works on it', function () {
  this.timeout(60_000);

  for (const seed of [3, 4, 8])
    it(`is put aside with a verdict after three of them, and no other with it (seed ${seed}, rule 9.9)`, async () => {
      const poison = { kind: 'poison', at: 100, span: 1_000, pick: 0.1 } as const;
      const plan = { seed, jobs: 5, noise: 0, pace: 2, instances: 2, faults: [poison] };
      const course = await playCourse(plan, { defect: null, traced: true });
      expect(course.broken).to.deep.equal([]);
      const ended = course.trace.filter((line) => line.includes('(of a poison job, at force)'));
      const aside = course.trace.filter((line) => line.includes('a run is put aside'));
      expect([ended.length, aside.length, course.results['INFRA_FAILURE']]).to.deep.equal([3, 1, 1]);
    });
});
