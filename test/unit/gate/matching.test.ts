// What a job that was handed out is (RUNS.md 2.4).

import { expect } from 'chai';
import type { ServerKind } from '../../../src/gate/job.ts';
import { isUsableNumber, matchJob, type Arrival } from '../../../src/gate/matching.ts';
import { isJoinable, isOpen, isOver, type Run } from '../../../src/gate/run.ts';
import { aBinding, aJob, aPlanned, aRun, Course, hour, ids, minute, started } from './a-run.ts';

function anArrival(wish: Partial<Arrival> = {}): Arrival {
  return { unique: 'u1', argumentsHash: 'hash', key: 'key', serverKind: 'gearmand', ...wish };
}

function lost(serverKind: ServerKind = 'gearmand') {
  return [aBinding({ state: 'void', serverKind })];
}

/** A decided run whose one job has its answer; delivered or not. */
function decided(delivery: 'confirmed' | 'unconfirmed' | null): Course {
  const course = started([aPlanned('linux')]).ends('linux');
  for (const { id } of course.awaited('announce')) course.tell({ kind: 'announced', effect: id });
  if (delivery !== null)
    for (const { id } of course.awaited('answer')) course.tell({ kind: 'answered', effect: id, delivery });
  return course;
}

function withKey(run: Run, key: string | null): Run {
  return { ...run, key };
}

describe('a job that was handed out', () => {
  it('with a known id and equal arguments is one more binding while that job is open (rule 2.4)', () => {
    const run = aRun();
    expect(matchJob(anArrival(), [run])).to.deep.equal({ kind: 'bind', run, number: 'u1' });
  });

  it('with a known id and equal arguments gets the same answer while that job is answered (rule 2.4)', () => {
    const { run } = decided(null);
    expect(run.jobs[0]?.state).to.equal('answered');
    expect(matchJob(anArrival(), [run])).to.deep.equal({ kind: 'bind', run, number: 'u1' });
  });

  it('binds to a refused job as well (rule 2.4)', () => {
    const run = withKey(aRun(), null);
    expect(matchJob(anArrival({ key: null }), [run]).kind).to.equal('bind');
  });

  it('with a known id and other arguments clashes while the first is open (rule 2.4)', () => {
    const arrival = anArrival({ argumentsHash: 'other', key: 'other key' });
    expect(matchJob(arrival, [aRun()])).to.deep.equal({ kind: 'clash', number: 'u1' });
  });

  it('with a known id is new once the first is answered with other arguments, or closed (rule 2.4)', () => {
    const answered = decided(null).run;
    expect(matchJob(anArrival({ argumentsHash: 'other', key: 'k2' }), [answered]).kind).to.equal('new');
    const closed = { ...aRun({ job: aJob('u1', { state: 'closed' }) }), phase: 'stopped' as const };
    expect(matchJob(anArrival(), [closed]).kind).to.equal('new');
    expect(matchJob(anArrival({ argumentsHash: 'other' }), [closed]).kind).to.equal('new');
  });

  it('with an empty id never equals another with an empty id (rule 2.4)', () => {
    const run = aRun({ job: aJob('g-1', { unique: '' }) });
    const arrival = anArrival({ unique: '' });
    expect(matchJob(arrival, [run]).kind).to.equal('attach');
    expect(matchJob({ ...arrival, key: 'other' }, [run]).kind).to.equal('new');
  });

  it('joins the run with its content key (rule 2.4)', () => {
    const run = aRun();
    const joined = matchJob(anArrival({ unique: 'u2' }), [withKey(run, 'other'), run]);
    expect(joined).to.deep.equal({ kind: 'attach', run, replaces: null });
  });

  it('takes the place of the oldest job without a live binding, on geard only (rule 2.4)', () => {
    const run = {
      ...aRun(),
      jobs: [
        aJob('gone', { state: 'closed', bindings: lost('geard') }),
        aJob('live'),
        aJob('first', { bindings: lost('geard') }),
        aJob('second', { bindings: lost('geard') }),
      ],
    };
    const arrival = anArrival({ unique: 'u9' });
    expect(matchJob({ ...arrival, serverKind: 'geard' }, [run])).to.include({ replaces: 'first' });
    expect(matchJob(arrival, [run])).to.include({ replaces: null });
  });

  it('takes the place of an answered job without a live binding in a decided run on geard (rule 2.4)', () => {
    const course = decided(null);
    course.tell({ kind: 'connection-lost', connection: ids.connection('c1') });
    const match = matchJob(anArrival({ unique: 'u2', serverKind: 'geard' }), [course.run]);
    expect(match).to.include({ kind: 'attach', replaces: 'u1' });
  });

  it('never joins a stopped run (rule 8.3)', () => {
    const course = new Course(aRun());
    course.tell({ kind: 'detached', number: ids.number('u1'), why: 'stopped' });
    expect(course.run.phase).to.equal('stopped');
    expect(matchJob(anArrival({ unique: 'u2' }), [course.run]).kind).to.equal('new');
  });

  it('never joins a run that was refused at birth (rule 2.6)', () => {
    expect(matchJob(anArrival({ unique: 'u2', key: null }), [withKey(aRun(), null)]).kind).to.equal('new');
  });
});

