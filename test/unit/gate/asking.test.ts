// What a run asks of Buildbot: once while the answer is awaited, not while Buildbot is away, and with the reason in it (RUNS.md 1.5, 8.2).

import { expect } from 'chai';
import { transition } from '../../../src/gate/transition.ts';
import { bindingOf, c1, stop } from './a-gatekeeper.ts';
import { failed, inQuestion, two } from './a-question.ts';
import { aBinding, aBuild, aPlanned, Course, ids, minute, second, started, underWay } from './a-run.ts';
import { aFailure } from '../flakes/decide/a-case.ts';

const one = () => started([aPlanned('linux')]);
const unread = { steps: null, stepTimedOut: null };

/** Each poke asks for what is due and not awaited. */
function poke(course: Course, times = 3): Course {
  course.wait(times, 1);
  return course;
}

function isChanged(course: Course): boolean {
  const now = { wall: 9_000_000, mono: 9_000_000 };
  return transition(course.run, { event: { kind: 'poke' }, world: course.world }, now).changed;
}

describe('a look at a build', () => {
  it('is asked for once, and not while Buildbot is away', () => {
    const course = one().see({ buildbot: 'away' }).ends('linux', unread);
    expect(poke(course).awaited('look')).to.be.empty;
    expect(poke(course.see({ buildbot: 'up' })).awaited('look')).to.have.length(1);
    expect(course.asked('look')).to.have.length(1);
  });

  it('at an earlier one that its master calls unfinished is asked for again after 10 s', () => {
    const course = one();
    const stuck = underWay({ id: ids.build(1) });
    course.seen('linux', { claimed: true, builds: [stuck, underWay({ id: ids.build(2), number: 2 })] });
    const answer = () => {
      for (const { id: effect, request } of course.awaited('look'))
        course.tell({ kind: 'build-seen', request, build: stuck, effect });
    };
    expect(course.asked('look')).to.have.length(1);
    answer();
    course.wait(10 * second - 1);
    expect(course.asked('look')).to.have.length(1);
    course.wait(1);
    expect(course.asked('look')).to.have.length(2);
  });
});

describe('an audit', () => {
  it('waits for Buildbot, and is asked for once (rule 5.5)', () => {
    const course = one().see({ present: new Set() });
    course.wait(30 * minute);
    course.see({ buildbot: 'away' }).seen('linux', { complete: true, results: 6 });
    expect(poke(course).asked('audit')).to.be.empty;
    expect(poke(course.see({ buildbot: 'up' })).asked('audit')).to.have.length(1);
  });
});

describe('the reading of builds', () => {
  it('is asked for once for each vote that failed, and not while Buildbot is away (rule 6.3)', () => {
    const course = started(two);
    course.reads = null;
    course.ends('linux', failed).see({ buildbot: 'away' }).ends('windows', failed);
    expect(poke(course).asked('read')).to.have.length(1);
    expect(poke(course.see({ buildbot: 'up' })).asked('read')).to.have.length(2);
    const requests = course.awaited('read').map(({ request }) => request);
    expect(requests).to.deep.equal([course.request('linux'), course.request('windows')]);
  });
});

describe('a cancel', () => {
  it('is not asked for while Buildbot is away (rule 8.2)', () => {
    const course = stop(one().see({ buildbot: 'away' }));
    expect(poke(course).asked('cancel')).to.be.empty;
    expect(poke(course.see({ buildbot: 'up' })).asked('cancel')).to.have.length(1);
  });

  it('says whether nobody asks for the run, it has its verdict, or a clock ran out (rule 8.2)', () => {
    const whyOf = (course: Course) => course.asked('cancel')[0]?.why;
    expect(whyOf(stop(one()))).to.match(/nobody asks/);
    const late = one().see({ present: new Set() });
    late.wait(30 * minute);
    expect(whyOf(late)).to.match(/no worker .* 30 min/);
    const refused = started(two);
    refused.run = { ...refused.run, refusal: { word: 'CONFIG_ERROR', why: 'no' } };
    poke(refused);
    expect(refused.word()).to.equal('CONFIG_ERROR');
    expect(whyOf(refused)).to.match(/verdict/);
  });

  it('for an attempt that has ended gives its own reason (rule 5.4)', () => {
    const course = started(two);
    course.begins('linux');
    course.wait(45 * minute);
    expect(course.asked('stop')[0]?.why).to.match(/said nothing/);
    expect(course.attempt('linux').outcome).to.include({ kind: 'timed-out' });
  });
});

describe('what a verdict or a stop leaves open', () => {
  it('ends with the reason why (rule 8.2)', () => {
    const stopped = stop(one());
    expect(stopped.attempt('linux').outcome).to.include({ kind: 'aborted', why: 'the run was stopped' });
    const decided = started(two);
    decided.run = { ...decided.run, refusal: { word: 'CONFIG_ERROR', why: 'no' } };
    poke(decided);
    expect(decided.attempt('windows').outcome).to.include({ kind: 'aborted', why: 'the verdict had fallen' });
  });
});

