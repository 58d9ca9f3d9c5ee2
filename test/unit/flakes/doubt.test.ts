// Whether what was found is all that the runner speaks of: excuses rest on it, so every lie in a log must make doubt.

import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { doubtOf, wasCleared } from '../../../src/flakes/doubt.ts';
import { createLineReader } from '../../../src/flakes/line-reader.ts';
import { createLogReader, type LogReading } from '../../../src/flakes/read-log.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function read(log: string): LogReading {
  const reader = createLogReader({ format: 'contents', builder: 'b', hash });
  const lines = createLineReader({ format: 'contents', onLine: (line) => reader.take(line) });
  lines.write(Buffer.from(log));
  lines.end();
  return reader.reading();
}

function output(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `o${line}\n`)
    .join('');
}

const block = (method: string, file = 'test_a', message = '1 != 2'): string => `
======================================================================
FAIL: ${method} (test.${file}.T.${method})
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/b/Lib/test/${file}.py", line 3, in ${method}
    self.assertEqual(1, 2)
AssertionError: ${message}
`;
const ended = (failures: number, ran = 3): string => `
----------------------------------------------------------------------
Ran ${ran} tests in 0.010s

FAILED (failures=${failures})
test test_a failed
`;
const summary = `
== Tests result: FAILURE ==

1 test failed:
    test_a

2 tests OK.

Total duration: 50 ms
Result: FAILURE
`;
const start = '0:00:00 load avg: 1.00 [1/3] test_a\n';
const exit = 'hprogram finished with exit code 2\n';
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

describe('a failure that ran again inside the build', () => {
  const again = (ran: number, result = 'SUCCESS'): LogReading => {
    const rerun = `
0:00:01 load avg: 1.00 Re-running 1 failed tests in verbose mode
Re-running test_a in verbose mode (matching: test_x)
test_x (test.test_a.T.test_x) ... ok

----------------------------------------------------------------------
Ran ${ran} test in 0.000s

OK

== Tests result: FAILURE then ${result} ==

1 re-run test:
    test_a

Total duration: 90 ms
Result: FAILURE then ${result}
`;
    return read(output(`${start}${block('test_x')}${ended(1)}${summary}${rerun}`) + exit);
  };
  const cleared = (reading: LogReading): readonly boolean[] =>
    reading.failures.map((failure) => wasCleared(reading, failure));

  it('was cleared where as many tests ran again as had failed', () => {
    const reading = again(1);
    expect(doubtOf(reading)).to.equal(null);
    expect(cleared(reading)).to.deep.equal([true]);
  });

  it('was not cleared by a re-run of no test, nor by one that failed', () => {
    expect(cleared(again(0))).to.deep.equal([false]);
    expect(cleared(again(1, 'FAILURE'))).to.deep.equal([false]);
  });
});
