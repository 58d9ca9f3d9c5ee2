// Failures of votes are read, measured and ruled on before the verdict (RUNS.md 6.1 to 6.3, 7.1; FLAKES.md 6.3).

import { expect } from 'chai';
import { readMarker } from '../../../src/gate/marker.ts';
import { verdictOf } from '../../../src/gate/verdict.ts';
import { aFailure, base, red, seen } from '../flakes/decide/a-case.ts';
import { aFlake, answer, failed, inQuestion, repeated, scripted, two, yellow } from './a-question.ts';
import { aChange, aReading, hour, minute, second, started } from './a-run.ts';

describe('a failure of a vote', () => {
  it('is read before anything else, in the build that failed (rule 6.3)', () => {
    const course = started(two);
    course.reads = null;
    course.ends('linux', failed).ends('windows');
    const build = course.attempt('linux').builds[0]?.id;
    expect(course.awaited('read')).to.have.length(1);
    expect(course.awaited('read')[0]).to.include({ build, builder: 'linux', role: 'vote' });
    expect(course.word()).to.equal(null);
  });

  it('is not read where the build passed without a warning', () => {
    const course = started(two).ends('linux').ends('windows');
    expect(course.asked('read')).to.deep.equal([]);
    expect(course.word()).to.equal('SUCCESS');
  });

  it('stands when its builds cannot be read, after three tries', () => {
    const course = started(two);
    course.reads = null;
    course.ends('linux', failed).ends('windows');
    for (let tries = 1; tries <= 3; tries++) {
      expect(course.word(), `before try ${tries}`).to.equal(null);
      for (const { id } of course.awaited('read')) course.tell({ kind: 'effect-ended', effect: id });
    }
    expect(course.word()).to.equal('FAILURE');
    expect(course.run.verdict?.summary).to.contain('could not be read in 3 tries');
  });

  it('is measured on the same builder and commit, named and repeated twenty times (rule 1.3)', () => {
    const course = inQuestion({ vote: [aFlake()] });
    expect(course.attempt('linux')).to.include({ role: 'measure', ordinal: 2, counts: 'voting' });
    const [call] = course.awaited('force');
    expect(call).to.deep.include({ builders: ['linux'], role: 'measure', ordinal: 2 });
    const { branch, revision, gate_role, gate_tests, gate_repeat, gate_attempt } = call?.fields ?? {};
    expect([branch, revision]).to.deep.equal([aChange.forceBranch, aChange.revision]);
    expect([gate_role, gate_tests, gate_repeat, gate_attempt]).to.deep.equal([
      'measure',
      'test_ssl',
      '20',
      '2',
    ]);
    expect(readMarker(call?.marker ?? '')).to.include({ role: 'measure', ordinal: 2 });
  });

  it('is measured while other builders still build', () => {
    const course = inQuestion({ vote: [aFlake()] });
    expect(course.attempt('windows').state).to.equal('queued');
    expect(course.awaited('force')).to.have.length(1);
  });

  it('of a known flake that comes again once in twenty is forgiven, named and counted (rule 7.1)', () => {
    const course = inQuestion({ vote: [aFlake()], measure: repeated(aFlake(), 1) });
    answer(course, 1).ends('windows');
    expect(course.word()).to.equal('SUCCESS');
    expect(course.run.verdict?.summary).to.equal(
      '1 of 2 voting builders passed; 1 forgiven: FLK-12 on linux, 1 of 20',
    );
    const [linux] = course.run.verdict?.builders ?? [];
    expect(linux).to.include({ state: 'forgiven', result: null });
  });

  it('of a known flake that comes again each time stands, and the verdict names it (rule 7.1)', () => {
    const course = inQuestion({
      vote: [aFlake({ class: 'known-flake' })],
      measure: repeated(aFlake(), 6, 6),
    });
    answer(course, 6).ends('windows');
    expect(course.word()).to.equal('FAILURE');
    expect(course.run.verdict?.reason).to.equal('known-flake: test_ssl.Tests.test_connect on linux');
    expect(course.run.verdict?.summary).to.match(/^known-flake: .* on linux \(.*6 of 6 repeats failed again/);
  });

  it('is forgiven where every test of the builder was measured with it, and not where another one showed up', () => {
    const other = aFailure({ excuseKey: 'other' });
    const measure = aReading({
      repeats: { ran: 20, failed: 2, byKey: { [aFlake().excuseKey ?? '']: 1, other: 1 } },
    });
    const course = inQuestion({ vote: [aFlake()], measure });
    answer(course, 2).ends('windows');
    expect(other.excuseKey).to.equal('other');
    expect(course.word()).to.equal('FAILURE');
  });

  it('is not repeated by a name that a shell would take apart: the whole suite is built instead', () => {
    const course = inQuestion({ vote: [aFlake({ file: 'test_ssl; id' })] });
    const fields = course.awaited('force')[0]?.fields ?? {};
    expect(fields).to.not.have.any.keys('gate_tests', 'gate_repeat');
    expect(fields['gate_role']).to.equal('measure');
  });

  it('that was new is compared with the base of the same builder, and stands where that is clean', () => {
    const failure = aFailure();
    const script = { vote: [failure], measure: repeated(failure, 2), control: repeated(failure, 0) };
    const course = answer(inQuestion(script), 2);
    course.wait(second);
    const [call] = course.awaited('force');
    expect(call).to.include({ role: 'control', ordinal: 3 });
    expect(call?.fields).to.include({
      ...base,
      gate_role: 'control',
      gate_tests: 'test_ssl',
      gate_repeat: '20',
    });
    expect(call?.fields['repository']).to.equal(aChange.repository);
    course.forced();
    course.ends('linux', { revision: base.revision }).ends('windows');
    expect(course.word()).to.equal('FAILURE');
    expect(course.run.verdict?.reason).to.equal('new: test_ssl.Tests.test_connect on linux');
  });

  it('that the base shows as well withdraws the vote where the coverage holds without it (rule 6.2)', () => {
    const failure = aFailure();
    const script = { vote: [failure], measure: repeated(failure, 5), control: repeated(failure, 6, 6) };
    const wish = { coverage: { windows: 1 } };
    const course = answer(inQuestion(script, wish), 5);
    course.wait(second);
    course.forced();
    course.ends('linux', { ...failed, revision: base.revision }).ends('windows');
    expect(course.word()).to.equal('SUCCESS');
    expect(course.run.verdict?.summary).to.contain('withdrawn: linux (test_ssl.Tests.test_connect on linux');
  });

  it('proves nothing by a control that built another commit than the base (rule 1.3)', () => {
    const failure = aFailure();
    const script = { vote: [failure], measure: repeated(failure, 5), control: repeated(failure, 6, 6) };
    const course = answer(inQuestion(script, { coverage: { windows: 1 } }), 5);
    course.wait(second);
    course.forced();
    // The change's own commit: the control must not have built that.
    course.ends('linux', failed).ends('windows');
    expect(course.attempt('linux').outcome?.kind).to.equal('infrastructure');
    expect(course.word()).to.equal('FAILURE');
  });

  it('that was red in the last two base builds withdraws the vote without a build, or is NO_COVERAGE (rule 6.2)', () => {
    const vote = [aFailure({ evidence: red, class: 'already-red' })];
    const withdrawn = inQuestion({ vote }, { coverage: { windows: 1 } }).ends('windows');
    expect(withdrawn.word()).to.equal('SUCCESS');
    expect(withdrawn.asked('force')).to.have.length(1);
    const needed = inQuestion({ vote }).ends('windows');
    expect(needed.word()).to.equal('NO_COVERAGE');
  });

  it('that was red before is NO_COVERAGE as well where the coverage is lost only later (rule 6.2)', () => {
    const vote = [aFailure({ evidence: red, class: 'already-red' })];
    const course = inQuestion({ vote }, { coverage: { windows: 1 }, policy: { retries: 0 } });
    course.ends('windows', { results: 4, tests: null });
    expect(course.word()).to.equal('INFRA_FAILURE');
    const both = inQuestion({ vote }, { coverage: { windows: 1 } });
    both.see({ present: new Set() }).wait(30 * minute);
    both.seen('windows', { complete: true, results: 6 });
    both.audited();
    expect(both.audited().word()).to.equal('NO_COVERAGE');
  });

  it('that was to be withdrawn is NO_COVERAGE where nobody else fills its platform (rule 6.2)', () => {
    const vote = [aFailure({ evidence: red, class: 'already-red' })];
    const { run } = inQuestion({ vote }, { coverage: { windows: 1 } }).ends('windows');
    const needed = run.plan === null ? null : { ...run.plan, coverage: { linux: 1, windows: 1 } };
    const verdict = verdictOf({ ...run, plan: needed }, 0);
    expect(verdict.word).to.equal('NO_COVERAGE');
    expect(verdict.builders[0]).to.include({ state: 'failed', result: 'NO_COVERAGE' });
  });

  it('that Buildbot itself calls infrastructure is built again within the retries (rule 6.1)', () => {
    const course = inQuestion({ vote: [aFailure({ class: 'infrastructure' })] });
    expect(course.attempt('linux', 1).outcome?.kind).to.equal('infrastructure');
    course.wait(10 * second, second);
    expect(course.attempt('linux')).to.include({ role: 'vote', ordinal: 2 });
    course.forced();
    course.ends('linux').ends('windows');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('that only a re-run inside the build cleared is decided like any other (rule 6.3)', () => {
    const course = scripted(started(two), {
      vote: [aFailure({ cleared: true, evidence: seen, class: 'seen-on-base' })],
      measure: repeated(aFailure(), 0),
    });
    course.ends('linux', yellow).ends('windows');
    expect(course.word()).to.equal(null);
    course.wait(second);
    answer(course, 0);
    expect(course.word()).to.equal('SUCCESS');
    expect(course.run.verdict?.summary).to.contain('1 forgiven: test_ssl.Tests.test_connect on linux');
  });

  it('that a re-run cleared and that stands makes a FAILURE of a build that passed (rule 6.3)', () => {
    const failure = aFailure({ cleared: true });
    const script = { vote: [failure], measure: repeated(failure, 6, 6), control: repeated(failure, 0) };
    const course = scripted(started(two), script);
    course.ends('linux', yellow).ends('windows');
    course.wait(second);
    answer(course, 6);
    course.wait(second);
    course.forced();
    course.ends('linux', { revision: base.revision });
    expect(course.word()).to.equal('FAILURE');
    expect(course.run.verdict?.builders[0]).to.include({ state: 'failed', result: 'FAILURE' });
  });

  it('is none where a build passed with warnings that are no failures (rule 6.3)', () => {
    const course = scripted(started(two), { vote: [aFailure({ kind: 'env-changed' })] });
    course.ends('linux', yellow).ends('windows');
    expect(course.word()).to.equal('SUCCESS');
  });

  it('may hide in the log of a build that passed with warnings and cannot be read to its end (rule 6.3)', () => {
    const course = started(two);
    course.reads = () => aReading({ failures: [], doubt: 'step test: its log is gone' });
    course.ends('linux', yellow).ends('windows');
    expect(course.word()).to.equal('FAILURE');
    expect(course.run.verdict?.summary).to.contain('its log is gone');
  });

  it('of which two builds of one request failed is not excused, for only one was read', () => {
    const course = scripted(started(two), { vote: [aFlake()], measure: repeated(aFlake(), 0) });
    course.ends('linux', { results: 5, tests: 2 });
    course.ends('linux', failed).ends('windows');
    expect(course.word()).to.equal('FAILURE');
    expect(course.run.verdict?.summary).to.contain('2 builds of this request failed');
  });

  it('is forgotten by nobody when the run is out of time before it was measured (rule 5.1)', () => {
    const course = inQuestion({ vote: [aFlake()] });
    course.wait(8 * hour, hour);
    expect(course.word()).to.equal('FAILURE');
  });

  it('that a re-run cleared is no pass either when the run is out of time before it was measured (rules 5.1, 6.3)', () => {
    const course = scripted(started(two), { vote: [aFailure({ cleared: true })] });
    course.ends('linux', yellow).ends('windows');
    course.wait(8 * hour, hour);
    expect(course.word()).to.equal('TIMED_OUT');
    expect(course.run.verdict?.builders[0]?.why).to.contain('before what failed in its build was measured');
  });
});
