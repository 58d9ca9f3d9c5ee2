// Measures and controls are attempts of the run like any other (RUNS.md 1.3).

import { expect } from 'chai';
import { laneOf } from '../../../src/gate/lane.ts';
import { base } from '../flakes/decide/a-case.ts';
import { aFlake, answer, failed, inQuestion, repeated, scripted, two } from './a-question.ts';
import {
  aBuild,
  aPlanned,
  aReading,
  aRun,
  aWorld,
  Course,
  hour,
  ids,
  minute,
  second,
  started,
} from './a-run.ts';

describe('a measure', () => {
  const script = { vote: [aFlake()], measure: repeated(aFlake(), 0) };
  const ends: readonly (readonly [string, Parameters<typeof aBuild>[0]])[] = [
    ['is broken off by trouble of Buildbot', { results: 4, tests: null }],
    ['is stopped by a person', { results: 6, tests: null, state: 'stopped by somebody' }],
    ['runs into a time limit', { ...failed, stepTimedOut: true }],
    ['builds another commit', { revision: 'b2'.repeat(20) }],
    ['runs no test step', { tests: null }],
    ['says no revision', { revision: null }],
  ];
  for (const [what, end] of ends) {
    it(`that ${what} proves nothing: the failure stands, and it is not sent again (rule 1.3)`, () => {
      const course = inQuestion(script);
      course.forced();
      course.ends('linux', end).ends('windows');
      expect(course.word()).to.equal('FAILURE');
      course.wait(hour, minute);
      expect(course.attempt('linux').ordinal).to.equal(2);
    });
  }

  it('that no worker takes proves nothing, is cancelled and audited by nobody (rule 1.3)', () => {
    const course = inQuestion(script);
    course.forced().ends('windows');
    course.see({ present: new Set() }).wait(30 * minute);
    expect(course.awaited('cancel')).to.have.length(1);
    course.seen('linux', { complete: true, results: 6 });
    expect(course.awaited('audit')).to.deep.equal([]);
    expect(course.word()).to.equal('FAILURE');
  });

  it('that hangs is stopped by the clocks, and the failure stands (rule 5)', () => {
    const course = inQuestion(script);
    course.forced();
    course.ends('windows');
    course.begins('linux');
    course.wait(4 * hour);
    expect(course.word()).to.equal('FAILURE');
    expect(course.awaited('stop')).to.have.length(1);
  });

  it('that the force scheduler refuses refuses no run (rule 4.8)', () => {
    const course = inQuestion(script);
    course.forced({ kind: 'refused', why: 'field gate_tests' }).ends('windows');
    expect(course.run.refusal).to.equal(null);
    expect(course.word()).to.equal('FAILURE');
  });

  it('whose sending is unclear is searched, and sent anew under the next ordinal when it is absent (rule 4.2)', () => {
    const course = inQuestion(script);
    course.forced({ kind: 'unclear', why: 'cut' });
    for (let search = 0; search < 2; search++) {
      for (const { id } of course.awaited('search'))
        course.tell({ kind: 'search-result', effect: id, found: [] });
      course.wait(10 * second);
    }
    expect(course.attempt('linux', 2).outcome).to.include({ kind: 'void' });
    expect(course.attempt('linux')).to.include({ role: 'measure', ordinal: 3 });
    course.wait(second);
    answer(course, 0).ends('windows');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('that Buildbot merged away is sent anew once the builder is vacant (rule 4.6)', () => {
    const course = inQuestion(script);
    course.forced();
    course.seen('linux', { complete: true, results: 3 });
    expect(course.attempt('linux')).to.include({ role: 'measure', ordinal: 3, vacant: false });
    course.wait(second);
    for (const { id, base: on } of course.awaited('vacancy')) {
      expect(on).to.equal(null);
      course.tell({ kind: 'vacancy-result', effect: id, vacant: true });
    }
    answer(course, 0).ends('windows');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('waits while another run may have an unclaimed request with the same source stamp (rule 4.5)', () => {
    const course = scripted(started(two), script);
    course.see({ busy: new Set([laneOf(course.run, course.attempt('linux'))]) });
    course.ends('linux', failed);
    course.wait(minute);
    expect(course.awaited('force')).to.deep.equal([]);
    course.see({ busy: new Set() }).wait(second);
    expect(course.awaited('force')).to.have.length(1);
  });

  it('lives through a restart: what was being sent is searched, what is known goes on (rule 1.3)', () => {
    const course = inQuestion(script);
    course.tell({ kind: 'restarted' });
    expect(course.attempt('linux').state).to.equal('unclear');
    const [search] = course.awaited('search');
    const request = ids.request(4711);
    const found = [{ builder: two[0]!.name, marker: search!.marker, buildset: ids.buildset(9), request }];
    course.tell({ kind: 'search-result', effect: search!.id, found });
    course.tell({ kind: 'restarted' });
    course.ends('linux').ends('windows');
    expect(course.attempt('linux')).to.include({ ordinal: 2, request });
    expect(course.asked('force').filter(({ role }) => role === 'measure')).to.have.length(1);
    expect(course.word()).to.equal('SUCCESS');
  });

  it('is stopped with the run (rule 8.1)', () => {
    const course = inQuestion(script);
    course.forced();
    course.begins('linux');
    course.tell({ kind: 'detached', number: ids.number('u1'), why: 'dequeued' });
    expect(course.run.phase).to.equal('stopped');
    expect(course.awaited('stop')).to.have.length(1);
  });

  it('is left out where the failure of another builder stands anyway', () => {
    const course = scripted(started(two), script);
    course.ends('windows', failed).ends('linux', failed);
    expect(course.word()).to.equal('FAILURE');
    expect(course.asked('force').filter(({ role }) => role !== 'vote')).to.deep.equal([]);
    expect(course.run.verdict?.reason).to.match(/^windows: .* and 1 more$/);
    expect(course.run.verdict?.builders[0]?.why).to.contain('the failure on windows stands');
  });

  it('under way is ended when the failure of another builder stands', () => {
    const course = inQuestion(script);
    course.forced();
    const { request } = course.attempt('linux');
    course.ends('windows', failed);
    expect(course.word()).to.equal('FAILURE');
    expect(course.awaited('cancel').map((effect) => effect.request)).to.deep.equal([request]);
  });

  it('of a factory that does not repeat is one of five whole builds, all clean', () => {
    const course = inQuestion({ vote: [aFlake()], measure: aReading() });
    course.ends('windows');
    for (let build = 1; build <= 5; build++) {
      expect(course.word(), `before build ${build}`).to.equal(null);
      course.wait(second);
      answer(course, 0);
    }
    expect(course.word()).to.equal('SUCCESS');
    expect(course.run.verdict?.summary).to.contain('1 forgiven: FLK-12 on linux, 0 of 5');
  });

  it('of a factory that does not repeat is not followed by others that do not fit the run', () => {
    const course = new Course(aRun(), aWorld({ medians: new Map([['linux', 2 * hour]]) }));
    scripted(course.start(two).adopt().forced(), { vote: [aFlake()], measure: aReading() });
    course.ends('linux', failed).ends('windows');
    course.wait(second);
    answer(course, 0);
    expect(course.word()).to.equal('FAILURE');
    expect(course.run.verdict?.summary).to.contain('do not fit');
  });

  it('is not begun when the machines of its owner have done enough for a day', () => {
    const spent = { byBuilder: new Map(), byOwner: new Map([['linux', 1_000]]), inAll: 1_000 };
    const course = new Course(aRun(), aWorld({ spent }));
    scripted(course.start(two).adopt().forced(), script);
    course.ends('linux', failed).ends('windows');
    expect(course.word()).to.equal('FAILURE');
    expect(course.run.verdict?.summary).to.contain('are spent');
  });

  it('forgives nothing for good before every vote is heard: the same symptom on more builders is a surprise', () => {
    const builders = ['linux', 'windows', 'macos', 'debian'].map((name) => aPlanned(name));
    const course = started(builders);
    course.reads = ({ role }) =>
      role === 'vote' ? aReading({ failures: [aFlake()], base }) : repeated(aFlake(), 0);
    course.ends('linux', failed);
    course.wait(second);
    answer(course, 0);
    expect(course.run.rulings['linux']).to.include({ action: 'forgive' });
    for (const builder of ['windows', 'macos', 'debian']) course.ends(builder, failed);
    expect(course.word()).to.equal('FAILURE');
    expect(course.run.rulings['linux']).to.include({ action: 'fail' });
  });
});
