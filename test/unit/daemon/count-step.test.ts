import { expect } from 'chai';
import { countStep } from '../../../src/daemon/count-step.ts';
import type { Run } from '../../../src/gate/run.ts';
import type { Metrics } from '../../../src/observe/metrics.ts';
import { aPlanned, aRun, Course, ids, linux, second } from '../gate/a-run.ts';

/** Counts each step of a course as the daemon would; gives `name{labels}` to sum. */
function counting() {
  const sums: Record<string, number> = {};
  const metrics: Pick<Metrics, 'add'> = {
    add: (name, labels, by = 1) => {
      const key = `${name.replace(/^gearbridge_/, '')} ${Object.values(labels).join(' ')}`.trim();
      sums[key] = (sums[key] ?? 0) + by;
    },
  };
  let before: Run | null = null;
  return {
    sums,
    see: (run: Run): void => {
      countStep(metrics as Metrics, before, run);
      before = run;
    },
  };
}

describe('the counters of a run', () => {
  it('count what is sent, what it came to, and the verdict with its builders, each once', () => {
    const { sums, see } = counting();
    const course = new Course(aRun());
    const step = (next: (course: Course) => unknown): void => {
      next(course);
      see(course.run);
    };
    step((each) => each.start([aPlanned('linux'), aPlanned('windows')]));
    step((each) => each.adopt());
    step((each) => each.forced());
    step((each) => each.ends('linux', { results: 4, tests: null }));
    step((each) => each.wait(10 * second));
    step((each) => each.forced());
    step((each) => each.ends('linux'));
    step((each) => each.ends('windows'));
    expect(course.word()).to.equal('SUCCESS');
    expect(sums).to.deep.equal({
      'attempts_total vote': 3,
      retries_total: 1,
      'outcomes_total vote infrastructure': 1,
      'outcomes_total vote passed': 2,
      'verdicts_total SUCCESS': 1,
      'builder_verdicts_total voting passed none': 2,
    });
  });

  it('tell requests that a search found from those that a lost journal left', () => {
    const { sums, see } = counting();
    const course = new Course(aRun()).start([aPlanned('linux'), aPlanned('windows')]);
    see(course.run);
    const marker = 'm' as never;
    const left = { builder: linux, marker, buildset: ids.buildset(3), request: ids.request(4) };
    course.tell({ kind: 'adoption', effect: course.awaited('adopt')[0]!.id, found: [left] });
    see(course.run);
    course.forced({ kind: 'unclear', why: 'cut' });
    see(course.run);
    const [search] = course.awaited('search');
    const sent = course.attempt('windows');
    const found = {
      builder: sent.builder,
      marker: sent.marker!,
      buildset: ids.buildset(5),
      request: ids.request(6),
    };
    course.tell({ kind: 'search-result', effect: search!.id, found: [found] });
    see(course.run);
    expect(sums).to.include({ 'adoptions_total start': 1, 'adoptions_total search': 1 });
  });
});
