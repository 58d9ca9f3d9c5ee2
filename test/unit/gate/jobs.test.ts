// Jobs of a run: announced, found again, joined (RUNS.md 1, 2).

import { expect } from 'chai';
import { refusedRun } from '../../../src/gate/new-run.ts';
import { isOver } from '../../../src/gate/run.ts';
import { transition } from '../../../src/gate/transition.ts';
import {
  aBinding,
  aJob,
  aPlanned,
  aRun,
  aWorld,
  Course,
  drive,
  hour,
  ids,
  minute,
  second,
  started,
} from './a-run.ts';
import { one, c1, c2, states, bindingOf, announced, answered, job, stop } from './a-gatekeeper.ts';

describe('transition', () => {
  it('is pure: the same run, event and moment give the same run and effects, and the run given stays (rule 1.5)', () => {
    const run = aRun();
    const before = JSON.stringify(run);
    const planning = { kind: 'planned', plan: { builders: [aPlanned('linux')], coverage: {} } } as const;
    const step = () =>
      transition(run, { event: { kind: 'poke' }, world: aWorld({ planning }) }, { wall: 5, mono: 6 });
    expect(step()).to.deep.equal(step());
    expect(JSON.stringify(run)).to.equal(before);
  });

  it('says whether more than clocks has changed (rule 1.5)', () => {
    const { run } = announced(one());
    const poke = (elapsed: number) =>
      transition(run, { event: { kind: 'poke' }, world: aWorld({ elapsed }) }, { wall: 5, mono: 6 });
    expect(poke(second).changed).to.equal(false);
    expect(poke(5 * hour).changed).to.equal(true);
  });

  it('gives each effect an id of its own and a deadline (rule 1.5)', () => {
    const course = started().ends('linux').ends('windows');
    expect(new Set(course.effects.map((effect) => effect.id)).size).to.equal(course.effects.length);
    for (const { within } of course.effects) expect(within).to.be.within(second, minute);
  });
});

describe('a new job', () => {
  it('gets its first data before anything is asked of Buildbot (rule 2.3)', () => {
    const course = one();
    expect(course.effects.map((effect) => effect.kind)).to.deep.equal(['announce', 'adopt', 'force']);
    expect(course.effects[0]).to.include({
      number: 'u1',
      connection: 'c1',
      handle: bindingOf(course.run).handle,
    });
  });

  it('gets it again when it could not be carried out, and once when it was (rule 2.3)', () => {
    const course = new Course(aRun(), aWorld({ slotFree: false }));
    course.tell({ kind: 'poke' });
    course.tell({ kind: 'effect-ended', effect: course.awaited('announce')[0]!.id });
    expect(course.asked('announce')).to.have.length(2);
    announced(course).wait(hour, minute);
    expect(course.asked('announce')).to.have.length(2);
  });

  it('that is refused is answered CONFIG_ERROR at once, and nothing is forced (rule 2.6)', () => {
    const birth = {
      id: aRun().id,
      jobName: 'gate',
      resultText: 'plain' as const,
      job: aJob('u1'),
      at: 0,
      arrival: 1,
    };
    const run = refusedRun(birth, { word: 'CONFIG_ERROR', why: 'no commit' });
    const course = answered(drive(run, { kind: 'poke' }), 'confirmed');
    expect(course.run.jobs[0]?.answer).to.deep.include({ word: 'CONFIG_ERROR', summary: 'no commit' });
    expect(course.effects.map((effect) => effect.kind)).to.deep.equal(['announce', 'answer']);
    expect(isOver(course.run)).to.equal(true);
  });

  it('waits for its slot, announced and unforced (rule 2.5)', () => {
    const course = new Course(aRun(), aWorld({ slotFree: false }));
    course.start([aPlanned('linux')]).wait(hour);
    expect(course.run.phase).to.equal('waiting');
    expect(course.effects.map((effect) => effect.kind)).to.deep.equal(['announce']);
  });
});

describe('the same job again', () => {
  it('is one more binding with first data of its own, and each gets the answer (rule 2.4)', () => {
    const course = announced(one());
    course.tell({ kind: 'bound', number: ids.number('u1'), binding: aBinding({ connection: c2 }) });
    expect(course.asked('announce').map((each) => each.connection)).to.deep.equal(['c1', 'c2']);
    announced(course).ends('linux');
    expect(course.asked('answer').map((each) => each.connection)).to.deep.equal(['c1', 'c2']);
    expect(course.asked('force')).to.have.length(1);
  });

  it('gets the same answer at once when it is answered (rule 2.4)', () => {
    const course = announced(one()).ends('linux');
    course.tell({ kind: 'connection-lost', connection: c1 });
    course.tell({ kind: 'bound', number: ids.number('u1'), binding: aBinding({ connection: c2 }) });
    const [, again] = course.asked('answer');
    expect(again).to.deep.include({ connection: 'c2', answer: course.run.jobs[0]?.answer });
  });

  it('is answered although it was closed between its match and now (rule 2.4)', () => {
    const closed = answered(one().ends('linux'), 'confirmed');
    expect(states(closed)).to.deep.equal(['closed']);
    const more = closed.tell({
      kind: 'bound',
      number: ids.number('u1'),
      binding: aBinding({ connection: c2 }),
    });
    expect(more.map((effect) => effect.kind)).to.deep.equal(['answer']);
    const stopped = announced(one());
    stopped.tell({ kind: 'connection-lost', connection: c1 });
    stopped.wait(10 * minute);
    stopped.tell({ kind: 'bound', number: ids.number('u1'), binding: aBinding({ connection: c2 }) });
    expect(answered(stopped, 'confirmed').run.jobs[0]?.answer?.word).to.equal('ABORTED');
  });
});

describe('a job that joins a run', () => {
  it('gets first data and the verdict like the first (rule 2.4)', () => {
    const course = announced(one());
    course.tell({ kind: 'attached', job: job('u2'), replaces: null });
    announced(course).ends('linux');
    expect(course.run.jobs.map((each) => each.answer?.word)).to.deep.equal(['SUCCESS', 'SUCCESS']);
    expect(course.asked('answer').map((each) => each.number)).to.deep.equal(['u1', 'u2']);
  });

  it('closes the job whose place it takes (rule 2.4)', () => {
    const course = announced(one());
    course.tell({ kind: 'connection-lost', connection: c1 });
    course.tell({ kind: 'attached', job: job('u2'), replaces: ids.number('u1') });
    expect(states(course)).to.deep.equal(['closed', 'open']);
  });

  it('is answered at once by a decided run, after its first data (rule 2.4)', () => {
    const course = announced(one()).ends('linux');
    course.tell({ kind: 'attached', job: job('u2'), replaces: null });
    announced(course);
    expect(
      course.effects
        .filter((effect) => 'number' in effect && effect.number === 'u2')
        .map((effect) => effect.kind),
    ).to.deep.equal(['announce', 'answer']);
  });

  it('that was stopped meanwhile is answered ABORTED, and never left alone (rule 8.3)', () => {
    const course = stop(announced(one()));
    course.tell({ kind: 'attached', job: job('u2'), replaces: null });
    answered(course, 'confirmed');
    expect(course.run.phase).to.equal('stopped');
    expect(course.run.jobs.map((each) => each.answer?.word)).to.deep.equal(['ABORTED', 'ABORTED']);
    expect(course.asked('force')).to.have.length(1);
  });
});
