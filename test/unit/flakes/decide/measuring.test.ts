import { expect } from 'chai';
import type { CaseAttempt } from '../../../../src/flakes/decide/case.ts';
import type { ReadFailure } from '../../../../src/flakes/reading.ts';
import {
  aFailure,
  aFlake,
  aReading,
  ended,
  flake,
  red,
  ruled,
  vote,
  whole,
  flaky,
  novel,
  old,
  measured,
  controlled,
} from './a-case.ts';
import { table } from './table.ts';

describe('a failure that a re-run inside the build cleared', () => {
  const passed = (failure: ReadFailure): CaseAttempt => ({ ...vote([failure]), outcome: 'passed' });
  table([
    ['is measured like any other', [passed(aFlake({ cleared: true }))], 'measure', /FLK-12/],
    [
      'is forgiven like any other',
      [passed(aFlake({ cleared: true })), measured(flaky, 1)],
      'forgive',
      /1 of 20/,
    ],
    [
      'stands like any other',
      [passed(aFailure({ cleared: true })), measured(novel, 0), controlled(novel, 0)],
      'fail',
      /base/,
    ],
    [
      'is no clean run of the five',
      [vote([flaky]), ended('measure', 'passed', aReading([aFlake({ cleared: true })]))],
      'fail',
      /not clean/,
    ],
  ]);
});

describe('a builder that cannot repeat tests', () => {
  const clean = (count: number) => Array.from({ length: count }, () => whole('measure'));
  const cannot = { canRepeat: false };
  table([
    ['runs the whole suite', [vote([flaky])], 'measure', /FLK-12/, cannot],
    [
      'runs it again until five are clean',
      [vote([flaky]), ...clean(4)],
      'measure',
      /cannot be repeated/,
      cannot,
    ],
    [
      'is known by a first measure that calls itself one repeat',
      [vote([flaky]), measured(flaky, 0, 1)],
      'measure',
      /cannot be repeated/,
    ],
    ['stands at one repeat that failed', [vote([flaky]), measured(flaky, 1, 1)], 'fail', /1 of 5/],
    [
      'is forgiven when five passed of which there was nothing to read',
      [vote([flaky]), ...Array.from({ length: 5 }, () => ended('measure', 'passed'))],
      'forgive',
      /0 of 5/,
    ],
    [
      'is forgiven what was seen on the base when five are clean',
      [vote([old]), ...clean(5)],
      'forgive',
      /0 of 5/,
      cannot,
    ],
    [
      'stands when the control on its base proves nothing',
      [vote([novel]), ...clean(5), ended('control', 'aborted')],
      'fail',
      /aborted/,
      cannot,
    ],
    [
      'stands when the control repeated what the change could not',
      [vote([novel]), ...clean(5), controlled(novel, 3)],
      'fail',
      /otherwise/,
      cannot,
    ],
    [
      'is controlled further while the base may still fail three',
      [vote([novel]), ...clean(5), whole('control'), whole('control')],
      'control',
      /cannot be repeated/,
      cannot,
    ],
    [
      'is controlled further after two red ones of three',
      [vote([novel]), ...clean(5), whole('control', [novel]), whole('control'), whole('control', [novel])],
      'control',
      /cannot be repeated/,
      cannot,
    ],
    ['is known by its first measure', [vote([flaky]), ...clean(1)], 'measure', /cannot be repeated/],
    ['is forgiven when five are clean', [vote([flaky]), ...clean(5)], 'forgive', /0 of 5/, cannot],
    [
      'stands at the first that is not',
      [vote([flaky]), ...clean(3), whole('measure', [flaky])],
      'fail',
      /4 of 5/,
      cannot,
    ],
    [
      'stands where five do not fit',
      [vote([flaky])],
      'fail',
      /do not fit/,
      { ...cannot, wholeBuildsFit: false },
    ],
    [
      'stands where five do not fit once that is known',
      [vote([flaky]), ...clean(1)],
      'fail',
      /do not fit/,
      { wholeBuildsFit: false },
    ],
    [
      'goes on when time runs low on the way',
      [vote([flaky]), ...clean(2)],
      'measure',
      /FLK-12|cannot/,
      { wholeBuildsFit: false },
    ],
    [
      'is controlled by whole builds as well',
      [vote([novel]), ...clean(5)],
      'control',
      /not been seen/,
      cannot,
    ],
    [
      'stands once the base cannot fail three any more',
      [vote([novel]), ...clean(5), whole('control'), whole('control'), whole('control')],
      'fail',
      /base does not/,
      cannot,
    ],
    [
      'is withdrawn when the base fails three whole builds',
      [
        vote([novel]),
        ...clean(5),
        whole('control', [novel]),
        whole('control', [novel]),
        whole('control', [novel]),
      ],
      'withdraw',
      /base/,
      cannot,
    ],
  ]);

  it('is asked for one whole build at a time', () => {
    expect(ruled([vote([flaky])], cannot)).to.deep.include({ tests: null, repeat: 1, builds: 1 });
  });
});

