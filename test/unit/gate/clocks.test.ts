import { expect } from 'chai';
import {
  aBuild,
  aPlanned,
  aRun,
  aStep,
  aWorld,
  Course,
  hour,
  ids,
  linux,
  minute,
  name,
  second,
  started,
  windows,
} from './a-run.ts';

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
  it('stops a build 4 h after its claim, waiting for a lock or not: TIMED_OUT (rule 5)', () => {
    const course = one();
    course.begins('linux', { waitsForLock: true });
    course.wait(4 * hour - 1);
    expect(course.word()).to.equal(null);
    course.wait(1);
    expect(course.asked('stop')).to.have.length(1);
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

describe('a vote', () => {
  const withdrawn = () =>
    started([aPlanned('linux'), aPlanned('windows', 'voting', 'linux')], { coverage: { linux: 1 } });

  it('is looked at before it is called unheard, and again before the verdict (rule 5.5)', () => {
    const course = withdrawn().see({ present: nobody });
    course.wait(30 * minute);
    course.seen('windows', { complete: true, results: 6 });
    expect(course.attempt('windows').outcome).to.equal(null);
    expect(course.asked('audit')).to.have.length(1);
    course.audited();
    expect(course.attempt('windows').outcome?.kind).to.equal('unheard');
    course.ends('linux');
    expect(course.word(), 'not before the last look').to.equal(null);
    expect(course.asked('audit')).to.have.length(2);
    course.audited();
    expect(course.word()).to.equal('SUCCESS');
  });

  it('is infrastructure, and no pass, when the last look finds a build that began (rule 5.5)', () => {
    const course = withdrawn().see({ present: nobody });
    course.wait(30 * minute);
    course.seen('windows', { complete: true, results: 6 });
    course.audited().ends('linux').audited(true);
    expect(course.attempt('windows', 1).outcome?.kind).to.equal('infrastructure');
    expect(course.word()).to.equal(null);
  });

  it('is infrastructure when a build of an earlier attempt began (rule 5.5)', () => {
    const course = one().ends('linux', { results: 4, tests: null });
    course.wait(10 * second);
    course.wait(10 * second);
    course.forced().see({ present: nobody });
    course.wait(30 * minute);
    course.seen('linux', { complete: true, results: 6 });
    expect(course.attempt('linux', 2).outcome?.kind).to.equal('infrastructure');
  });

  it('has failed when a build that showed a 2 ended in RETRY and nobody took it again (rule 5.5)', () => {
    for (const refused of [false, true]) {
      const course = one().ends('linux', { results: 5, tests: 2 }).see({ present: nobody });
      course.wait(30 * minute);
      if (refused) {
        for (const { id } of course.awaited('cancel'))
          course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
        course.seen('linux');
        course.wait(second);
      } else course.seen('linux', { complete: true, results: 6 });
      expect(course.word(), `cancel refused: ${refused}`).to.equal('FAILURE');
    }
  });

  it('is not unheard by an event alone: the builds come by REST (rule 5.5)', () => {
    const course = offline();
    course.tell({ kind: 'request-completed', request: course.request('linux') });
    course.audited().wait(second);
    expect(course.attempt('linux').outcome).to.equal(null);
  });

  it('is unheard when cancel was refused and a later look still finds it unclaimed (rule 5.5)', () => {
    const course = offline();
    const facts = course.facts('linux');
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    expect(course.asked('audit'), 'not before a later look').to.be.empty;
    course.tell({ kind: 'seen', requests: [facts] });
    course.wait(second);
    course.audited();
    expect(course.attempt('linux').outcome?.kind).to.equal('unheard');
  });

  it('that is unheard is void again when a build begins before the verdict, and that build counts (rule 5.5)', () => {
    const course = started().see({ present: nobody });
    course.wait(30 * minute);
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    course.seen('linux');
    course.wait(second);
    course.audited();
    expect(course.attempt('linux').outcome?.kind).to.equal('unheard');
    course.begins('linux');
    expect(course.attempt('linux')).to.include({ state: 'running', outcome: null });
    expect(course.asked('stop')).to.be.empty;
    course.ends('linux');
    course.see({ present: new Set([linux, windows]) }).begins('windows');
    course.ends('windows');
    expect(course.run.attempts.map((attempt) => attempt.outcome?.kind)).to.deep.equal(['passed', 'passed']);
  });

  it('whose build begins before the cancel reaches it goes on and counts (rule 5.5)', () => {
    const course = offline();
    course.begins('linux');
    course.wait(hour / 2, minute);
    expect(course.asked('stop')).to.be.empty;
    course.ends('linux');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('that our late cancel stopped has the outcome for which we asked, and is not ABORTED (rule 6)', () => {
    const course = offline();
    course.begins('linux');
    course.ends('linux', { results: 6, tests: null, state: 'cancelled' });
    expect(course.attempt('linux').outcome?.kind).to.equal('infrastructure');
  });

  it('that a person stopped after our cancel was refused is ABORTED (rule 6)', () => {
    const course = offline();
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    course.begins('linux');
    course.ends('linux', { results: 6, tests: null, state: 'cancelled' });
    expect(course.word()).to.equal('ABORTED');
  });
});

describe('an advisory build', () => {
  const plan = [aPlanned('linux'), aPlanned('extra', 'advisory')];
  const extra = name('extra');

  it('is forced in a call of its own, only while a worker is there (rule 3.3)', () => {
    const course = new Course(aRun())
      .see({ present: new Set([linux]) })
      .start(plan)
      .adopt();
    expect(course.asked('force').map((call) => call.builders)).to.deep.equal([['linux']]);
    course.see({ present: new Set([linux, extra]) }).wait(second);
    expect(course.asked('force').map((call) => call.builders)).to.deep.equal([['linux'], ['extra']]);
    expect(course.asked('force').map((call) => call.role)).to.deep.equal(['vote', 'vote']);
  });

  it('never delays a verdict, wherever it stands (rule 3.3)', () => {
    const stands: readonly ((course: Course) => void)[] = [
      () => undefined,
      (course) => course.begins('extra'),
      (course) => course.ends('extra', { results: 2, tests: 2 }),
      (course) => course.ends('extra', { results: 4, tests: null }),
      (course) => course.ends('extra', { results: 6, tests: null, state: 'cancelled' }),
      (course) => course.seen('extra', { complete: true, results: 3 }),
      (course) => course.ends('extra', { revision: null }),
    ];
    for (const stand of stands) {
      const course = started(plan);
      stand(course);
      course.ends('linux');
      expect(course.word()).to.equal('SUCCESS');
    }
    for (const result of [
      { kind: 'refused', why: 'no' },
      { kind: 'unclear', why: 'cut' },
    ] as const) {
      const course = new Course(aRun()).start(plan).adopt();
      const [vote, advisory] = course.awaited('force');
      course.tell({ kind: 'force-result', effect: advisory!.id, result });
      course.tell({
        kind: 'force-result',
        effect: vote!.id,
        result: {
          kind: 'forced',
          buildset: ids.buildset(9),
          requests: [{ builder: 'linux', request: ids.request(5) }],
        },
      });
      course.ends('linux');
      expect(course.word(), result.kind).to.equal('SUCCESS');
    }
  });

  it('never changes a verdict for the better either (rule 3.3)', () => {
    const course = started([aPlanned('linux'), aPlanned('extra', 'advisory', 'linux')]);
    course.ends('extra').ends('linux', { results: 2, tests: 2 });
    expect(course.word()).to.equal('FAILURE');
  });

  it('is never retried (rule 3.3)', () => {
    const course = started(plan).ends('extra', { results: 4, tests: null });
    course.wait(hour, minute);
    expect(course.run.attempts.filter((attempt) => attempt.builder === 'extra')).to.have.length(1);
  });

  it('is left to finish after a verdict, and its end is recorded (rule 3.3)', () => {
    const course = started(plan);
    course.begins('extra');
    course.ends('linux').wait(minute);
    expect(course.asked('stop').length + course.asked('cancel').length).to.equal(0);
    course.ends('extra', { results: 2, tests: 2 });
    expect(course.attempt('extra').outcome?.kind).to.equal('failed');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('ends by its own clocks after a verdict as well (rule 3.3)', () => {
    const queued = started(plan).ends('linux').see({ present: nobody });
    queued.wait(30 * minute);
    expect(queued.asked('cancel')).to.have.length(1);
    queued.seen('extra', { complete: true, results: 6 });
    expect(queued.attempt('extra').state).to.equal('ended');
    const silent = started(plan);
    silent.begins('extra');
    silent.ends('linux').wait(45 * minute);
    expect(silent.asked('stop')).to.have.length(1);
    expect(silent.attempt('extra').outcome?.kind).to.equal('timed-out');
  });

  it('is stopped with a stopped run (rule 3.3)', () => {
    const course = started(plan);
    course.begins('extra');
    course.tell({ kind: 'detached', number: ids.number('u1'), why: 'dequeued' });
    expect(course.asked('stop')).to.have.length(1);
    expect(course.asked('cancel').map((each) => each.request)).to.deep.equal([course.request('linux')]);
  });

  it('that was not sent when the verdict fell is never sent (rule 3.3)', () => {
    const course = new Course(aRun())
      .see({ present: new Set([linux]) })
      .start(plan)
      .adopt()
      .forced();
    course
      .ends('linux')
      .see({ present: new Set([linux, extra]) })
      .wait(minute);
    expect(course.asked('force')).to.have.length(1);
    expect(course.attempt('extra').state).to.equal('ended');
  });
});

describe('an attempt whose cancel is refused', () => {
  it('has its build stopped as it starts, where that can count no more (rule 8.2)', () => {
    const course = one().ends('linux', { results: 4, tests: null });
    course.wait(10 * second);
    course.wait(10 * second);
    course
      .forced()
      .see({ present: nobody })
      .wait(30 * minute);
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    course.seen('linux');
    expect(course.attempt('linux', 2).outcome?.kind).to.equal('infrastructure');
    const build = course.begins('linux', { steps: [aStep({ complete: false, results: null })] });
    course.wait(10 * second);
    expect(course.asked('stop').map((each) => each.build)).to.deep.equal([build.id]);
  });
});
