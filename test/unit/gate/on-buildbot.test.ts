// What is seen at Buildbot adds up: old, doubled and partial news hide nothing that is known (RUNS.md 1.5, 5.1, section 6).

import { expect } from 'chai';
import type { BuildFacts } from '../../../src/gate/facts.ts';
import { transition } from '../../../src/gate/transition.ts';
import { aBuild, aPlanned, aStep, ids, minute, started, underWay, type Course } from './a-run.ts';

const one = () => started([aPlanned('linux')]);
const buildsOf = (course: Course) => course.attempt('linux').builds;

function seeBuild(course: Course, build: BuildFacts): void {
  course.tell({ kind: 'build-seen', request: course.request('linux'), build, effect: null });
}

function seeStep(course: Course, build: BuildFacts, step: ReturnType<typeof aStep>): void {
  course.tell({ kind: 'step-seen', request: course.request('linux'), build: build.id, step });
}

describe('a build that is seen', () => {
  const steps = [aStep({ results: 1 })];

  it('keeps worker, revision, growth and steps where a later look does not say them (rule 1.5)', () => {
    const course = one();
    const build = course.begins('linux', { steps, stepTimedOut: false, growth: '7' });
    const silent = { worker: null, revision: null, steps: null, stepTimedOut: null, growth: '' };
    seeBuild(course, { ...build, ...silent });
    const { worker, revision, stepTimedOut, growth } = build;
    expect(buildsOf(course)).to.deep.equal([{ ...build, worker, revision, steps, stepTimedOut, growth }]);
    seeBuild(course, { ...build, growth: '8', steps: [] });
    expect(buildsOf(course)[0]).to.deep.include({ growth: '8', steps: [] });
  });

  it('is asked for its steps anew once it is complete: those seen on the way may not be all (rule 6)', () => {
    const course = one();
    const build = course.begins('linux', { steps, stepTimedOut: false });
    seeBuild(course, aBuild({ id: build.id, number: build.number, steps: null, stepTimedOut: null }));
    expect(buildsOf(course)[0]?.steps).to.equal(null);
    expect(course.awaited('look')).to.have.length(1);
    expect(course.word()).to.equal(null);
  });

  it('keeps the steps read after its end, and takes no news from before it (rule 1.5)', () => {
    const course = started();
    course.ends('linux');
    const [done] = buildsOf(course);
    if (done === undefined) throw new Error('no build');
    seeBuild(course, { ...done, steps: null, stepTimedOut: null });
    expect(buildsOf(course)).to.deep.equal([done]);
    seeBuild(course, underWay({ id: done.id, number: done.number }));
    expect(buildsOf(course)).to.deep.equal([done]);
  });

  it('stands in the order of ids, whichever was heard of first (rule 5.3)', () => {
    const course = one();
    const late = course.begins('linux', { id: ids.build(2002), number: 2 });
    seeBuild(course, aBuild({ id: ids.build(2001), results: 5, steps: null, stepTimedOut: null }));
    expect(buildsOf(course).map(({ id }) => id)).to.deep.equal([2001, late.id]);
  });

  it('says by itself that its request is claimed, and unclaimed again by a RETRY (rule 5.3)', () => {
    const course = one();
    const build = underWay();
    seeBuild(course, build);
    expect(course.attempt('linux')).to.include({ claimed: true, state: 'running' });
    seeBuild(course, aBuild({ id: build.id, results: 5, tests: null }));
    expect(course.attempt('linux')).to.include({ claimed: false, state: 'queued' });
  });

  it('leaves the request claimed when it ended otherwise, until REST lists it (rule 6)', () => {
    const course = one();
    course.tell({ kind: 'events-missed' });
    const build = underWay();
    seeBuild(course, build);
    seeBuild(course, aBuild({ id: build.id }));
    expect(course.attempt('linux')).to.include({ claimed: true, state: 'running', listed: false });
    expect(course.word()).to.equal(null);
    course.seen('linux', { claimed: false, complete: true, results: 0 });
    expect(course.word()).to.equal('SUCCESS');
  });

  it('that is told twice changes nothing worth writing (rule 1.5)', () => {
    const course = one();
    const build = course.begins('linux');
    const event = { kind: 'build-seen', request: course.request('linux'), build, effect: null } as const;
    const now = { wall: 2_000_000, mono: 2_000_000 };
    expect(transition(course.run, { event, world: course.world }, now).changed).to.equal(false);
    const grown = { ...event, build: { ...build, growth: '2' } };
    expect(transition(course.run, { event: grown, world: course.world }, now).changed).to.equal(true);
  });

  it('begins the silent clock anew by its growth, and by nothing else (rule 5.1)', () => {
    const course = one();
    const build = course.begins('linux');
    course.wait(20 * minute);
    seeBuild(course, { ...build, state: 'still at it' });
    expect(course.attempt('linux').clocks.silent).to.equal(20 * minute);
    seeBuild(course, { ...build, growth: '2' });
    expect(course.attempt('linux').clocks).to.include({ silent: 0, running: 20 * minute });
  });
});

describe('a step that is seen', () => {
  it('takes the place of what was known of it, in the order of numbers, and is growth (rule 5.1)', () => {
    const course = started();
    const other = course.begins('windows');
    const build = course.begins('linux');
    course.wait(20 * minute);
    const [checkout, test] = [aStep({ id: 1, number: 0, name: 'git' }), aStep({ id: 2, number: 1 })];
    for (const step of [{ ...test, complete: false }, checkout, test]) seeStep(course, build, step);
    expect(buildsOf(course)).to.deep.equal([{ ...build, steps: [checkout, test] }]);
    expect(course.attempt('linux').clocks.silent).to.equal(0);
    expect(course.attempt('windows').builds).to.deep.equal([other]);
    expect(course.attempt('windows').clocks.silent).to.equal(20 * minute);
  });

  it('of another build or of one that is complete is not taken (rule 6)', () => {
    const course = started();
    course.ends('linux');
    const [done] = buildsOf(course);
    if (done === undefined) throw new Error('no build');
    seeStep(course, done, aStep({ id: 9, results: 2 }));
    seeStep(course, aBuild({ id: ids.build(77) }), aStep({ id: 9, results: 2 }));
    expect(buildsOf(course)).to.deep.equal([done]);
  });

  it('is one of the last hundred that are shown', () => {
    const course = one();
    const build = course.begins('linux');
    for (let number = 0; number < 105; number += 1) seeStep(course, build, aStep({ id: number, number }));
    const shown = buildsOf(course)[0]?.steps ?? [];
    expect(shown.map(({ number }) => number)).to.deep.equal(Array.from({ length: 100 }, (_, at) => at + 5));
  });
});

describe('events that were missed', () => {
  it('put what is known of open requests in doubt until REST has listed them (rule 6)', () => {
    const course = started();
    course.ends('linux');
    course.begins('windows');
    course.tell({ kind: 'request-completed', request: course.request('windows') });
    expect(course.attempt('windows').complete).to.equal(true);
    course.tell({ kind: 'events-missed' });
    expect(course.attempt('windows')).to.include({ listed: false, complete: false });
    expect(course.attempt('linux')).to.include({ listed: true, complete: true });
    course.seen('windows', { claimed: true });
    expect(course.attempt('windows')).to.include({ listed: true });
  });

  it('change nothing the second time (rule 1.5)', () => {
    const course = one();
    course.begins('linux');
    course.tell({ kind: 'events-missed' });
    const now = { wall: 2_000_000, mono: 2_000_000 };
    const again = transition(course.run, { event: { kind: 'events-missed' }, world: course.world }, now);
    expect(again.changed).to.equal(false);
  });
});