describe('the names of tests that are sent back', () => {
  for (const file of ['test_x; rm -rf ~', 'test_$(id)', 'test x', 'test-x', '', null]) {
    it(`measure the whole suite where one is ${JSON.stringify(file)} (FLAKES.md 6.3b rule 5)`, () => {
      const odd = aFlake({ file, excuseKey: 'f00d:odd' });
      expect(ruled([vote([odd, aFlake()])])).to.deep.include({ action: 'measure', tests: null });
    });
  }
});

describe('a measurement that proves nothing', () => {
  const ways = {
    infrastructure: /infrastructure/,
    'timed-out': /timed out/,
    aborted: /aborted/,
    unheard: /never/,
    'config-error': /configured/,
  };
  for (const role of ['measure', 'control'] as const) {
    for (const outcome of ['infrastructure', 'timed-out', 'aborted', 'unheard', 'config-error'] as const) {
      it(`lets the failure stand: a ${role} that ended ${outcome} (rule 1.3)`, () => {
        const before = role === 'measure' ? [vote([novel])] : [vote([novel]), measured(novel, 0)];
        const ruling = ruled([...before, ended(role, outcome)]);
        expect(ruling.action).to.equal('fail');
        expect(ruling.why).to.match(ways[outcome]);
      });
    }
  }

  const reading = (over: object) => [vote([flaky]), ended('measure', 'failed', aReading([], over))];
  table([
    ['is one in doubt', reading({ doubt: 'the log is cut' }), 'fail', /log is cut/],
    ['is one with more failures than are kept', reading({ more: 1 }), 'fail', /more failures/],
    [
      'is one that failed though no repeat did',
      reading({ repeats: { ran: 20, failed: 0, byKey: {} } }),
      'fail',
      /none of its repeats/,
    ],
    [
      'is one whose failing repeats show nothing',
      reading({ repeats: { ran: 20, failed: 1, byKey: {} } }),
      'fail',
      /no failure was found/,
    ],
    [
      'is one that counts more failures than repeats',
      reading({ repeats: { ran: 20, failed: 1, byKey: { a: 2 } } }),
      'fail',
      /counts more/,
    ],
    [
      'is one that failed more often than it ran',
      reading({ repeats: { ran: 2, failed: 3, byKey: { a: 3 } } }),
      'fail',
      /counts more/,
    ],
    [
      'is one of whose failing repeats some show nothing',
      reading({ repeats: { ran: 20, failed: 3, byKey: { a: 1, b: 1 } } }),
      'fail',
      / 1 failing repeat/,
    ],
    ['is one that failed unread', [vote([flaky]), ended('measure', 'failed')], 'fail', /could not be read/],
    ['is one that failed without a failure', reading({}), 'fail', /without a failure/],
  ]);
});