describe('a pause', () => {
  it('before a retry is written down once, and ends in the retry (rule 6.1)', () => {
    const course = one().ends('linux', { results: 4, tests: null });
    expect(course.attempt('linux').ordinal).to.equal(1);
    expect(isChanged(course), 'while it lasts').to.equal(false);
    course.wait(10 * second);
    expect(course.attempt('linux').ordinal).to.equal(2);
    expect(course.run.retryAt).to.deep.equal({});
  });
});

describe('a search', () => {
  it('that found nothing is asked for again 10 s later, and once at a time (rule 4.2)', () => {
    const course = new Course(one().run);
    const attempts = course.run.attempts.map((each) => ({
      ...each,
      state: 'unclear' as const,
      request: null,
    }));
    course.run = { ...course.run, attempts };
    expect(poke(course).asked('search')).to.have.length(1);
    for (const { id } of course.awaited('search'))
      course.tell({ kind: 'search-result', effect: id, found: [] });
    course.wait(10 * second - 1);
    expect(course.asked('search')).to.have.length(1);
    expect(poke(course).asked('search')).to.have.length(2);
  });
});

describe('a builder that merged our request away', () => {
  it('is asked every 10 s whether it is vacant, once at a time, and not while Buildbot is away (rule 4.6)', () => {
    const course = one().see({ buildbot: 'away' });
    course.seen('linux', { complete: true, results: 3 });
    expect(poke(course).asked('vacancy')).to.be.empty;
    expect(poke(course.see({ buildbot: 'up' })).asked('vacancy')).to.have.length(1);
    course.wait(20 * second, second);
    expect(course.asked('vacancy'), 'while the answer is awaited').to.have.length(1);
    const [asked] = course.awaited('vacancy');
    if (asked === undefined) throw new Error('no vacancy is asked for');
    course.tell({ kind: 'vacancy-result', effect: asked.id, vacant: false });
    expect(poke(course).asked('vacancy')).to.have.length(2);
    expect(course.asked('force')).to.have.length(1);
  });
});

describe('a measure', () => {
  it('is asked for on the builder in question alone, and once (rule 1.3)', () => {
    const course = inQuestion({ vote: [aFailure()] });
    poke(course.forced());
    const measures = course.run.attempts.filter(({ role }) => role !== 'vote');
    expect(measures.map(({ builder }) => builder)).to.deep.equal(['linux']);
    expect(course.asked('force').filter(({ role }) => role === 'measure')).to.have.length(1);
  });

  it('that was lost twice waits a minute before its third sending (rule 4.2)', () => {
    const course = inQuestion({ vote: [aFailure()] });
    const lose = () => {
      course.forced({ kind: 'unclear', why: 'cut' });
      for (let search = 0; search < 2; search += 1) {
        for (const { id } of course.awaited('search'))
          course.tell({ kind: 'search-result', effect: id, found: [] });
        course.wait(10 * second);
      }
    };
    lose();
    expect(course.awaited('force')).to.have.length(1);
    lose();
    expect(course.awaited('force')).to.be.empty;
    course.wait(minute, second);
    expect(course.awaited('force')).to.have.length(1);
  });
});

describe('a client that left', () => {
  it('takes along what was to be written on its handle, and nothing of another on the connection (rule 9.2)', () => {
    const course = one();
    course.tell({ kind: 'bound', number: ids.number('u1'), binding: aBinding() });
    const [first, other] = [bindingOf(course.run, 0), bindingOf(course.run, 1)];
    expect(course.awaited('announce').map(({ handle }) => handle)).to.deep.equal([
      first.handle,
      other.handle,
    ]);
    course.tell({ kind: 'client-left', connection: c1, handle: first.handle });
    expect(course.awaited('announce').map(({ handle }) => handle)).to.deep.equal([other.handle]);
    expect([bindingOf(course.run, 0).state, bindingOf(course.run, 1).state]).to.deep.equal(['left', 'live']);
    course.tell({ kind: 'client-left', connection: ids.connection('c9'), handle: other.handle });
    expect(bindingOf(course.run, 1).state).to.equal('live');
  });
});

describe('RETRY', () => {
  it('counts only builds that ended so: a third one that runs goes on (rule 5.3)', () => {
    const course = one();
    const again = (id: number) => aBuild({ id: ids.build(id), number: id, results: 5, tests: null });
    course.seen('linux', {
      claimed: true,
      builds: [again(1), again(2), underWay({ id: ids.build(3), number: 3 })],
    });
    expect(course.attempt('linux')).to.include({ state: 'running', outcome: null });
    course.ends('linux');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('that failed in a step which is no test step is no failure (rule 6)', () => {
    const course = one();
    const upload = aBuild({ results: 5, steps: [{ ...aBuild().steps![0]!, name: 'upload', results: 2 }] });
    course.seen('linux', { claimed: true, builds: [upload] });
    course.ends('linux');
    expect(course.word()).to.equal('SUCCESS');
  });
});
