// Advisory builds never delay or change a verdict (RUNS.md 3.3).

import { expect } from 'chai';
import { aPlanned, aRun, Course, hour, ids, linux, minute, name, second, started } from './a-run.ts';

const nobody = new Set<never>();

describe('an advisory build', () => {
  const plan = [aPlanned('linux'), aPlanned('extra', 'advisory')];
  const extra = name('extra');

  it('is forced in a call of its own, only while a worker is there (rule 3.3)', () => {
    const course = new Course(aRun())
      .see({ present: new Set([linux]) })
      .start(plan)
      .adopt();
    expect(course.asked('force').map((call) => call.builders)).to.deep.equal([['linux']]);
    course.see({ present: new Set([linux, extra]) }).wait(second);
    expect(course.asked('force').map((call) => call.builders)).to.deep.equal([['linux'], ['extra']]);
    expect(course.asked('force').map((call) => call.role)).to.deep.equal(['vote', 'vote']);
  });

  it('never delays a verdict, wherever it stands (rule 3.3)', () => {
    const stands: readonly ((course: Course) => void)[] = [
      () => undefined,
      (course) => course.begins('extra'),
      (course) => course.ends('extra', { results: 2, tests: 2 }),
      (course) => course.ends('extra', { results: 4, tests: null }),
      (course) => course.ends('extra', { results: 6, tests: null, state: 'cancelled' }),
      (course) => course.seen('extra', { complete: true, results: 3 }),
      (course) => course.ends('extra', { revision: null }),
    ];
    for (const stand of stands) {
      const course = started(plan);
      stand(course);
      course.ends('linux');
      expect(course.word()).to.equal('SUCCESS');
    }
    for (const result of [
      { kind: 'refused', why: 'no' },
      { kind: 'unclear', why: 'cut' },
    ] as const) {
      const course = new Course(aRun()).start(plan).adopt();
      const [vote, advisory] = course.awaited('force');
      course.tell({ kind: 'force-result', effect: advisory!.id, result });
      course.tell({
        kind: 'force-result',
        effect: vote!.id,
        result: {
          kind: 'forced',
          buildset: ids.buildset(9),
          requests: [{ builder: 'linux', request: ids.request(5) }],
        },
      });
      course.ends('linux');
      expect(course.word(), result.kind).to.equal('SUCCESS');
    }
  });

  it('never changes a verdict for the better either (rule 3.3)', () => {
    const course = started([aPlanned('linux'), aPlanned('extra', 'advisory', 'linux')]);
    course.ends('extra').ends('linux', { results: 2, tests: 2 });
    expect(course.word()).to.equal('FAILURE');
  });

  it('is never retried (rule 3.3)', () => {
    const course = started(plan).ends('extra', { results: 4, tests: null });
    course.wait(hour, minute);
    expect(course.run.attempts.filter((attempt) => attempt.builder === 'extra')).to.have.length(1);
  });

  it('is left to finish after a verdict, and its end is recorded (rule 3.3)', () => {
    const course = started(plan);
    course.begins('extra');
    course.ends('linux').wait(minute);
    expect(course.asked('stop').length + course.asked('cancel').length).to.equal(0);
    course.ends('extra', { results: 2, tests: 2 });
    expect(course.attempt('extra').outcome?.kind).to.equal('failed');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('ends by its own clocks after a verdict as well (rule 3.3)', () => {
    const queued = started(plan).ends('linux').see({ present: nobody });
    queued.wait(30 * minute);
    expect(queued.asked('cancel')).to.have.length(1);
    queued.seen('extra', { complete: true, results: 6 });
    expect(queued.attempt('extra').state).to.equal('ended');
    const silent = started(plan);
    silent.begins('extra');
    silent.ends('linux').wait(45 * minute);
    expect(silent.asked('stop')).to.have.length(1);
    expect(silent.attempt('extra').outcome?.kind).to.equal('timed-out');
  });

  it('is stopped with a stopped run (rule 3.3)', () => {
    const course = started(plan);
    course.begins('extra');
    course.tell({ kind: 'detached', number: ids.number('u1'), why: 'dequeued' });
    expect(course.asked('stop')).to.have.length(1);
    expect(course.asked('cancel').map((each) => each.request)).to.deep.equal([course.request('linux')]);
  });

  it('that was not sent when the verdict fell is never sent (rule 3.3)', () => {
    const course = new Course(aRun())
      .see({ present: new Set([linux]) })
      .start(plan)
      .adopt()
      .forced();
    course
      .ends('linux')
      .see({ present: new Set([linux, extra]) })
      .wait(minute);
    expect(course.asked('force')).to.have.length(1);
    expect(course.attempt('extra').state).to.equal('ended');
  });
});
