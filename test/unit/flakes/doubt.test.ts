// Whether what was found is all that the runner speaks of: excuses rest on it, so every lie in a log must make doubt.

import { expect } from 'chai';
import { doubtOf } from '../../../src/flakes/doubt.ts';
import { block, ended, exit, output, read, start, summary } from './printed-run.ts';

const honest = output(`${start}${block('test_x')}${ended(1)}${summary}`) + exit;

describe('the doubt of a reading', () => {
  it('is none where blocks, counts, lists and the end agree', () => {
    expect(doubtOf(read(honest))).to.equal(null);
  });

  it('is none where failures that were expected are counted as well, and passes that were not', () => {
    const surprise = `
======================================================================
UNEXPECTED SUCCESS: test_y (test.test_a.T.test_y)
`;
    const counts = 'FAILED (failures=1, expected failures=2, unexpected successes=1)';
    const log = `${start}${block('test_x')}${surprise}${ended(1).replace(/FAILED .*/, counts)}test_a failed (1 failure)\n${summary}`;

    expect(doubtOf(read(output(log) + exit))).to.equal(null);
  });

  it('is none where a package that carries its tests is listed by the file that runs it', () => {
    const carried = block('test_x')
      .replaceAll('test.test_a.T', 'ctypes.test.test_a.T')
      .replace('Lib/test/', 'Lib/ctypes/test/');
    const log = `${start}${carried}${ended(1)}${summary}`.replaceAll(
      /(?<!test\.|\/)test_a\b/g,
      'test_ctypes',
    );

    expect(read(output(log) + exit).failures[0]).to.include({
      testId: 'ctypes.test.test_a.T.test_x',
      file: 'test_ctypes',
    });
    expect(doubtOf(read(output(log) + exit))).to.equal(null);
  });

  const doubtful: readonly (readonly [string, string, RegExp])[] = [
    [
      'a failure that the runner counts was cut out',
      output(`${start}${block('test_x')}${ended(2)}${summary}`) + exit,
      /counts 2 failures in test_a, and 1 are told/,
    ],
    [
      'a block was forged to stand for another failure',
      output(`${start}${block('test_known')}${block('test_x')}${ended(1)}${summary}`) + exit,
      /counts 1 failures in test_a, and 2 are told/,
    ],
    ['the summary is cut off', output(`${start}${block('test_x')}${ended(1)}`) + exit, /summary is missing/],
    [
      'a test printed a summary of its own and the run went on',
      output(`${start}${block('test_x')}${ended(1)}${summary}0:00:01 load avg: 1.00 [2/3/1] test_b\n`) + exit,
      /summary is missing or not complete/,
    ],
    [
      'names of a list were lost',
      honest.replace('o1 test failed:', 'o2 tests failed:'),
      /list 'failed' should have 2 names and has 1/,
    ],
    [
      'the runner says only that a file failed in several ways',
      output(`${start}test test_a failed -- multiple errors occurred; run in verbose mode\n${summary}`) +
        exit,
      /several ways/,
    ],
    [
      'the end of the step is missing',
      output(`${start}${block('test_x')}${ended(1)}${summary}`),
      /end of the step/,
    ],
    [
      'the end of the step is forged by a test',
      output(`${start}${block('test_x')}${ended(1)}${summary}${exit}`),
      /end of the step/,
    ],
    [
      'a failure stands in a file that the runner does not list',
      output(`${start}${block('test_x', 'test_z')}${ended(1)}${summary}`) + exit,
      /test_z failed, and the runner does not list it/,
    ],
    ['nothing was found', exit.replace('2', '0'), /no failure was found/],
  ];
  for (const [title, log, why] of doubtful) {
    it(`is said where ${title}`, () => {
      expect(doubtOf(read(log))).to.match(why);
    });
  }

  it('is said of pytest where its summary counts more than it names', () => {
    const told = (failed: number): string =>
      output(
        `=== test session starts ===\nFAILED tests/test_a.py::test_x - AssertionError: assert 1 == 2\n=== ${failed} failed, 3 passed in 0.12s ===`,
      ) + exit;
    expect(doubtOf(read(told(1)))).to.equal(null);
    expect(doubtOf(read(told(2)))).to.match(/counts 2 failures in the run, and 1 are told/);
  });
});
