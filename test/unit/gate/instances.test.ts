// What a run sees of several instances that share the store (RUNS.md 9.9).

import { expect } from 'chai';
import { instanceOf } from '../../../src/gate/ids.ts';
import { bindingOf, one, states } from './a-gatekeeper.ts';
import { aBinding, aJob, aPlanned, aRun, Course, ids, started } from './a-run.ts';

const rest = 'f'.repeat(16);
const dead = ids.connection(`127.0.0.1:4730/aaaaaaaa${rest}`);
const alive = ids.connection(`127.0.0.1:4730/bbbbbbbb${rest}`);
const taken = { kind: 'restarted', alive: ['bbbbbbbb'] } as const;

describe('a run of several instances', () => {
  it('knows whose a connection is, and of one that nobody shares that it is nobody’s', () => {
    expect([dead, ids.connection(`[::1]:4730/${rest}`)].map(instanceOf)).to.deep.equal(['aaaaaaaa', '']);
  });

  it('keeps the handles on connections of instances that live when it is taken over, and no others (rule 9.9)', () => {
    const bindings = [dead, alive].map((connection) => aBinding({ connection }));
    const course = new Course(aRun({ job: aJob('u1', { bindings }) })).start([aPlanned('linux')]);
    course.tell(taken);
    expect([0, 1].map((at) => bindingOf(course.run, at).state)).to.deep.equal(['void', 'live']);
  });

  it('takes a binding once however often its letter comes, and again after it was void (rule 9.9)', () => {
    const course = started([aPlanned('linux')]);
    const binding = aBinding({ connection: alive });
    const { number } = course.run.jobs[0] ?? aJob('u1');
    const bound = { kind: 'bound', number, binding } as const;
    course.tell(bound);
    course.tell(bound);
    expect(course.run.jobs[0]?.bindings).to.have.length(2);
    course.tell({ kind: 'connection-lost', connection: alive });
    course.tell(bound);
    expect(course.run.jobs[0]?.bindings.at(-1)?.state).to.equal('live');
  });

  it('takes a job once however often its letter comes (rule 9.9)', () => {
    const course = one();
    const attached = { kind: 'attached', job: aJob('u2'), replaces: null } as const;
    course.tell(attached);
    course.tell(attached);
    expect(states(course)).to.deep.equal(['open', 'open']);
  });

  it('is put aside with a verdict when instances end with it, but keeps one that has fallen', () => {
    const course = one();
    course.tell({ ...taken, aside: '3 instances ended while they worked on it' });
    expect(course.word()).to.equal('INFRA_FAILURE');
    expect(course.run.verdict?.summary).to.contain('3 instances ended');
    course.tell({ ...taken, aside: 'again' });
    expect(course.run.verdict?.summary).to.contain('3 instances ended');
  });
});
