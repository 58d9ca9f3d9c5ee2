import { expect } from 'chai';
import type { ReadFailure } from '../../../../src/flakes/reading.ts';
import {
  aFailure,
  aFlake,
  aReading,
  ended,
  flake,
  known,
  red,
  repeats,
  ruled,
  seen,
  vote,
  flaky,
  novel,
  old,
  stray,
  measured,
  controlled,
} from './a-case.ts';
import { table } from './table.ts';

describe('a known flake', () => {
  table([
    ['is repeated before anything is forgiven', [vote([flaky])], 'measure', /looks like FLK-12/],
    ['is forgiven when no repeat fails', [vote([flaky]), measured(flaky, 0)], 'forgive', /0 of 20/],
    ['is forgiven when five of twenty fail again', [vote([flaky]), measured(flaky, 5)], 'forgive', /5 of 20/],
    ['stands when six of twenty fail again', [vote([flaky]), measured(flaky, 6)], 'fail', /more than 5/],
    [
      'stands when the repeats were stopped at the sixth',
      [vote([flaky]), measured(flaky, 6, 6)],
      'fail',
      /6 of 6/,
    ],
    [
      'stands when another failure shows in the repeats',
      [
        vote([flaky]),
        repeats('measure', 20, [
          [flaky, 1],
          [stray, 1],
        ]),
      ],
      'fail',
      /another failure/,
    ],
    [
      'stands when the time budget ended the repeats',
      [vote([flaky]), measured(flaky, 0, 19)],
      'fail',
      /stopped after 19 of 20/,
    ],
    ['waits for what is being measured', [vote([flaky]), ended('measure', 'open')], 'measure', /repeated/],
  ]);

  it('is named with its count in the summary', () => {
    const ruling = ruled([vote([flaky]), measured(flaky, 1)]);
    expect(ruling).to.include({ action: 'forgive', summary: 'FLK-12 on AMD64 Debian 3.x, 1 of 20' });
  });

  it('is repeated twenty times in one build, its file alone', () => {
    const ruling = ruled([vote([flaky, aFlake({ testId: 'test_ssl.B.b', excuseKey: 'f00d:test_ssl.B.b' })])]);
    expect(ruling).to.deep.include({ tests: ['test_ssl'], repeat: 20, builds: 1 });
  });

  it('is not measured a second time while the first is under way', () => {
    expect(ruled([vote([flaky]), ended('measure', 'open')])).to.deep.include({
      tests: ['test_ssl'],
      builds: 0,
    });
  });

  const spoiled = (over: object) => aFlake({ evidence: { ...known, ...over } });
  const named = (over: object) => aFlake({ signature: { ...flake, ...over } });
  const asNew = (failure: ReadFailure) => [vote([failure]), measured(failure, 0)];
  table([
    [
      'needs a control while its signature is suspended',
      asNew(spoiled({ suspended: '5 hits today' })),
      'control',
      /suspended: 5 hits today/,
    ],
    [
      'needs a control above its max_rate',
      asNew(spoiled({ failures: 6, runs: 100 })),
      'control',
      /6 of 100.*max_rate of 0.05/,
    ],
    [
      'needs a control on a builder on which everything fails more often than its max_rate',
      asNew(spoiled({ failures: 0, runs: 5, prior: { alpha: 10, beta: 90 } })),
      'control',
      /more than its max_rate of 0.05/,
    ],
    [
      'needs a control after six failures in nine runs, though nothing else ever fails there',
      asNew(spoiled({ failures: 6, runs: 9, prior: { alpha: 1, beta: 3000 } })),
      'control',
      /6 of 9/,
    ],
    [
      'is forgiven after one failure in five runs, which are too few to tell its rate',
      asNew(spoiled({ failures: 1, runs: 5 })),
      'forgive',
      /0 of 20/,
    ],
    [
      'needs a control after two failures in twenty runs, which are enough',
      asNew(spoiled({ failures: 2, runs: 20 })),
      'control',
      /2 of 20/,
    ],
    [
      'is measured though there is no base for a control that it does not need',
      [vote([flaky], { base: null })],
      'measure',
      /FLK-12/,
    ],
    [
      'is forgiven where the repeats name another failure that never showed',
      [
        vote([flaky]),
        repeats('measure', 20, [
          [flaky, 1],
          [stray, 0],
        ]),
      ],
      'forgive',
      /FLK-12 and failed again in 1 of 20/,
    ],
    ['is forgiven at its max_rate', asNew(spoiled({ failures: 5, runs: 100 })), 'forgive', /0 of 20/],
    [
      'needs a control where its file excuses nothing',
      asNew(named({ allowed: false })),
      'control',
      /not allowed/,
    ],
    [
      'needs a control in state monitor',
      asNew(named({ state: 'monitor' })),
      'control',
      /not been seen before/,
    ],
    [
      'needs a control in state expired',
      asNew(named({ state: 'expired' })),
      'control',
      /not been seen before/,
    ],
    [
      'needs a control when it is resolved and the commit has no fix',
      asNew(named({ state: 'resolved' })),
      'control',
      /not been seen/,
    ],
    [
      'is a regression when it is resolved and the commit contains the fix',
      [vote([named({ state: 'resolved', containsFix: true })])],
      'fail',
      /regression/,
    ],
    [
      'is a regression then even where the base is red',
      [vote([aFlake({ signature: { ...flake, state: 'resolved', containsFix: true }, evidence: red })])],
      'fail',
      /regression/,
    ],
  ]);
});