describe('a decided run', () => {
  it('is joined while one of its jobs is answered with the verdict (rule 2.4)', () => {
    expect(isJoinable(decided(null).run)).to.equal(true);
    expect(isJoinable(decided('unconfirmed').run)).to.equal(true);
  });

  it('is not joined once its verdict has reached somebody (rule 2.4)', () => {
    expect(isJoinable(decided('confirmed').run)).to.equal(false);
  });

  it('is joined for 24 h when its verdict has reached nobody, and kept in memory so long (rule 9.1)', () => {
    const course = decided('unconfirmed');
    course.wait(15 * minute);
    expect(course.run.jobs[0]?.state).to.equal('closed');
    course.wait(23 * hour);
    expect([isJoinable(course.run), isOver(course.run), isOpen(course.run)]).to.deep.equal([
      true,
      true,
      true,
    ]);
    course.wait(hour);
    expect([isJoinable(course.run), isOpen(course.run)]).to.deep.equal([false, false]);
  });

  it('is joined though a stopped job of its own has confirmed another ABORTED (rule 9.1)', () => {
    const course = started([aPlanned('linux')]);
    const second = aJob('u2', { bindings: [aBinding({ connection: ids.connection('c2') })] });
    course.tell({ kind: 'attached', job: second, replaces: null });
    for (const { id } of course.awaited('announce')) course.tell({ kind: 'announced', effect: id });
    course.tell({ kind: 'detached', number: ids.number('u1'), why: 'dequeued' });
    for (const { id } of course.awaited('answer'))
      course.tell({ kind: 'answered', effect: id, delivery: 'confirmed' });
    course.tell({ kind: 'connection-lost', connection: ids.connection('c2') });
    course.ends('linux', { results: 6, tests: null, state: 'cancelled' });
    expect(course.word()).to.equal('ABORTED');
    course.wait(15 * minute);
    expect(course.run.jobs.map((job) => job.state)).to.deep.equal(['closed', 'closed']);
    expect(isJoinable(course.run)).to.equal(true);
  });
});

describe('the number of a job', () => {
  for (const [unique, usable] of [
    ['0123456789abcdef0123456789abcdef', true],
    ['a.b_c-d', true],
    ['x'.repeat(63), true],
    ['x'.repeat(64), false],
    ['', false],
    ['a b', false],
    ['a/b', false],
    ['a\n', false],
    ['é', false],
  ] as const) {
    it(`is ${usable ? '' : 'not '}the unique id ${JSON.stringify(unique)} (rule 1.1)`, () => {
      expect(isUsableNumber(unique)).to.equal(usable);
    });
  }
});
