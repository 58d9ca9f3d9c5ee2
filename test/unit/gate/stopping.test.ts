// Runs that nobody asks for any more: stopped, or lost (RUNS.md 8, 9.1).

import { expect } from 'chai';
import { isOver } from '../../../src/gate/run.ts';
import { aBinding, aPlanned, aRun, aWorld, Course, hour, ids, minute, second, started } from './a-run.ts';
import { one, c1, c2, states, bindingOf, announced, answered, job, stop } from './a-gatekeeper.ts';

describe('stop', () => {
  it('answers the named job ABORTED and stops the run with its last job (rule 8.1)', () => {
    const course = stop(announced(one()));
    expect(course.run.phase).to.equal('stopped');
    expect(course.asked('answer').map((each) => each.answer.word)).to.deep.equal(['ABORTED']);
    expect(course.run.verdict).to.equal(null);
  });

  it('leaves the run to its other jobs (rule 8.1)', () => {
    const course = announced(one());
    course.tell({ kind: 'attached', job: job('u2'), replaces: null });
    stop(course).ends('linux');
    expect(course.run.jobs.map((each) => each.answer?.word)).to.deep.equal(['ABORTED', 'SUCCESS']);
  });

  it('of an answered, closed or unknown job changes nothing (rule 8.1)', () => {
    const course = announced(one()).ends('linux');
    const before = course.effects.length;
    stop(course);
    stop(course, 'nobody');
    expect(course.effects).to.have.length(before);
    expect(course.run.jobs[0]?.answer?.word).to.equal('SUCCESS');
  });

  for (const [serverKind, phase] of [
    ['geard', 'stopped'],
    ['gearmand', 'started'],
  ] as const) {
    it(`with another job lost on ${serverKind} leaves the run ${phase} (rule 8.1)`, () => {
      const course = announced(one());
      const other = job('u2', { bindings: [aBinding({ connection: c2, serverKind })] });
      course.tell({ kind: 'attached', job: other, replaces: null });
      course.tell({ kind: 'connection-lost', connection: c2 });
      stop(course);
      expect(course.run.phase).to.equal(phase);
      expect(states(course)[1]).to.equal(phase === 'stopped' ? 'closed' : 'open');
    });
  }

  it('cancels what is unclaimed, stops what runs, and looks again until all is complete (rule 8.2)', () => {
    const course = started();
    course.begins('linux');
    stop(announced(course));
    expect(course.asked('stop').map((each) => each.request)).to.deep.equal([course.request('linux')]);
    expect(course.asked('cancel').map((each) => each.request)).to.deep.equal([course.request('windows')]);
    expect(isOver(answered(course, 'confirmed').run)).to.equal(false);
    course.seen('linux', { complete: true, results: 6 });
    course.seen('windows', { complete: true, results: 6 });
    expect(isOver(course.run)).to.equal(true);
  });

  it('asks again every ten seconds, and with stop once a build has begun (rule 8.2)', () => {
    const course = stop(announced(one()));
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'asked' });
    course.wait(10 * second);
    expect(course.asked('cancel')).to.have.length(2);
    for (const { id } of course.awaited('cancel')) course.tell({ kind: 'effect-ended', effect: id });
    course.begins('linux');
    course.wait(10 * second);
    expect(course.asked('stop')).to.have.length(1);
  });

  it('counts the ten seconds from the answer, which takes its time in a burst (rule 8.2)', () => {
    const course = stop(announced(one()));
    course.wait(15 * second);
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'asked' });
    course.wait(5 * second);
    expect(course.asked('cancel')).to.have.length(1);
  });

  it('stops a build at once that began after its request was to be cancelled (rule 8.2)', () => {
    const course = stop(announced(one()));
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'asked' });
    course.begins('linux');
    expect(course.asked('stop')).to.have.length(1);
  });

  it('stops builds as they start where cancel is refused (rule 8.2)', () => {
    const course = stop(announced(one()));
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    course.wait(hour, minute);
    expect(course.asked('cancel'), 'not again').to.have.length(1);
    course.begins('linux');
    course.wait(10 * second);
    expect(course.asked('stop')).to.have.length(1);
  });

  it('is done again after a restart at once (rule 8.2)', () => {
    const course = stop(announced(one()));
    course.tell({ kind: 'restarted' });
    expect(course.asked('cancel')).to.have.length(2);
  });

  it('is given up after 24 h, and the record says what was left (rule 8.2)', () => {
    const course = stop(announced(one()));
    answered(course, 'confirmed').wait(24 * hour - 1, hour);
    expect(isOver(course.run)).to.equal(false);
    course.wait(1);
    expect(isOver(course.run)).to.equal(true);
    expect(course.run.leftBehind).to.deep.equal([`linux: request ${course.request('linux')}`]);
  });

  it('of a waiting run leaves nothing to clean (rule 8.2)', () => {
    const course = new Course(aRun(), aWorld({ slotFree: false }));
    course.tell({ kind: 'poke' });
    expect(isOver(answered(stop(announced(course)), 'confirmed').run)).to.equal(true);
  });

  it('cleans a decided run without holding its verdict back (rule 8.2)', () => {
    const course = started([aPlanned('linux')], { policy: { retries: 0 } });
    course.begins('linux');
    course.wait(45 * minute);
    expect(course.word()).to.equal('TIMED_OUT');
    expect(isOver(answered(course, 'confirmed').run)).to.equal(false);
    course.seen('linux', { complete: true, results: 6 });
    expect(isOver(course.run)).to.equal(true);
  });
});

