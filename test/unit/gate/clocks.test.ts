// The four clocks of an attempt, the run's own deadline, and what ends by them (RUNS.md section 5).

import { expect } from 'chai';
import { aBuild, aPlanned, aRun, aWorld, Course, hour, linux, minute, second, started } from './a-run.ts';

const one = () => started([aPlanned('linux')]);

const nobody = new Set<never>();

/** A lone builder whose worker was away for half an hour. */
function offline(): Course {
  const course = one().see({ present: nobody });
  course.wait(30 * minute);
  return course;
}

describe('the offline clock', () => {
  it('cancels after 30 min without a worker, and the vote is unheard (rule 5)', () => {
    const course = one().see({ present: nobody });
    course.wait(30 * minute - 1);
    expect(course.asked('cancel')).to.be.empty;
    course.wait(1);
    expect(course.asked('cancel')).to.have.length(1);
    expect(course.attempt('linux').state, 'a wait, not a call').to.equal('queued');
    course.seen('linux', { complete: true, results: 6 });
    course.audited().audited();
    expect(course.attempt('linux').outcome).to.include({ kind: 'unheard', clock: 'offline' });
    expect(course.word()).to.equal('NO_COVERAGE');
  });

  it('adds up over the attempt and stands still while a worker is there (rule 5.1)', () => {
    const course = one().see({ present: nobody });
    course.wait(20 * minute);
    course.see({ present: new Set([linux]) }).wait(hour);
    expect(course.attempt('linux').clocks).to.include({ offline: 20 * minute, queued: hour });
    course.see({ present: nobody }).wait(10 * minute);
    expect(course.asked('cancel')).to.have.length(1);
  });

  it('goes on from where it stood after a restart (rule 5.1)', () => {
    const course = one().see({ present: nobody });
    course.wait(20 * minute);
    course.tell({ kind: 'restarted' });
    expect(course.attempt('linux').clocks.offline).to.equal(20 * minute);
    course.wait(10 * minute);
    expect(course.asked('cancel')).to.have.length(1);
  });

  it('does not run for a request that is claimed (rule 5)', () => {
    const course = one().see({ present: nobody });
    course.begins('linux');
    course.wait(20 * minute);
    expect(course.attempt('linux').clocks).to.include({ offline: 0, running: 20 * minute });
  });
});

describe('the queued clock', () => {
  it('cancels after 4 h unclaimed with a worker there, and the word is INFRA_FAILURE (rule 5)', () => {
    const course = one();
    course.wait(4 * hour - 1);
    expect(course.asked('cancel')).to.be.empty;
    course.wait(1);
    course.seen('linux', { complete: true, results: 6 });
    course.audited().audited();
    expect(course.attempt('linux').outcome).to.include({ kind: 'unheard', clock: 'queued' });
    expect(course.word()).to.equal('INFRA_FAILURE');
  });
});

describe('the running clock', () => {
  /** Its builds usually take twenty minutes, and may be silent all the time. */
  const known = () => {
    const deadlines = {
      offline: hour,
      queued: 4 * hour,
      running: 4 * hour,
      silent: 24 * hour,
      run: 8 * hour,
    };
    return started([{ ...aPlanned('linux'), longest: hour }], { policy: { deadlines } });
  };

  it('stops a build 4 h after its claim, waiting for a lock or not: TIMED_OUT (rule 5)', () => {
    const course = one();
    course.begins('linux', { waitsForLock: true });
    course.wait(4 * hour - 1);
    expect(course.word()).to.equal(null);
    course.wait(1);
    expect(course.asked('stop')).to.have.length(1);
    expect(course.word()).to.equal('TIMED_OUT');
  });

  it('stops a build of a known builder that runs three times as long as usual, and says so (rule 5)', () => {
    const course = known();
    course.begins('linux');
    course.wait(hour - 1);
    expect(course.word()).to.equal(null);
    course.wait(1);
    expect(course.word()).to.equal('TIMED_OUT');
    expect(course.run.verdict?.summary).to.include(
      'three times as long as 99 of 100 of its builder do: 60 min',
    );
  });

  it('does not count the wait for a lock against what is usual, but against the policy (rule 5)', () => {
    const course = known();
    const build = course.begins('linux', { waitsForLock: true });
    course.wait(2 * hour, minute);
    course.seen('linux', { claimed: true, builds: [{ ...build, waitsForLock: false }] });
    course.wait(hour - minute, minute);
    expect(course.word()).to.equal(null);
    course.wait(minute);
    expect(course.word()).to.equal('TIMED_OUT');
  });

  it('runs also when the offline clock had run out before the build began (rule 5)', () => {
    const course = offline();
    course.begins('linux', { waitsForLock: true });
    course.wait(4 * hour);
    expect(course.attempt('linux').outcome?.kind).to.equal('timed-out');
  });
});

