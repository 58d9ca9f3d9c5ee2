// Forcing, once (RUNS.md section 4).

import { expect } from 'chai';
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
} from './a-run.ts';

const both = [aPlanned('linux'), aPlanned('windows')];

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