describe('a run whose every connection is lost', () => {
  function lost(kind: 'connection' | 'client' = 'connection'): Course {
    const course = announced(one());
    const { handle } = bindingOf(course.run);
    course.tell(
      kind === 'client'
        ? { kind: 'client-left', connection: c1, handle }
        : { kind: 'connection-lost', connection: c1 },
    );
    return course;
  }

  it('goes on for 10 min, then its jobs are closed and it is stopped (rule 9.1)', () => {
    const course = lost();
    course.wait(10 * minute - 1);
    expect(course.run.phase).to.equal('started');
    course.wait(1);
    expect([course.run.phase, ...states(course)]).to.deep.equal(['stopped', 'closed']);
    expect(course.asked('cancel')).to.have.length(1);
  });

  it('has a grace that stands still while its function waits, or the server cannot be asked (rule 9.1)', () => {
    const course = lost();
    course.wait(9 * minute);
    for (const functionWaits of [true, null]) course.see({ functionWaits }).wait(hour);
    expect([course.run.phase, course.run.grace]).to.deep.equal(['started', 9 * minute]);
    course.see({ functionWaits: false }).wait(minute);
    expect(course.run.phase).to.equal('stopped');
  });

  it('has a grace at most until its own deadline (rule 9.1)', () => {
    const course = lost().see({ functionWaits: true, present: new Set() });
    course.see({ buildbot: 'away' }).wait(8 * hour);
    expect(course.run.phase).to.equal('decided');
  });

  it('is found again in its grace, which begins anew (rule 9.1)', () => {
    const course = lost();
    course.wait(9 * minute);
    course.tell({ kind: 'bound', number: ids.number('u1'), binding: aBinding({ connection: c2 }) });
    expect(course.run.grace).to.equal(0);
    course.tell({ kind: 'connection-lost', connection: c2 });
    course.wait(9 * minute);
    expect(course.run.phase).to.equal('started');
  });

  it('counts its 10 min at once where the client left while the connection stood (rule 9.1)', () => {
    const course = lost('client').see({ functionWaits: true });
    course.wait(10 * minute);
    expect(course.run.phase).to.equal('stopped');
  });

  it('counts them also when the connection is lost after that (rule 9.1)', () => {
    const course = lost('client').see({ functionWaits: true });
    course.tell({ kind: 'connection-lost', connection: c1 });
    course.wait(10 * minute);
    expect(course.run.phase).to.equal('stopped');
  });

  it('keeps its verdict for who comes with its key (rule 9.1)', () => {
    const course = lost().ends('linux');
    course.wait(23 * hour, hour);
    course.tell({ kind: 'attached', job: job('u2'), replaces: null });
    expect(answered(course, 'confirmed').run.jobs.at(-1)).to.deep.include({
      number: 'u2',
      state: 'closed',
      confirmed: true,
    });
    expect(course.run.jobs.at(-1)?.answer?.word).to.equal('SUCCESS');
  });

  it('loses the handles of that connection only (rule 9.1)', () => {
    const course = announced(one());
    course.tell({ kind: 'bound', number: ids.number('u1'), binding: aBinding({ connection: c2 }) });
    course.tell({ kind: 'connection-lost', connection: c1 });
    expect(course.run.jobs[0]?.bindings.map((binding) => binding.state)).to.deep.equal(['void', 'live']);
    course.wait(hour, minute);
    expect(course.run.phase).to.equal('started');
  });

  it('drops what was to be written on them (rule 9.1)', () => {
    const course = one();
    course.tell({ kind: 'connection-lost', connection: c1 });
    expect(course.awaited('announce')).to.be.empty;
    course.ends('linux');
    expect(course.asked('answer')).to.be.empty;
  });
});