describe('a failure that was seen on the base', () => {
  table([
    ['is repeated on the change', [vote([old])], 'measure', /seen on the base/],
    ['is forgiven when twenty of twenty are clean', [vote([old]), measured(old, 0)], 'forgive', /0 of 20/],
    ['stands when one of twenty fails', [vote([old]), measured(old, 1)], 'fail', /20 of 20 clean/],
    ['stands when six of twenty fail', [vote([old]), measured(old, 6)], 'fail', /20 of 20 clean/],
    [
      'stands when the other failure of the build fails again',
      [
        vote([old, aFlake({ file: 'test_ftp' })]),
        repeats('measure', 20, [[aFlake({ file: 'test_ftp' }), 1]]),
      ],
      'fail',
      /20 of 20 clean/,
    ],
    [
      'is not better for one red base build',
      [vote([aFailure({ evidence: { ...known, redBase: 1 } })])],
      'measure',
      /not been seen/,
    ],
    [
      'is not forgiven while its rate jumps',
      [vote([aFailure({ evidence: { ...seen, suspended: '9 hits today' } })]), measured(old, 0)],
      'control',
      /9 hits today/,
    ],
  ]);
});

describe('a first sighting', () => {
  const after = (change: number, onBase: number) => [
    vote([novel]),
    measured(novel, change),
    controlled(novel, onBase),
  ];
  table([
    ['is repeated on the change', [vote([novel])], 'measure', /not been seen before/],
    [
      'is repeated on the base whatever the change showed',
      [vote([novel]), measured(novel, 6, 6)],
      'control',
      /on the base/,
    ],
    [
      'waits for the control',
      [vote([novel]), measured(novel, 0), ended('control', 'open')],
      'control',
      /on the base/,
    ],
    ['is withdrawn when the base fails three of twenty', after(0, 3), 'withdraw', /fails on the base/],
    ['stands when the base fails two of twenty', after(0, 2), 'fail', /base does not fail/],
    ['is withdrawn when the change fails three more than its base', after(6, 3), 'withdraw', /on the base/],
    [
      'stands when the change was stopped at six of six and its base failed three of twenty',
      [vote([novel]), measured(novel, 6, 6), controlled(novel, 3)],
      'fail',
      /makes it worse: the change fails 6 of 6, its base 3 of 20/,
    ],
    [
      'is withdrawn when both were stopped at six of six',
      [vote([novel]), measured(novel, 6, 6), controlled(novel, 6, 6)],
      'withdraw',
      /on the base/,
    ],
    [
      'stands when the change always failed and its base was stopped at six of seven',
      [vote([novel]), measured(novel, 6, 6), controlled(novel, 6, 7)],
      'fail',
      /makes it worse: the change fails 6 of 6, its base 6 of 7/,
    ],
    [
      'is withdrawn when both were stopped at six of nine',
      [vote([novel]), measured(novel, 6, 9), controlled(novel, 6, 9)],
      'withdraw',
      /on the base/,
    ],
    [
      'is withdrawn when the change was stopped at six of nine and its base failed ten of twenty',
      [vote([novel]), measured(novel, 6, 9), controlled(novel, 10)],
      'withdraw',
      /on the base/,
    ],
    [
      'stands when its repeats are compared with a whole build of the base',
      [vote([novel]), measured(novel, 0), ended('control', 'failed', aReading([novel]))],
      'fail',
      /did not repeat/,
    ],
    [
      'stands when the base fails otherwise',
      [vote([novel]), measured(novel, 0), controlled(stray, 6, 6)],
      'fail',
      /0 of 6/,
    ],
    ['stands where there is no base', [vote([novel], { base: null })], 'fail', /no base/],
    [
      'stands where the coverage needs the vote',
      after(0, 5),
      'fail',
      /coverage needs/,
      { coverageWithout: false },
    ],
  ]);

  it('gives NO_COVERAGE where only the coverage stands against it, and names the failure (rule 6.2)', () => {
    const ruling = ruled(after(0, 5), { coverageWithout: false });
    expect(ruling).to.include({ result: 'NO_COVERAGE', failure: novel });
  });
});

