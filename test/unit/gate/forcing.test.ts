// Forcing, once (RUNS.md section 4).

import { expect } from 'chai';
import type { ForceResult } from '../../../src/gate/event.ts';
import { laneOf } from '../../../src/gate/lane.ts';
import { readMarker } from '../../../src/gate/marker.ts';
import {
  aChange,
  aPlanned,
  aRun,
  aWorld,
  commit,
  Course,
  hour,
  ids,
  keyHash,
  linux,
  minute,
  second,
  started,
  underWay,
  windows,
} from './a-run.ts';

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

describe('a force call', () => {
  it('names all builders of one role and ordinal at once, with every property (rule 4.1)', () => {
    const course = new Course(aRun()).start(both).adopt();
    const [call, more] = course.asked('force');
    expect(more).to.equal(undefined);
    expect(call?.builders).to.deep.equal(['linux', 'windows']);
    expect(call?.fields).to.deep.equal({
      branch: 'refs/zuul/main/Zabc',
      revision: commit,
      repository: 'https://example.org/cpython',
      project: 'cpython',
      gate_job: 'gate',
      gate_uuid: 'u1',
      gate_attempt: '1',
      gate_role: 'vote',
      change_ref: 'refs/zuul/main/Zabc',
    });
  });

  it('carries a marker of manager, run, ordinal, role, key and a nonce of its own (rule 4.1)', () => {
    const course = new Course(aRun()).start(both).adopt();
    expect(readMarker(course.asked('force')[0]?.marker ?? '')).to.deep.equal({
      manager: 'gate.example.org',
      run: '00000000000000aa',
      ordinal: 1,
      role: 'vote',
      key: keyHash,
      nonce: '00000001',
    });
  });

  it('never sends a blank field, which Buildbot reads as "the default" (rule 2.7)', () => {
    const run = aRun();
    const terms = run.terms && { ...run.terms, change: { ...aChange, changeRef: '', project: ' ' } };
    const course = new Course({ ...run, terms }).start(both).adopt();
    expect(course.asked('force')[0]?.fields).not.to.have.any.keys('change_ref', 'project');
  });

  it('is sent with another nonce, under the same ordinal, after one that was not sent (rule 4.1)', () => {
    const course = new Course(aRun()).start([aPlanned('linux')]).adopt();
    course.see({ buildbot: 'away', nonces: ['0000000b'] });
    course.forced({ kind: 'not-sent', why: 'refused' });
    expect(course.attempt('linux')).to.include({ state: 'intended', sending: null });
    course.see({ buildbot: 'up' }).wait(second);
    const [, again] = course.asked('force');
    expect(again).to.include({ ordinal: 1 });
    expect(again?.marker).to.match(/ 0000000b$/);
  });

  it('waits while Buildbot is away, or its newest buildset is not known (rule 4.2)', () => {
    const course = new Course(aRun(), aWorld({ buildbot: 'away' })).start(both);
    course.see({ buildbot: 'up', newestBuildset: null }).wait(second);
    expect(course.effects.map((effect) => effect.kind)).to.deep.equal(['announce']);
  });

  it('waits and says so while Buildbot takes none from us: nobody is at fault (rule 4.8)', () => {
    const course = new Course(aRun(), aWorld({ notReady: 'no such scheduler' })).start(both).adopt();
    course.wait(hour, minute);
    expect(course.asked('force')).to.be.empty;
    expect(course.run).to.include({ phase: 'started', notReady: 'no such scheduler' });
    course.see({ notReady: null }).wait(second);
    expect(course.asked('force')).to.have.length(1);
    expect(course.run.notReady).to.equal(null);
  });

  it('that meets a 403 is sent again, not failed (rule 4.8)', () => {
    const course = new Course(aRun()).start(both).adopt().see({ notReady: 'forbidden' });
    course.forced({ kind: 'not-ready', why: 'forbidden' });
    expect([course.word(), course.run.notReady]).to.deep.equal([null, 'forbidden']);
    course.see({ notReady: null }).wait(second);
    expect(course.asked('force').map((call) => call.ordinal)).to.deep.equal([1, 1]);
  });

  it("refused with a sentence of Buildbot's is CONFIG_ERROR with that sentence (rule 4.8)", () => {
    const course = new Course(aRun()).start(both).adopt();
    course.forced({ kind: 'refused', why: 'branch: not allowed' });
    expect(course.word()).to.equal('CONFIG_ERROR');
    expect(course.run.verdict?.summary).to.contain('branch: not allowed');
  });

  it('answered with fewer builders than asked for is stopped: CONFIG_ERROR names the missing (rule 4.7)', () => {
    const course = new Course(aRun()).start(both).adopt();
    const requests = [{ builder: 'linux', request: ids.request(5) }];
    course.forced({ kind: 'forced', buildset: ids.buildset(9), requests });
    expect(course.word()).to.equal('CONFIG_ERROR');
    expect(course.run.verdict?.summary)
      .to.match(/windows/)
      .and.not.match(/linux/);
    expect(course.asked('cancel').map((effect) => effect.request)).to.deep.equal([5]);
  });

  it('gives up an advisory builder alone when it names fewer of those (rule 3.3)', () => {
    const course = new Course(aRun()).start([aPlanned('linux'), aPlanned('extra', 'advisory')]).adopt();
    const [, advisory] = course.awaited('force');
    course.tell({
      kind: 'force-result',
      effect: advisory?.id ?? ids.effect(0),
      result: { kind: 'forced', buildset: ids.buildset(9), requests: [] },
    });
    expect(course.attempt('extra').outcome).to.include({ kind: 'config-error' });
    course.forced().ends('linux');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('that nobody carried to an end is unclear, and its marker is searched (rule 1.3)', () => {
    const course = new Course(aRun()).start([aPlanned('linux')]).adopt();
    const [call] = course.awaited('force');
    course.tell({ kind: 'effect-ended', effect: call?.id ?? ids.effect(0) });
    expect(course.attempt('linux').state).to.equal('unclear');
    expect(course.asked('search').map((effect) => effect.marker)).to.deep.equal([call?.marker]);
  });

  it('whose answer comes after the restart changes nothing: only the search tells (rule 1.4)', () => {
    const course = new Course(aRun()).start([aPlanned('linux')]).adopt();
    const [call] = course.awaited('force');
    course.tell({ kind: 'restarted' });
    const requests = [{ builder: 'linux', request: ids.request(5) }];
    const result = { kind: 'forced', buildset: ids.buildset(9), requests } as const;
    course.tell({ kind: 'force-result', effect: call?.id ?? ids.effect(0), result });
    expect(course.attempt('linux')).to.include({ state: 'unclear', request: null });
  });
});

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

describe('a builder that is busy with our source stamp', () => {
  it('is not forced until it is free, the others are (rule 4.5)', () => {
    const course = new Course(
      aRun(),
      aWorld({ busy: new Set([laneOf(aRun(), { builder: linux, task: null })]) }),
    )
      .start(both)
      .adopt()
      .forced();
    expect(course.asked('force').map((call) => call.builders)).to.deep.equal([['windows']]);
    course.see({ busy: new Set() }).wait(second);
    expect(course.asked('force').map((call) => call.builders)).to.deep.equal([['windows'], ['linux']]);
  });

  it('lets the offline and queued clocks run meanwhile (rule 4.5)', () => {
    const course = new Course(
      aRun(),
      aWorld({ busy: new Set([laneOf(aRun(), { builder: linux, task: null })]) }),
    )
      .start(both)
      .adopt()
      .forced();
    course.wait(minute);
    expect(course.attempt('linux').clocks).to.include({ queued: minute, offline: 0 });
    course.see({ present: new Set() }).wait(30 * minute);
    course.audited();
    expect(course.attempt('linux').outcome).to.include({ kind: 'unheard', clock: 'offline' });
  });

  it('gets no next attempt before the request of the last one is gone (rule 5.4)', () => {
    const course = started([aPlanned('linux')]);
    const build = course.begins('linux');
    course.see({ present: new Set() });
    const third = [0, 1, 2].map((more) => ({
      ...build,
      id: ids.build(build.id + more),
      complete: true,
      results: 5 as const,
      steps: [],
      stepTimedOut: false,
    }));
    course.seen('linux', { claimed: false, builds: third });
    expect(course.attempt('linux', 1).outcome?.kind).to.equal('infrastructure');
    expect(course.asked('cancel'), 'a third RETRY is cancelled').to.have.length(1);
    course.wait(hour, minute);
    expect(course.run.attempts).to.have.length(1);
    course.seen('linux', { complete: true, results: 6 });
    course.wait(10 * second);
    course.wait(10 * second);
    expect(course.run.attempts).to.have.length(2);
  });
});

describe('a request that was merged away', () => {
  function mergedAway(): Course {
    const course = started([aPlanned('linux')], { policy: { retries: 0 } });
    course.seen('linux', { complete: true, results: 3 });
    return course;
  }

  it('is sent again once no unclaimed request with that stamp is left, and costs no retry (rule 4.6)', () => {
    const course = mergedAway();
    expect(course.asked('force')).to.have.length(1);
    course.tell({ kind: 'vacancy-result', effect: course.awaited('vacancy')[0]!.id, vacant: false });
    expect(course.awaited('vacancy'), 'not at once').to.be.empty;
    course.wait(10 * second);
    expect(course.asked('force')).to.have.length(1);
    course.tell({ kind: 'vacancy-result', effect: course.awaited('vacancy')[0]!.id, vacant: true });
    expect(course.asked('force').map((call) => call.ordinal)).to.deep.equal([1, 2]);
    course.forced().ends('linux');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('is never counted as passed (rule 4.6)', () => {
    const course = mergedAway();
    expect(course.word()).to.equal(null);
    expect(course.attempt('linux', 1).outcome?.kind).to.equal('void');
  });

  it('lets its clocks run while it waits for the builder (rule 4.6)', () => {
    const course = mergedAway().see({ present: new Set() });
    course.wait(30 * minute);
    course.audited();
    expect(course.attempt('linux').outcome).to.include({ kind: 'unheard' });
    expect(course.audited().word()).to.equal('NO_COVERAGE');
  });
});

describe('a request of another buildset under our number', () => {
  it('is somebody else’s: the master began a new database and deals its ids out again (rule 1.4)', () => {
    const course = started([aPlanned('linux')]);
    course.seen('linux', { buildset: ids.buildset(999), claimed: true, builds: [underWay()] });
    expect(course.attempt('linux').builds).to.have.length(0);
    expect(course.attempt('linux').claimed).to.equal(false);
  });
});

describe('ordinals', () => {
  it('count through on a builder, and each is sent once (rule 1.3)', () => {
    const course = started([aPlanned('linux')]);
    for (let round = 0; round < 2; round++) {
      course.ends('linux', { results: 4, tests: null });
      course.wait(minute);
      course.wait(minute);
      course.forced();
    }
    expect(course.asked('force').map((call) => call.ordinal)).to.deep.equal([1, 2, 3]);
    expect(course.asked('force').map((call) => call.fields['gate_attempt'])).to.deep.equal(['1', '2', '3']);
  });
});
