// A sending that nobody knows the end of, and what a lost journal left (RUNS.md 4.2 and 4.4).

import { expect } from 'chai';
import type { ForceResult } from '../../../src/gate/event.ts';
import { aPlanned, aRun, Course, hour, ids, keyHash, linux, minute, second, windows } from './a-run.ts';

const unclear: ForceResult = { kind: 'unclear', why: 'timed out' };
const both = [aPlanned('linux'), aPlanned('windows')];

/** A run whose first call has no clear answer. */
function inDoubt(): Course {
  return new Course(aRun())
    .start([aPlanned('linux')])
    .adopt()
    .forced(unclear);
}

/** The search under way finds nothing. */
function searched(course: Course): Course {
  for (const { id } of course.awaited('search'))
    course.tell({ kind: 'search-result', effect: id, found: [] });
  return course;
}

describe('an unclear sending', () => {
  it('is searched by its marker behind the newest buildset seen before it (rule 4.2)', () => {
    const course = inDoubt();
    expect(course.attempt('linux').state).to.equal('unclear');
    const [search] = course.asked('search');
    expect(search).to.include({ marker: course.attempt('linux').marker, after: 7 });
  });

  it('is ours when the search finds marker and builder (rule 1.4)', () => {
    const course = inDoubt();
    const [search] = course.awaited('search');
    const marker = course.attempt('linux').marker!;
    const found = [{ builder: linux, marker, buildset: ids.buildset(9), request: ids.request(5) }];
    course.tell({ kind: 'search-result', effect: search?.id ?? ids.effect(0), found });
    expect(course.attempt('linux')).to.include({ state: 'queued', request: 5, buildset: 9 });
    course.ends('linux');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('is not ours by another marker or on another builder (rule 1.4)', () => {
    for (const wrong of ['marker', 'builder'] as const) {
      const course = inDoubt();
      const [search] = course.awaited('search');
      const marker = course.attempt('linux').marker!;
      const other = { builder: windows, marker, buildset: ids.buildset(9), request: ids.request(5) };
      const foreign = { ...other, builder: linux, marker: `${marker}0` as typeof marker };
      const found = [wrong === 'builder' ? other : foreign];
      course.tell({ kind: 'search-result', effect: search?.id ?? ids.effect(0), found });
      expect(
        course.run.attempts.every((attempt) => attempt.request === null),
        wrong,
      ).to.equal(true);
    }
  });

  it('is absent after two empty searches 10 s apart, and a new ordinal is sent (rule 4.2)', () => {
    const course = searched(inDoubt());
    course.wait(10 * second - 1);
    expect(course.asked('search'), 'too early').to.have.length(1);
    course.wait(1);
    expect(course.asked('force')).to.have.length(1);
    searched(course);
    expect(course.attempt('linux', 1).outcome).to.include({ kind: 'void', merged: false });
    expect(course.asked('force').map((call) => call.ordinal)).to.deep.equal([1, 2]);
    expect(new Set(course.asked('force').map((call) => call.marker)).size).to.equal(2);
  });

  it('is never absent by a search that could not be carried out (rule 4.2)', () => {
    const course = inDoubt();
    for (let round = 0; round < 5; round++) {
      for (const { id } of course.awaited('search')) course.tell({ kind: 'effect-ended', effect: id });
      course.wait(11 * second);
    }
    expect(course.attempt('linux')).to.include({ state: 'unclear', ordinal: 1 });
  });

  it('is not searched while Buildbot is away (rule 4.2)', () => {
    const course = new Course(aRun())
      .start([aPlanned('linux')])
      .adopt()
      .see({ buildbot: 'away' });
    course.forced(unclear).wait(hour, minute);
    expect(course.asked('search')).to.be.empty;
    course.see({ buildbot: 'up' }).wait(second);
    expect(course.asked('search')).to.have.length(1);
  });

  it('of a stopped run is searched and cancelled when found, and never sent again (rule 4.2)', () => {
    for (const arrived of [true, false]) {
      const course = inDoubt();
      course.tell({ kind: 'detached', number: ids.number('u1'), why: 'dequeued' });
      const marker = course.attempt('linux').marker!;
      const found = [{ builder: linux, marker, buildset: ids.buildset(9), request: ids.request(5) }];
      for (let round = 0; round < 3; round++) {
        for (const { id } of course.awaited('search'))
          course.tell({ kind: 'search-result', effect: id, found: arrived ? found : [] });
        course.wait(10 * second);
      }
      expect(course.asked('force'), `arrived: ${arrived}`).to.have.length(1);
      expect(course.asked('cancel')[0]?.request).to.equal(arrived ? 5 : undefined);
      expect(course.attempt('linux').state).to.equal('ended');
    }
  });

  it('that never arrives keeps no more than a bounded number of attempts (rule 4.2)', () => {
    const course = new Course(aRun()).start([aPlanned('linux')]).adopt();
    for (let round = 0; round < 3 * 8 * 60 && course.word() === null; round++) {
      course.forced(unclear);
      searched(course).wait(20 * second);
    }
    expect(course.word()).to.equal('TIMED_OUT');
    expect(course.run.attempts.length).to.be.within(10, 60);
  });
});

describe('before its first force a run', () => {
  it('looks for what a lost journal left, and adopts it with its marker (rule 4.4)', () => {
    const course = new Course(aRun()).start(both);
    const [look] = course.asked('adopt');
    expect(look?.keyHash).to.equal(keyHash);
    expect(course.asked('force')).to.be.empty;
    const marker = `gearbridge gate.example.org ffffffffffffffff 3 vote ${keyHash} 00000009` as never;
    const found = [{ builder: linux, marker, buildset: ids.buildset(3), request: ids.request(4) }];
    course.tell({ kind: 'adoption', effect: look?.id ?? ids.effect(0), found });
    expect(course.attempt('linux')).to.include({ state: 'queued', request: 4, marker });
    expect(course.asked('force').map((call) => call.builders)).to.deep.equal([['windows']]);
  });

  it('adopts one request for a builder at the most (rule 4.4)', () => {
    const course = new Course(aRun()).start([aPlanned('linux')]);
    const [look] = course.asked('adopt');
    const found = [4, 5].map((id) => ({
      builder: linux,
      marker: 'm' as never,
      buildset: ids.buildset(3),
      request: ids.request(id),
    }));
    course.tell({ kind: 'adoption', effect: look?.id ?? ids.effect(0), found });
    expect(course.run.attempts.map((attempt) => attempt.request)).to.deep.equal([4]);
    expect(course.asked('force')).to.be.empty;
  });

  it('asks again when that could not be carried out (rule 4.4)', () => {
    const course = new Course(aRun()).start(both);
    course.tell({ kind: 'effect-ended', effect: course.asked('adopt')[0]!.id });
    expect(course.asked('adopt')).to.have.length(2);
    expect(course.asked('force')).to.be.empty;
  });
});
