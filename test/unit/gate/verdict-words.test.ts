// What is said of a verdict, and of one that falls because the time is over (RUNS.md 5.1, 7.2).

import { expect } from 'chai';
import { aPlanned, aRun, aWorld, Course, deadlines, hour, minute, name, started } from './a-run.ts';
import { pass, fail, person, trouble, unheard, verdictOf } from './an-end.ts';

describe('the verdict of a run that is out of time', () => {
  const short = { policy: { retries: 0, deadlines: { ...deadlines, run: 40 * minute } } };

  it('keeps what each builder has said, and names no other (rule 5.1)', () => {
    const course = started(undefined, short).ends('linux');
    course.begins('windows');
    course.wait(40 * minute, 20 * minute);
    expect(course.word()).to.equal('TIMED_OUT');
    const [linux, windows] = course.run.verdict?.builders ?? [];
    expect(linux).to.include({ state: 'passed', result: 'SUCCESS' });
    expect(windows).to.include({ state: 'failed', result: 'TIMED_OUT' });
    expect(windows?.why).to.match(/out of time$/);
    expect(course.run.verdict?.summary).to.match(/^windows: .*; 1 of 2 voting builders passed$/);
  });

  it('does not withdraw an unheard vote whose last audit has no answer yet (rule 5.5)', () => {
    const course = started(undefined, { ...short, coverage: { linux: 1 } });
    course.begins('linux');
    unheard(course, 'windows', 'offline');
    course.ends('linux');
    expect(course.awaited('audit'), 'asked once more before the verdict').to.have.length(1);
    course.wait(hour);
    expect(course.word()).to.equal('TIMED_OUT');
    expect(course.run.verdict?.builders[1]).to.include({ state: 'failed' });
  });

  it('is FAILURE where a build that could not be read failed before its tests (rule 5.1)', () => {
    const course = started([aPlanned('linux')], short);
    course.reads = null;
    course.ends('linux', { results: 2, tests: null });
    course.wait(hour);
    expect(course.word()).to.equal('FAILURE');
  });

  it('counts as attempts only what was sent (rule 7.2)', () => {
    const course = new Course(aRun(short), aWorld({ notReady: 'it may not force' }));
    course
      .start([aPlanned('linux')])
      .adopt()
      .wait(hour);
    expect(course.word()).to.equal('TIMED_OUT');
    expect(course.run.verdict?.builders[0]).to.include({
      attempts: 0,
      worker: null,
      revision: null,
      build: null,
    });
  });

  it('says so where no plan was ever made (rule 5.1)', () => {
    const course = new Course(aRun(short), aWorld({ buildbot: 'away' }));
    course.wait(hour, minute);
    expect(course.run.verdict).to.include({ word: 'INFRA_FAILURE' });
    expect(course.run.verdict?.builders).to.be.empty;
  });
});

describe('the summary', () => {
  it('counts the passed, names the first that decided it and how many more did (rule 7.2)', () => {
    expect(verdictOf([pass, pass]).run.verdict).to.include({
      summary: '2 of 2 voting builders passed',
      reason: '',
    });
    const one = verdictOf([pass, person, fail]).run.verdict;
    expect(one?.summary).to.match(/^macos: .*; 1 of 3 voting builders passed$/);
    expect(one?.reason)
      .to.match(/^macos: /)
      .and.not.contain('more');
    const both = verdictOf([person, person]).run.verdict;
    expect(both?.summary).to.match(/^linux: .* and 1 more; 0 of 2 voting builders passed$/);
    expect(both?.reason).to.match(/ and 1 more$/);
  });

  it('says so where each builder passed and they are too few (rule 7.1)', () => {
    const course = started([aPlanned('linux')], { coverage: { linux: 1, windows: 1 } }).ends('linux');
    expect(course.run.verdict?.summary).to.match(/^too few builders passed; 1 of 1/);
  });

  it('names each advisory builder that is red, and none that passed or is open (rule 7.3)', () => {
    const names = ['good', 'bad', 'worse', 'open'];
    const course = new Course(aRun(), aWorld({ present: new Set(['linux', ...names].map(name)) }));
    course
      .start([aPlanned('linux'), ...names.map((each) => aPlanned(each, 'advisory'))])
      .adopt()
      .forced();
    course.ends('good').ends('bad', fail).ends('worse', trouble).ends('linux');
    expect(course.run.verdict?.summary).to.match(/; advisory: bad FAILURE, worse INFRA_FAILURE$/);
  });
});