describe('who may say what (FLAKES.md 6.3b)', () => {
  const infra = aFailure({ class: 'infrastructure', kind: 'oom' });
  table([
    [
      'a build in doubt is not excused, whatever its failures are',
      [vote([aFailure({ evidence: red })], { doubt: 'the summary is cut' })],
      'fail',
      /summary is cut/,
    ],
    [
      'a build with more failures than are kept is not excused',
      [vote([flaky], { more: 3 })],
      'fail',
      /3 failures more/,
    ],
    ['a red build without a failure is not excused', [vote([])], 'fail', /no failure was found/],
    ['an unread build is not excused', [{ ...vote([]), reading: null }], 'fail', /not read/],
    [
      'what Buildbot itself calls infrastructure says nothing of the change',
      [vote([infra])],
      'infra',
      /Buildbot/,
    ],
    [
      'words that look like infrastructure buy nothing',
      [vote([aFailure({ kind: 'disk-full' })])],
      'measure',
      /not been seen/,
    ],
    [
      'infrastructure does not hide a failure',
      [vote([infra, novel]), measured(novel, 0), controlled(novel, 0)],
      'fail',
      /base/,
    ],
    [
      'infrastructure is built again when the rest is excused',
      [vote([infra, flaky]), measured(flaky, 0)],
      'infra',
      /Buildbot/,
    ],
    [
      'a build that Buildbot broke off is built again',
      [{ ...vote([]), outcome: 'infrastructure', reading: null }],
      'infra',
      /Buildbot/,
    ],
    [
      'a build that timed out is not forgiven',
      [{ ...vote([flaky]), outcome: 'timed-out' }],
      'fail',
      /timed-out/,
    ],
    ['a build that is still open is not judged', [{ ...vote([flaky]), outcome: 'open' }], 'fail', /no vote/],
  ]);

  it('lets two seeded flakes not pass a third failure', () => {
    const second = aFlake({ file: 'test_ftp', signature: { ...flake, id: 'FLK-13' } });
    const third = aFailure({ file: 'test_math' });
    const votes = [vote([flaky, second, third])];
    expect(ruled([...votes, measured(flaky, 1)])).to.deep.include({
      action: 'control',
      tests: ['test_math'],
    });
    const ruling = ruled([...votes, measured(flaky, 1), controlled(flaky, 1)]);
    expect(ruling.why).to.match(/^test_math.*the base does not fail so/);
    expect(ruling.action).to.equal('fail');
  });

  it('lets a measure count only for the vote before it', () => {
    expect(ruled([vote([flaky]), measured(flaky, 0), vote([flaky])]).action).to.equal('measure');
  });

  it('lets no other builder vouch', () => {
    const elsewhere = { ...measured(flaky, 0), builder: 'builder 1' };
    expect(ruled([vote([flaky]), elsewhere]).action).to.equal('measure');
  });
});

describe('a budget for measuring builds', () => {
  const whose = { job: /run/, builder: /builder/, owner: /owner/, day: /day/ };
  for (const of of ['job', 'builder', 'owner', 'day'] as const) {
    it(`of the ${of} lets the failure stand once it is spent, and not before`, () => {
      const budget = { of, limit: 10, spent: 9 };
      expect(ruled([vote([flaky])], { budgets: [budget] }).action).to.equal('measure');
      const over = ruled([vote([flaky])], { budgets: [{ ...budget, spent: 10 }] });
      expect(over.why)
        .to.match(/10 measuring builds/)
        .and.match(whose[of]);
      expect(over.action).to.equal('fail');
    });
  }

  it('lets the failure stand where the control cannot be paid for', () => {
    const budgets = [{ of: 'day', limit: 10, spent: 10 }] as const;
    const ruling = ruled([vote([novel]), measured(novel, 0)], { budgets });
    expect(ruling).to.include({ action: 'fail', failure: novel });
    expect(ruling.why).to.match(/10 measuring builds/);
  });

  it('does not undo what was measured', () => {
    const budgets = [{ of: 'job', limit: 1, spent: 1 }] as const;
    expect(ruled([vote([flaky]), measured(flaky, 0)], { budgets }).action).to.equal('forgive');
    expect(ruled([vote([flaky]), ended('measure', 'open')], { budgets }).action).to.equal('measure');
  });
});
