// Answers, and what a restart leaves of a run (RUNS.md 1.5, 9.3).

import { expect } from 'chai';
import { isOver } from '../../../src/gate/run.ts';
import {
  aBinding,
  aBuild,
  aJob,
  aPlanned,
  aRun,
  Course,
  hour,
  ids,
  minute,
  second,
  started,
} from './a-run.ts';
import { one, c2, states, bindingOf, announced, answered } from './a-gatekeeper.ts';

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
    const doubted = attempts.map((attempt) => ({ ...attempt, listed: false }));
    expect([course.run.attempts, course.run.plan, course.run.age]).to.deep.equal([doubted, plan, age]);
    expect(course.asked('force')).to.have.length(1);
  });

  for (const gap of ['restarted', 'events-missed'] as const) {
    it(`judges no build after ${gap} until REST has listed all of its request (rule 6)`, () => {
      const course = one();
      course.tell({ kind: gap });
      const request = course.request('linux');
      course.tell({ kind: 'build-seen', request, build: aBuild({ id: ids.build(9) }), effect: null });
      expect(course.word()).to.equal(null);
      const retried = aBuild({ id: ids.build(8), results: 5, tests: 2 });
      course.seen('linux', { complete: true, results: 0, builds: [retried, aBuild({ id: ids.build(9) })] });
      expect(course.word()).to.equal('FAILURE');
    });
  }

  it('asks REST again for a request that is complete by an event alone (rule 1.5)', () => {
    const course = one();
    course.tell({ kind: 'request-completed', request: course.request('linux') });
    expect(course.attempt('linux').complete).to.equal(true);
    course.tell({ kind: 'restarted' });
    expect(course.attempt('linux').complete).to.equal(false);
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
