// When a vote is unheard of, and when it is not (RUNS.md 5.5).

import { expect } from 'chai';
import { aPlanned, aStep, Course, hour, linux, minute, second, started, windows } from './a-run.ts';

const one = () => started([aPlanned('linux')]);

const nobody = new Set<never>();

/** A lone builder whose worker was away for half an hour. */
function offline(): Course {
  const course = one().see({ present: nobody });
  course.wait(30 * minute);
  return course;
}

describe('a vote', () => {
  const withdrawn = () =>
    started([aPlanned('linux'), aPlanned('windows', 'voting', 'linux')], { coverage: { linux: 1 } });

  it('is looked at before it is called unheard, and again before the verdict (rule 5.5)', () => {
    const course = withdrawn().see({ present: nobody });
    course.wait(30 * minute);
    course.seen('windows', { complete: true, results: 6 });
    expect(course.attempt('windows').outcome).to.equal(null);
    expect(course.asked('audit')).to.have.length(1);
    course.audited();
    expect(course.attempt('windows').outcome?.kind).to.equal('unheard');
    course.ends('linux');
    expect(course.word(), 'not before the last look').to.equal(null);
    expect(course.asked('audit')).to.have.length(2);
    course.audited();
    expect(course.word()).to.equal('SUCCESS');
  });

  it('is infrastructure, and no pass, when the last look finds a build that began (rule 5.5)', () => {
    const course = withdrawn().see({ present: nobody });
    course.wait(30 * minute);
    course.seen('windows', { complete: true, results: 6 });
    course.audited().ends('linux').audited(true);
    expect(course.attempt('windows', 1).outcome?.kind).to.equal('infrastructure');
    expect(course.word()).to.equal(null);
  });

  it('is infrastructure when a build of an earlier attempt began (rule 5.5)', () => {
    const course = one().ends('linux', { results: 4, tests: null });
    course.wait(10 * second);
    course.wait(10 * second);
    course.forced().see({ present: nobody });
    course.wait(30 * minute);
    course.seen('linux', { complete: true, results: 6 });
    expect(course.attempt('linux', 2).outcome?.kind).to.equal('infrastructure');
  });

  it('has failed when a build that showed a 2 ended in RETRY and nobody took it again (rule 5.5)', () => {
    for (const refused of [false, true]) {
      const course = one().ends('linux', { results: 5, tests: 2 }).see({ present: nobody });
      course.wait(30 * minute);
      if (refused) {
        for (const { id } of course.awaited('cancel'))
          course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
        course.seen('linux');
        course.wait(second);
      } else course.seen('linux', { complete: true, results: 6 });
      expect(course.word(), `cancel refused: ${refused}`).to.equal('FAILURE');
    }
  });

  it('is not unheard by an event alone: the builds come by REST (rule 5.5)', () => {
    const course = offline();
    course.tell({ kind: 'request-completed', request: course.request('linux') });
    course.audited().wait(second);
    expect(course.attempt('linux').outcome).to.equal(null);
  });

  it('is unheard when cancel was refused and a later look still finds it unclaimed (rule 5.5)', () => {
    const course = offline();
    const facts = course.facts('linux');
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    expect(course.asked('audit'), 'not before a later look').to.be.empty;
    course.tell({ kind: 'seen', requests: [facts] });
    course.wait(second);
    course.audited();
    expect(course.attempt('linux').outcome?.kind).to.equal('unheard');
  });

  it('that is unheard is void again when a build begins before the verdict, and that build counts (rule 5.5)', () => {
    const course = started().see({ present: nobody });
    course.wait(30 * minute);
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    course.seen('linux');
    course.wait(second);
    course.audited();
    expect(course.attempt('linux').outcome?.kind).to.equal('unheard');
    course.begins('linux');
    expect(course.attempt('linux')).to.include({ state: 'running', outcome: null });
    expect(course.asked('stop')).to.be.empty;
    course.ends('linux');
    course.see({ present: new Set([linux, windows]) }).begins('windows');
    course.ends('windows');
    expect(course.run.attempts.map((attempt) => attempt.outcome?.kind)).to.deep.equal(['passed', 'passed']);
  });

  it('whose build begins before the cancel reaches it goes on and counts (rule 5.5)', () => {
    const course = offline();
    course.begins('linux');
    course.wait(hour / 2, minute);
    expect(course.asked('stop')).to.be.empty;
    course.ends('linux');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('that our late cancel stopped has the outcome for which we asked, and is not ABORTED (rule 6)', () => {
    const course = offline();
    course.begins('linux');
    course.ends('linux', { results: 6, tests: null, state: 'cancelled' });
    expect(course.attempt('linux').outcome?.kind).to.equal('infrastructure');
  });

  it('that a person stopped after our cancel was refused is ABORTED (rule 6)', () => {
    const course = offline();
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    course.begins('linux');
    course.ends('linux', { results: 6, tests: null, state: 'cancelled' });
    expect(course.word()).to.equal('ABORTED');
  });
});

describe('an attempt whose cancel is refused', () => {
  it('has its build stopped as it starts, where that can count no more (rule 8.2)', () => {
    const course = one().ends('linux', { results: 4, tests: null });
    course.wait(10 * second);
    course.wait(10 * second);
    course
      .forced()
      .see({ present: nobody })
      .wait(30 * minute);
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    course.seen('linux');
    expect(course.attempt('linux', 2).outcome?.kind).to.equal('infrastructure');
    const build = course.begins('linux', { steps: [aStep({ complete: false, results: null })] });
    course.wait(10 * second);
    expect(course.asked('stop').map((each) => each.build)).to.deep.equal([build.id]);
  });
});
