// Random courses of events against a Buildbot in miniature: what must hold whatever happens, in whatever order, however often.

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import fc from 'fast-check';
import { drawnEdges, measured, play, troubled } from './a-play.ts';
import { hour, minute } from './a-run.ts';

const moves = fc.oneof(troubled, measured);

// Making a failing course shorter takes minutes; its seed and path are enough to play it again.
const quick = { endOnFailure: true };

describe('whatever happens', () => {
  it('courses come to every kind of end, so that what follows is said of something', () => {
    const quiet = fc.sample(measured, { numRuns: 150, seed: 7 });
    const sample = [...fc.sample(troubled, { numRuns: 200, seed: 7 }), ...quiet];
    const played = sample.map((list) => {
      const course = play(list);
      course.settle(5 * minute);
      return course.course;
    });
    const words = played.map((course) => course.word() ?? 'stopped');
    const roles = played.flatMap(({ run }) => run.attempts.map(({ role }) => role));
    const states = played.flatMap(({ run }) => run.verdict?.builders.map(({ state }) => state) ?? []);
    expect(roles).to.include('measure').and.include('control');
    expect(states).to.include('forgiven').and.include('withdrawn');
    const most = ['SUCCESS', 'FAILURE', 'TIMED_OUT', 'INFRA_FAILURE', 'ABORTED', 'CONFIG_ERROR', 'stopped'];
    expect(words).to.include.members(most);
    expect(words.filter((word) => word === 'SUCCESS')).to.have.length.above(10);
  });

  it('nothing is sent twice, no SUCCESS is false, no verdict or answer changes (rule 7.1)', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(moves, (list) => {
        const { course } = play(list);
        expect([...course.edges].filter((edge) => !drawnEdges.has(edge))).to.deep.equal([]);
        expect(isDeepStrictEqual(JSON.parse(JSON.stringify(course.run)), course.run)).to.equal(true);
      }),
      { numRuns: 400, ...quick },
    );
  });

  it('the run ends once all goes well again, each job with an answer or nobody there (rule 1.5)', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(moves, (list) => {
        const course = play(list);
        expect(course.settle(5 * minute)).to.be.at.most(9 * hour);
        for (const job of course.course.run.jobs)
          if (job.answer === null)
            expect(job.bindings.some((binding) => binding.state === 'live')).to.equal(false);
      }),
      { numRuns: 250, ...quick },
    );
  });

  it('the run ends by time alone when Buildbot never comes back: 8 h, then 24 h of clean-up (rule 8.2)', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(moves, (list) => {
        expect(play(list).abandon()).to.be.at.most(8 * hour + 24 * hour + hour);
      }),
      { numRuns: 150, ...quick },
    );
  });
});