describe('a failure that the change may have touched', () => {
  const touched = aFlake({ touched: true, evidence: seen });
  table([
    ['is repeated', [vote([touched])], 'measure', /may have touched/],
    [
      'needs a control though its signature is active',
      [vote([touched]), measured(touched, 0)],
      'control',
      /may have touched/,
    ],
    [
      'stands when its base is clean',
      [vote([touched]), measured(touched, 0), controlled(touched, 0)],
      'fail',
      /base does not/,
    ],
    [
      'stands when more than five of twenty fail again though its base would do',
      [vote([touched]), measured(touched, 6), controlled(touched, 6)],
      'fail',
      /more than 5/,
    ],
    [
      'is withdrawn when its base fails too',
      [vote([touched]), measured(touched, 1), controlled(touched, 3)],
      'withdraw',
      /base/,
    ],
  ]);
});

describe('a failure of a builder that was red already', () => {
  const before = aFailure({ evidence: red, touched: true });
  table([
    ['is withdrawn without a measurement', [vote([before])], 'withdraw', /last two base builds/],
    [
      'is withdrawn where it does not compile',
      [vote([aFailure({ evidence: red, kind: 'compile' })])],
      'withdraw',
      /last two/,
    ],
    [
      'stands where the coverage needs the vote',
      [vote([before])],
      'fail',
      /coverage needs/,
      { coverageWithout: false },
    ],
    ['hides no second failure', [vote([before, aFailure({ file: 'test_ftp' })])], 'measure', /test_ftp/],
    [
      'is withdrawn together with a forgiven one',
      [
        vote([before, aFlake({ file: 'test_ftp' })]),
        repeats('measure', 20, [[aFlake({ file: 'test_ftp' }), 1]]),
      ],
      'withdraw',
      /FLK-12.*1 of 20|last two/,
    ],
  ]);

  it('is not repeated with the others', () => {
    expect(ruled([vote([before, aFailure({ file: 'test_ftp' })])])).to.deep.include({ tests: ['test_ftp'] });
  });
});

describe('what is never forgiven', () => {
  const leak = (message: string) => aFlake({ kind: 'refleak', message });
  table([
    ['is what does not compile', [vote([aFlake({ kind: 'compile' })])], 'fail', /compile/],
    ['is a steady leak', [vote([leak('test_x leaked [1, 1, 1] references, sum=3')])], 'fail', /steady/],
    ['is a leak that shows no list', [vote([leak('leaks')])], 'fail', /steady/],
    [
      'is a failure that cannot be compared',
      [vote([aFlake({ excuseKey: null })])],
      'fail',
      /cannot be compared/,
    ],
    [
      'is not a leak that comes and goes',
      [vote([leak('test_x leaked [0, 2, 0] references')])],
      'measure',
      /FLK-12/,
    ],
  ]);
});