describe('the silent clock', () => {
  it('stops a build that has said nothing for 45 min: TIMED_OUT (rule 5)', () => {
    const course = one();
    course.begins('linux');
    course.wait(45 * minute - 1);
    expect(course.word()).to.equal(null);
    course.wait(1);
    expect(course.word()).to.equal('TIMED_OUT');
    expect(course.asked('stop')).to.have.length(1);
  });

  it('begins anew at each growth, seen by an event or by a look (rule 5.1)', () => {
    const course = one();
    const build = course.begins('linux');
    course.wait(44 * minute);
    course.tell({ kind: 'build-grew', request: course.request('linux'), build: build.id });
    expect(course.attempt('linux').clocks.silent).to.equal(0);
    course.wait(44 * minute);
    course.tell({
      kind: 'build-seen',
      request: course.request('linux'),
      build: { ...build, growth: '2' },
      effect: null,
    });
    expect(course.attempt('linux').clocks.silent).to.equal(0);
    course.tell(
      {
        kind: 'build-seen',
        request: course.request('linux'),
        build: { ...build, growth: '2' },
        effect: null,
      },
      minute,
    );
    expect(course.attempt('linux').clocks.silent, 'nothing new').to.equal(minute);
    expect(course.word()).to.equal(null);
  });

  it('stands still while the build waits for a lock (rule 5)', () => {
    const course = one();
    course.begins('linux', { waitsForLock: true });
    course.wait(2 * hour);
    expect(course.attempt('linux').clocks).to.include({ silent: 0, running: 2 * hour });
  });

  it('asks REST only after half its time without an event (rule 5.2)', () => {
    const course = one();
    const build = course.begins('linux');
    course.wait(22 * minute, minute);
    expect(course.asked('look')).to.be.empty;
    course.wait(minute);
    expect(course.asked('look').map((look) => look.build)).to.deep.equal([build.id]);
    course.tell({
      kind: 'build-seen',
      request: course.request('linux'),
      build,
      effect: course.asked('look')[0]!.id,
    });
    course.wait(5 * minute, minute);
    expect(course.asked('look'), 'and not with every poke').to.have.length(1);
  });
});

describe('all clocks of an attempt', () => {
  it('stand still while Buildbot is away (rule 5.1)', () => {
    const course = started().see({ buildbot: 'away' });
    course.see({ buildbot: 'up' }).begins('windows');
    course.see({ buildbot: 'away' }).wait(7 * hour);
    for (const { clocks } of course.run.attempts)
      expect(clocks).to.deep.equal({ offline: 0, queued: 0, running: 0, silent: 0 });
  });

  it('do not run backwards when a clock of the machine does (rule 5.1)', () => {
    const course = one();
    course.wait(minute);
    const { life } = course.run;
    course.tell({ kind: 'poke' }, -hour);
    expect(course.run.life).to.equal(life);
  });
});

