// What failed in a decided run is measured once more when somebody asks for it (RUNS.md 9.8).

import { expect } from 'chai';
import { recheckable } from '../../../src/gate/recheck.ts';
import { isOpen } from '../../../src/gate/run.ts';
import { aFailure } from '../flakes/decide/a-case.ts';
import { failed, repeated, two } from './a-question.ts';
import { aReading, minute, second, started, type Course } from './a-run.ts';

/** Decided: linux failed with a failure that has no base to compare it with, windows passed. */
function decided(): Course {
  const course = started(two);
  course.reads = ({ role }) =>
    role === 'vote' ? aReading({ failures: [aFailure()] }) : repeated(aFailure(), 1);
  return course.ends('linux', failed).ends('windows');
}

const ask = (course: Course) => course.tell({ kind: 'recheck', bug: 'BUG-7' });

describe('a recheck', () => {
  it('measures what failed, by name, and leaves the verdict as it is (rule 9.8)', () => {
    const course = decided();
    const { verdict } = course.run;
    expect(recheckable(course.run)).to.deep.equal(['linux']);
    ask(course);
    const [call] = course.awaited('force');
    expect(call).to.include({ role: 'measure', ordinal: 2 });
    expect(call?.fields).to.include({ gate_tests: 'test_ssl', gate_repeat: '20', gate_role: 'measure' });
    expect(isOpen(course.run)).to.equal(true);
    course.forced();
    course.begins('linux');
    course.wait(minute, second);
    expect(course.awaited('cancel')).to.deep.equal([]);
    expect(course.awaited('stop')).to.deep.equal([]);
    course.ends('linux', failed);
    expect(course.attempt('linux').reading?.repeats).to.include({ ran: 20, failed: 1 });
    expect(course.run.verdict).to.deep.equal(verdict);
    expect(course.word()).to.equal('FAILURE');
  });

  it('names each failing file once, and builds the whole suite where a name may not be sent (rule 9.8)', () => {
    const testsOf = (...files: readonly (string | null)[]) => {
      const course = started(two);
      course.reads = () => aReading({ failures: files.map((file) => aFailure({ file })) });
      ask(course.ends('linux', failed).ends('windows'));
      return course.awaited('force')[0]?.fields['gate_tests'];
    };
    expect(testsOf('test_a', 'test_b', 'test_a')).to.equal('test_a test_b');
    for (const odd of ['test_x; rm -rf ~', 'test-x', ' test_x', null])
      expect(testsOf('test_a', odd), String(odd)).to.equal(undefined);
    expect(testsOf()).to.equal(undefined);
  });

  it('is for voting builders whose FAILURE stands, and for no other trouble (rule 9.8)', () => {
    const { run } = decided();
    const [failure] = run.verdict?.builders ?? [];
    if (failure === undefined || run.verdict === null) throw new Error('no verdict');
    const among = (over: Partial<typeof failure>) =>
      recheckable({ ...run, verdict: { ...run.verdict!, builders: [{ ...failure, ...over }] } });
    expect(among({})).to.deep.equal(['linux']);
    expect(among({ role: 'advisory' })).to.deep.equal([]);
    expect(among({ state: 'forgiven' })).to.deep.equal([]);
    expect(among({ result: 'INFRA_FAILURE' })).to.deep.equal([]);
    expect(recheckable({ ...run, phase: 'stopped' })).to.deep.equal([]);
  });

  it('is nothing while one goes on, before the verdict, and where nothing failed (rule 9.8)', () => {
    const course = decided();
    ask(course);
    expect(recheckable(course.run)).to.deep.equal([]);
    ask(course);
    expect(course.asked('force').filter(({ role }) => role === 'measure')).to.have.length(1);
    const open = started(two).ends('linux');
    ask(open);
    expect(open.asked('force')).to.have.length(1);
    expect(recheckable(open.ends('windows').run)).to.deep.equal([]);
  });

  it('that no worker takes is cancelled by its clock, and may be asked for again (rule 5)', () => {
    const course = decided();
    ask(course);
    course.forced();
    course.see({ present: new Set() }).wait(30 * minute);
    expect(course.awaited('cancel')).to.have.length(1);
    course.seen('linux', { complete: true, results: 6 });
    expect(course.attempt('linux').outcome?.kind).to.equal('infrastructure');
    expect(recheckable(course.run)).to.deep.equal(['linux']);
  });

  it('is kept in memory until it is read, and no longer than its three tries (rule 9.8)', () => {
    const course = decided();
    ask(course);
    course.reads = null;
    course.forced();
    course.ends('linux', failed);
    for (let tries = 1; tries <= 3; tries++) {
      expect(isOpen(course.run), `before try ${tries}`).to.equal(true);
      for (const { id } of course.awaited('read')) course.tell({ kind: 'effect-ended', effect: id });
    }
    expect(course.attempt('linux').reading?.doubt).to.contain('3 tries');
  });
});
