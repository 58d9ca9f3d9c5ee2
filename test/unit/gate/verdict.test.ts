// The verdict, retries and withdrawn votes (RUNS.md 6, 7).

import { expect } from 'chai';
import { resultWords } from '../../../src/gate/answer.ts';
import {
  aBuild,
  aPlanned,
  aRun,
  aWorld,
  Course,
  hour,
  ids,
  minute,
  second,
  started,
  type RunWish,
} from './a-run.ts';
import {
  type End,
  pass,
  fail,
  slow,
  person,
  trouble,
  noProof,
  noCheckout,
  unheard,
  endAs,
  verdictOf,
} from './an-end.ts';

describe('the verdict', () => {
  const table: readonly (readonly [string, readonly End[]])[] = [
    ['SUCCESS', [pass, pass]],
    ['CONFIG_ERROR', [noProof, fail, slow]],
    ['CONFIG_ERROR', [noProof, person, trouble]],
    ['CONFIG_ERROR', [noProof, 'unheard']],
    ['FAILURE', [fail, slow, person]],
    ['FAILURE', [fail, trouble, 'unheard']],
    ['FAILURE', [pass, fail]],
    ['TIMED_OUT', [slow, person, trouble]],
    ['TIMED_OUT', ['silent', person]],
    ['TIMED_OUT', [slow, 'unheard', pass]],
    ['ABORTED', [person, trouble, 'unheard']],
    ['ABORTED', [pass, person]],
    ['INFRA_FAILURE', [trouble, 'unheard', pass]],
    ['INFRA_FAILURE', ['unheard-queued', pass]],
    ['NO_COVERAGE', ['unheard', pass]],
    ['NO_COVERAGE', ['unheard', 'unheard']],
  ];
  for (const [word, ends] of table) {
    it(`is ${word} for ${ends.map((end) => (typeof end === 'string' ? end : JSON.stringify(end))).join(', ')} (rule 7.1)`, () => {
      expect(verdictOf(ends).word()).to.equal(word);
    });
  }

  it('falls only when every voting builder has its outcome (rule 7.1)', () => {
    const course = started();
    course.ends('linux');
    expect(course.word()).to.equal(null);
    course.ends('windows');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('waits for the others also after a failure (rule 7.1)', () => {
    const course = started().ends('linux', fail);
    course.wait(hour);
    expect(course.word()).to.equal(null);
  });

  it('never changes, whatever comes after it (rule 7.1)', () => {
    const course = started().ends('linux').ends('windows', fail);
    const { verdict } = course.run;
    course.tell({ kind: 'seen', requests: [course.facts('windows', { builds: [aBuild()] })] });
    course.tell({ kind: 'detached', number: ids.number('u1'), why: 'late' });
    course.tell({ kind: 'restarted' });
    course.wait(30 * hour, hour);
    expect(course.run.verdict).to.deep.equal(verdict);
    expect(course.run.phase).to.equal('decided');
  });

  it('is one of the words, for success exactly SUCCESS, and so is every answer (rule 7.3)', () => {
    for (const [word, ends] of table) {
      const { run } = verdictOf(ends);
      expect(resultWords).to.include(run.jobs[0]?.answer?.word);
      expect(run.jobs[0]?.answer?.word).to.equal(word);
      expect(run.verdict?.summary).to.be.a('string').and.not.equal('');
    }
  });

  it('is CONFIG_ERROR or NO_COVERAGE at once where planning refuses, and nothing is forced (rule 3.2)', () => {
    const planning = { kind: 'refused', word: 'NO_COVERAGE', why: 'none may vote' } as const;
    const course = new Course(aRun(), aWorld({ planning }));
    course.tell({ kind: 'poke' });
    expect(course.word()).to.equal('NO_COVERAGE');
    expect(course.run.verdict?.summary).to.equal('none may vote');
    expect(course.asked('force').length + course.asked('adopt').length).to.equal(0);
  });

  it('names builder, platform, worker, revision, attempts and build of each vote (rule 7.2)', () => {
    const { run } = started([aPlanned('linux', 'voting', 'unix'), aPlanned('extra', 'advisory')]).ends(
      'linux',
    );
    expect(run.verdict?.builders[0]).to.deep.include({
      name: 'linux',
      platform: 'unix',
      role: 'voting',
      state: 'passed',
      result: 'SUCCESS',
      class: null,
      attempts: 1,
      worker: 'w1',
      revision: 'a1'.repeat(20),
      build: { number: 1001, id: 1001 },
    });
    expect(run.verdict?.builders[1]).to.include({ name: 'extra', role: 'advisory', state: 'open' });
  });

  const entries: readonly (readonly [End, string, string, string | null])[] = [
    [pass, 'passed', 'SUCCESS', null],
    [fail, 'failed', 'FAILURE', 'change'],
    [slow, 'failed', 'TIMED_OUT', 'change'],
    [noProof, 'failed', 'CONFIG_ERROR', 'configuration'],
    [trouble, 'failed', 'INFRA_FAILURE', 'infrastructure'],
    [person, 'failed', 'ABORTED', 'person'],
    ['unheard', 'unheard', 'NO_COVERAGE', 'unheard'],
    ['unheard-queued', 'unheard', 'INFRA_FAILURE', 'unheard'],
  ];
  for (const [end, state, result, whose] of entries) {
    it(`says whose fault it is that a vote is ${state} with ${result} (rule 7.2)`, () => {
      const { run } = verdictOf([end]);
      expect(run.verdict?.builders[0]).to.include({ state, result, class: whose });
      expect(run.verdict?.builders[0]?.why === '').to.equal(end === pass);
    });
  }

  it('calls an advisory request that was merged away infrastructure (rule 7.2)', () => {
    const course = started([aPlanned('linux'), aPlanned('extra', 'advisory')]);
    course.seen('extra', { complete: true, results: 3 });
    course.ends('linux');
    const merged = { state: 'failed', result: 'INFRA_FAILURE', class: 'infrastructure' };
    expect(course.run.verdict?.builders[1]).to.include(merged);
  });

  it('names advisory trouble in its summary, and only there (rule 7.3)', () => {
    const course = started([aPlanned('linux'), aPlanned('extra', 'advisory')]).ends('extra', fail);
    course.ends('linux');
    expect(course.run.verdict?.summary).to.contain('advisory: extra FAILURE');
    expect(course.run.verdict?.word).to.equal('SUCCESS');
  });
});

describe('the vote of an unheard builder', () => {
  const two = [aPlanned('linux'), aPlanned('debian', 'voting', 'linux')];

  function oneHeard(wish: RunWish, coverage: Record<string, number>, first: End = pass): Course {
    const course = started(two, { ...wish, coverage });
    endAs(course, 'linux', first);
    unheard(course, 'debian', 'offline');
    return course.audited();
  }

  it('is withdrawn and named where the coverage is met without it (rule 6.2)', () => {
    const { run } = oneHeard({}, { linux: 1 });
    expect(run.verdict?.word).to.equal('SUCCESS');
    expect(run.verdict?.summary).to.contain('withdrawn: debian (no worker');
    expect(run.verdict?.builders[1]).to.include({ state: 'withdrawn', result: null });
  });

  it('counts where the policy says fail (rule 6.2)', () => {
    expect(oneHeard({ policy: { unheard: 'fail' } }, { linux: 1 }).word()).to.equal('NO_COVERAGE');
  });

  it('counts where the coverage is not met without it (rule 6.2)', () => {
    expect(oneHeard({}, { linux: 2 }).word()).to.equal('NO_COVERAGE');
  });

  it('does not hide the failure of another (rule 6.2)', () => {
    expect(oneHeard({}, { linux: 1 }, fail).word()).to.equal('FAILURE');
  });

  it('is never withdrawn when nobody passed, though the coverage asks for none (rule 7.1)', () => {
    expect(verdictOf(['unheard', 'unheard'], { coverage: {} }).word()).to.equal('NO_COVERAGE');
  });

  it('is not that of infrastructure: the change may have killed the worker (rule 6.2)', () => {
    const course = started(two, { coverage: { linux: 1 }, policy: { retries: 0 } });
    course.ends('linux').ends('debian', trouble);
    expect(course.word()).to.equal('INFRA_FAILURE');
  });
});

describe('coverage', () => {
  it('is met by those that passed alone (rule 7.1)', () => {
    const course = started([aPlanned('linux')], { coverage: { linux: 1, windows: 1 } }).ends('linux');
    expect(course.word()).to.equal('NO_COVERAGE');
  });
});

describe('a retry', () => {
  const lone = (retries = 2) => started([aPlanned('linux')], { policy: { retries } });

  it('is for infrastructure only, after 10 s, then 60 s (rule 6.1)', () => {
    const course = lone().ends('linux', trouble);
    course.wait(10 * second - 1);
    expect(course.asked('force')).to.have.length(1);
    course.wait(1);
    expect(course.asked('force')).to.have.length(2);
    course.forced().ends('linux', trouble);
    course.wait(60 * second - 1);
    expect(course.asked('force')).to.have.length(2);
    course.wait(1);
    expect(course.asked('force')).to.have.length(3);
    course.forced().ends('linux', trouble);
    expect(course.word()).to.equal('INFRA_FAILURE');
  });

  it('that passes makes a pass, and the evidence counts both (rule 6.1)', () => {
    const course = lone().ends('linux', trouble);
    course.wait(10 * second);
    course.forced().ends('linux');
    expect(course.word()).to.equal('SUCCESS');
    expect(course.run.verdict?.builders[0]?.attempts).to.equal(2);
  });

  for (const [what, end] of [
    ['a failure', fail],
    ['a step that timed out', slow],
    ['a person', person],
    ['a missing proof', noProof],
  ] as const) {
    it(`is not made after ${what} (rule 6.1)`, () => {
      const course = started().ends('linux', end);
      course.wait(hour, minute);
      expect(course.run.attempts.filter((attempt) => attempt.builder === 'linux')).to.have.length(1);
    });
  }

  it('is counted per builder (rule 6.1)', () => {
    const course = started(undefined, { policy: { retries: 1 } });
    course.ends('linux', trouble).ends('windows', trouble);
    course.wait(10 * second);
    course.forced().ends('linux').ends('windows');
    expect(course.word()).to.equal('SUCCESS');
  });
});

describe('a checkout that failed', () => {
  function failCheckout(course: Course, builder: string, wait = minute): void {
    course.ends(builder, noCheckout);
    course.wait(wait, 10 * second);
    course.forced();
  }

  it('on every voting builder, after one retry each, is CONFIG_ERROR naming repository and ref (rule 6)', () => {
    const course = started();
    failCheckout(course, 'linux');
    failCheckout(course, 'windows');
    course.ends('linux', noCheckout);
    course.wait(hour, minute);
    expect(
      course.asked('force').filter((call) => call.ordinal > 2),
      'all other retries wait',
    ).to.be.empty;
    expect(course.word()).to.equal(null);
    course.ends('windows', noCheckout);
    expect(course.word()).to.equal('CONFIG_ERROR');
    expect(course.run.verdict?.summary).to.contain('refs/zuul/main/Zabc').and.contain('example.org/cpython');
  });

  it('is retried on once another builder has got the commit (rule 6)', () => {
    const course = started();
    failCheckout(course, 'linux');
    course.ends('linux', noCheckout);
    course.wait(10 * minute, minute);
    expect(course.asked('force').filter((call) => call.ordinal === 3)).to.be.empty;
    course.ends('windows').wait(2 * minute, minute);
    expect(course.asked('force').filter((call) => call.ordinal === 3)).to.have.length(1);
    course.forced().ends('linux');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('does not wait for ever for a builder that ended otherwise (rule 6)', () => {
    const early = { revision: null };
    for (const end of [{ ...trouble, ...early }, { ...person, ...early }, 'silent'] as const) {
      const course = started(undefined, { policy: { retries: 1 } });
      failCheckout(course, 'linux');
      course.ends('linux', noCheckout);
      endAs(course, 'windows', end);
      course.wait(minute, 10 * second);
      course.forced();
      if (course.attempt('windows').state !== 'ended') course.ends('windows', { ...trouble, ...early });
      expect(course.word(), JSON.stringify(end)).not.to.equal(null);
    }
    const patient = started();
    failCheckout(patient, 'linux');
    patient.ends('linux', noCheckout).ends('windows', { ...person, ...early });
    patient.wait(2 * minute, 10 * second);
    expect(patient.asked('force').filter((call) => call.ordinal === 3)).to.have.length(1);
  });

  it('everywhere that was heard is CONFIG_ERROR, though another builder was not heard (rule 6)', () => {
    const course = started();
    failCheckout(course, 'linux');
    course.ends('linux', noCheckout);
    unheard(course, 'windows', 'offline');
    expect(course.word(), 'the unheard one is looked at once more').to.equal(null);
    course.audited();
    expect(course.word()).to.equal('CONFIG_ERROR');
  });

  it('is the first time an ordinary retry (rule 6)', () => {
    const course = started([aPlanned('linux')]);
    failCheckout(course, 'linux');
    course.ends('linux');
    expect(course.word()).to.equal('SUCCESS');
  });
});