describe('a run', () => {
  it('has 8 h from the moment a slot was free for it, planned or not (rule 5.1)', () => {
    const course = new Course(aRun(), aWorld({ slotFree: false }));
    course.wait(20 * hour);
    expect(course.word()).to.equal(null);
    course.see({ slotFree: true }).wait(second);
    course.wait(8 * hour - 1);
    expect(course.word()).to.equal(null);
    course.wait(1);
    expect(course.word()).to.equal('TIMED_OUT');
  });

  it('goes on towards its 8 h while Buildbot is away, and is INFRA_FAILURE then (rule 5.1)', () => {
    const course = started().ends('linux').see({ buildbot: 'away' });
    course.wait(8 * hour);
    expect(course.word()).to.equal('INFRA_FAILURE');
  });

  it('is TIMED_OUT at its 8 h with Buildbot there, and stops what runs (rule 5.1)', () => {
    const course = started([aPlanned('linux')], {
      policy: {
        deadlines: { offline: hour, queued: 9 * hour, running: 9 * hour, silent: 9 * hour, run: 8 * hour },
      },
    });
    course.begins('linux');
    course.wait(8 * hour);
    expect(course.word()).to.equal('TIMED_OUT');
    expect(course.asked('stop')).to.have.length(1);
  });

  it('says FAILURE at its 8 h where a builder is known to have failed (rule 5.1)', () => {
    const course = started().ends('linux', { results: 2, tests: 2 }).see({ buildbot: 'away' });
    course.wait(8 * hour);
    expect(course.word()).to.equal('FAILURE');
  });

  it('says FAILURE at its 8 h also where the failing build ended in RETRY (rule 5.1)', () => {
    const course = one().ends('linux', { results: 5, tests: 2 }).see({ buildbot: 'away' });
    course.wait(8 * hour);
    expect(course.word()).to.equal('FAILURE');
  });

  it('is never SUCCESS at its 8 h without every vote (rule 7.1)', () => {
    const course = started([aPlanned('linux'), aPlanned('windows', 'voting', 'linux')]).ends('linux');
    course.see({ present: nobody, buildbot: 'away' }).wait(8 * hour);
    expect(course.word()).to.equal('INFRA_FAILURE');
  });
});

describe('RETRY', () => {
  it('makes another build of the same request, the third ends the attempt: cancel and wait (rule 5.3)', () => {
    const course = one();
    for (let round = 0; round < 2; round++) course.ends('linux', { results: 5, tests: null });
    expect(course.attempt('linux').state).to.equal('queued');
    course.ends('linux', { results: 5, tests: null });
    expect(course.attempt('linux').outcome?.kind).to.equal('infrastructure');
    expect(course.asked('cancel')).to.have.length(1);
    course.wait(hour, minute);
    expect(course.run.attempts, 'no next attempt yet').to.have.length(1);
    course.seen('linux', { complete: true, results: 6 });
    course.wait(hour, minute);
    expect(course.run.attempts).to.have.length(2);
  });

  it('makes the attempt wait unclaimed again, and its clocks add up (rule 5.1)', () => {
    const course = one();
    course.wait(hour);
    course.ends('linux', { results: 5, tests: null });
    course.wait(hour);
    expect(course.attempt('linux').clocks.queued).to.equal(2 * hour);
  });
});

describe('an attempt whose request is complete', () => {
  it('is not queued again while its build is still to be read (rule 5)', () => {
    const course = one();
    const { id, number } = course.begins('linux');
    course.seen('linux', { complete: true, results: 0, builds: [aBuild({ id, number, steps: null })] });
    course.wait(minute);
    expect(course.attempt('linux').state).to.equal('running');
    expect(course.attempt('linux').clocks.queued).to.equal(0);
  });
});

describe('an attempt that ends before its request is complete', () => {
  it('is cleaned up, asked again every 10 s, until the request is complete (rule 5.4)', () => {
    const course = started();
    course.begins('linux');
    course.wait(45 * minute);
    expect(course.attempt('linux').outcome?.kind).to.equal('timed-out');
    const before = course.asked('stop').length;
    for (const { id } of course.awaited('stop'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'asked' });
    course.wait(9 * second);
    expect(course.asked('stop')).to.have.length(before);
    course.wait(second);
    expect(course.asked('stop')).to.have.length(before + 1);
    course.seen('linux', { complete: true, results: 6 });
    course.wait(hour, minute);
    expect(course.asked('stop')).to.have.length(before + 1);
  });

  it('gets neither cancel nor stop when its build ended by itself (rule 5.4)', () => {
    const course = started();
    const build = course.begins('linux');
    course.seen('linux', { claimed: true, builds: [aBuild({ id: build.id, number: build.number })] });
    course.wait(hour, minute);
    course.ends('windows');
    course.wait(hour, minute);
    expect(course.attempt('linux')).to.deep.include({ complete: false, outcome: { kind: 'passed' } });
    expect([course.word(), course.asked('cancel').length + course.asked('stop').length]).to.deep.equal([
      'SUCCESS',
      0,
    ]);
  });
});
