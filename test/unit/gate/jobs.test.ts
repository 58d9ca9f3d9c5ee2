// Jobs of a run: announced, stopped, lost, found again, answered (RUNS.md 1, 2, 8, 9).

import { expect } from 'chai';
import type { GearmanBinding, Job } from '../../../src/gate/job.ts';
import { refusedRun } from '../../../src/gate/new-run.ts';
import { isOver, type Run } from '../../../src/gate/run.ts';
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

const one = () => started([aPlanned('linux')]);
const c1 = ids.connection('c1');
const c2 = ids.connection('c2');

function bindingOf(run: Run, at = 0): GearmanBinding {
  const binding = run.jobs[0]?.bindings[at];
  if (binding?.kind !== 'gearman') throw new Error('no such binding');
  return binding;
}

function announced(course: Course): Course {
  for (const { id } of course.awaited('announce')) course.tell({ kind: 'announced', effect: id });
  return course;
}

function answered(course: Course, delivery: 'confirmed' | 'unconfirmed' | 'lost'): Course {
  for (const { id } of announced(course).awaited('answer'))
    course.tell({ kind: 'answered', effect: id, delivery });
  return course;
}

function job(number: string, wish: Partial<Job> = {}): Job {
  return aJob(number, { bindings: [aBinding({ connection: c2 })], ...wish });
}

function stop(course: Course, number = 'u1'): Course {
  course.tell({ kind: 'detached', number: ids.number(number), why: 'dequeued' });
  return course;
}

const states = (course: Course) => course.run.jobs.map((each) => each.state);

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
    const birth = { id: aRun().id, jobName: 'gate', job: aJob('u1'), at: 0, arrival: 1 };
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

describe('a restart', () => {
  it('voids every handle, makes what was being sent unclear, and does what is due (rule 1.5)', () => {
    const course = new Course(aRun()).start([aPlanned('linux')]).adopt();
    course.tell({ kind: 'restarted' });
    expect(bindingOf(course.run).state).to.equal('void');
    expect(course.attempt('linux')).to.include({ state: 'unclear', sending: null });
    expect(course.run.effects.map((effect) => effect.kind)).to.deep.equal(['search']);
  });

  it('leaves what is known alone: queued and running attempts, plan and clocks (rule 1.5)', () => {
    const course = announced(started());
    course.begins('linux');
    course.wait(minute);
    const { attempts, plan, age } = course.run;
    course.tell({ kind: 'restarted' });
    expect([course.run.attempts, course.run.plan, course.run.age]).to.deep.equal([attempts, plan, age]);
    expect(course.asked('force')).to.have.length(1);
  });

  it('sends nothing twice: an answer goes out again only on a new handle (rule 9.3)', () => {
    const course = announced(one()).ends('linux');
    course.tell({ kind: 'restarted' });
    course.wait(minute, second);
    expect(course.asked('answer')).to.have.length(1);
  });

  it('keeps the binding of a job that was submitted by hand (rule 9.1)', () => {
    const course = new Course(aRun({ job: aJob('u1', { bindings: [{ kind: 'own', state: 'live' }] }) }));
    course.tell({ kind: 'restarted' });
    course.start([aPlanned('linux')]).wait(hour, minute);
    course.adopt().forced().ends('linux');
    expect([course.word(), ...states(course)]).to.deep.equal(['SUCCESS', 'closed']);
    expect(isOver(course.run)).to.equal(true);
  });
});

describe('an answer', () => {
  it('closes its job when it is confirmed (rule 9.3)', () => {
    expect(states(answered(one().ends('linux'), 'confirmed'))).to.deep.equal(['closed']);
  });

  for (const delivery of ['unconfirmed', 'lost'] as const) {
    it(`that is ${delivery} leaves its job answered for 15 min, then it is closed (rule 9.3)`, () => {
      const course = answered(one().ends('linux'), delivery);
      course.wait(15 * minute - 1);
      expect(states(course)).to.deep.equal(['answered']);
      course.wait(1);
      expect(states(course)).to.deep.equal(['closed']);
      expect(course.run.jobs[0]?.confirmed).to.equal(false);
    });
  }

  it('is written once on a handle, and again when it could not be carried out (rule 9.3)', () => {
    const course = announced(one()).ends('linux');
    course.wait(minute, second);
    expect(course.asked('answer')).to.have.length(1);
    course.tell({ kind: 'effect-ended', effect: course.awaited('answer')[0]!.id });
    expect(course.asked('answer')).to.have.length(2);
  });

  it('is the same for every handle and every time (rule 9.3)', () => {
    const course = answered(one().ends('linux', { results: 2, tests: 2 }), 'unconfirmed');
    course.tell({ kind: 'bound', number: ids.number('u1'), binding: aBinding({ connection: c2 }) });
    expect(new Set(course.asked('answer').map((each) => JSON.stringify(each.answer))).size).to.equal(1);
  });
});

describe('a description', () => {
  it('is kept with its job, and for an unknown one nowhere', () => {
    const course = one();
    course.tell({ kind: 'described', number: ids.number('u1'), text: 'seen' });
    course.tell({ kind: 'described', number: ids.number('nobody'), text: 'x' });
    expect(course.run.jobs.map((each) => each.description)).to.deep.equal(['seen']);
  });
});
