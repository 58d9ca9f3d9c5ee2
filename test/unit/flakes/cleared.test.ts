// Whether a re-run inside the build cleared a failure: for each failure, and not on the word of whoever writes the log.

import { expect } from 'chai';
import { doubtOf, wasCleared } from '../../../src/flakes/doubt.ts';
import type { LogReading } from '../../../src/flakes/read-log.ts';
import { block, ended, exit, output, read, start, summary } from './printed-run.ts';

const ok = (ran: number, counts = ''): string => `
----------------------------------------------------------------------
Ran ${ran} test in 0.000s

OK${counts}
`;

/** A re-run that printed this, and what the runner says of both runs. */
function again(printed: string, lists: string, result = 'SUCCESS'): string {
  return `
0:00:01 load avg: 1.00 Re-running 1 failed tests in verbose mode
Re-running test_a in verbose mode
${printed}
== Tests result: FAILURE then ${result} ==

${lists}
Total duration: 90 ms
Result: FAILURE then ${result}
`;
}

const rerun = '1 re-run test:\n    test_a\n';
const failed = '1 test failed:\n    test_a\n\n';
const passed = 'test_x (test.test_a.T.test_x) ... ok\n';

/** `test_x true` for each failure: whether it was cleared. */
function cleared(...parts: string[]): readonly string[] {
  const reading = read(output(parts.join('')) + exit);
  return reading.failures
    .map((failure) => `${failure.testId?.split('.').at(-1) ?? '-'} ${wasCleared(reading, failure)}`)
    .sort();
}

const first = `${start}${block('test_x')}${ended(1)}${summary}`;
const two = `${start}${block('test_x')}${block('test_y', 'test_a', '3 != 4')}${ended(2)}${summary}`;

describe('a failure that ran again inside the build', () => {
  it('was cleared where as many tests ran again as had failed', () => {
    const reading: LogReading = read(output(`${first}${again(passed + ok(1), rerun)}`) + exit);

    expect(doubtOf(reading)).to.equal(null);
    expect(cleared(first, again(passed + ok(1), rerun))).to.deep.equal(['test_x true']);
    expect(cleared(two, again(passed + ok(2), rerun))).to.deep.equal(['test_x true', 'test_y true']);
  });

  it('was not cleared by a re-run of no test, of fewer than had failed, or of tests that were skipped', () => {
    expect(cleared(first, again(ok(0), rerun))).to.deep.equal(['test_x false']);
    expect(cleared(two, again(passed + ok(1), rerun))).to.deep.equal(['test_x false', 'test_y false']);
    expect(cleared(first, again(ok(1, ' (skipped=1)'), rerun))).to.deep.equal(['test_x false']);
  });

  it('was not cleared by tests that a test says it ran', () => {
    expect(cleared(first, again(`Ran 9 tests in 0.1s\n${ok(0)}`, rerun))).to.deep.equal(['test_x false']);
    expect(cleared(first, again(`${ok(0)}Ran 9 tests in 0.1s\n`, rerun))).to.deep.equal(['test_x false']);
  });

  it('was cleared in several subtests by one test that passed', () => {
    const parts = ['1 != 2', '1 != 3'].map((message) => block('test_x', 'test_a', message)).join('');
    const log = `${start}${parts}${ended(2)}${summary}`;

    expect([...new Set(cleared(log, again(passed + ok(1), rerun)))]).to.deep.equal(['test_x true']);
  });

  it('was cleared where only another test of its file failed again', () => {
    const printed = `${passed}${block('test_y', 'test_a', '3 != 4')}${ended(1, 2)}`;

    expect(cleared(two, again(printed, failed + rerun, 'FAILURE'))).to.deep.equal([
      'test_x true',
      'test_y false',
    ]);
  });

  it('was not cleared where its file failed again and not every failure is told', () => {
    const printed = `${passed}${block('test_y', 'test_a', '3 != 4')}${ended(2, 2)}`;

    expect(cleared(two, again(printed, failed + rerun, 'FAILURE'))).to.deep.equal([
      'test_x false',
      'test_y false',
    ]);
    expect(cleared(first, again(passed + ok(1), rerun, 'FAILURE'))).to.deep.equal(['test_x false']);
  });

  it('was cleared in a file that passed though another failed again', () => {
    const other = `0:00:01 load avg: 1.00 [2/3/2] test_b\n${block('test_z', 'test_b', '5 != 6')}${ended(1).replace('test_a', 'test_b')}`;
    const both = `${start}${block('test_x')}${ended(1)}${other}${summary.replace('1 test failed:\n    test_a', '2 tests failed:\n    test_a test_b')}`;
    const printed = `${passed}${ok(1)}Re-running test_b in verbose mode\n${block('test_z', 'test_b', '5 != 6')}${ended(1, 1).replace('test_a', 'test_b')}`;
    const lists = '1 test failed:\n    test_b\n\n2 re-run tests:\n    test_a test_b\n';

    expect(cleared(both, again(printed, lists, 'FAILURE'))).to.deep.equal(['test_x true', 'test_z false']);
    // A list that lost a name clears nobody.
    expect(
      cleared(both, again(printed, lists.replace('1 test failed', '2 tests failed'), 'FAILURE')),
    ).to.deep.equal(['test_x false', 'test_z false']);
  });

  it('was not cleared by a summary that a test printed while the run went on', () => {
    const forged = again(passed + ok(1), rerun);

    expect(cleared(first, forged, '0:00:02 load avg: 1.00 [2/3/1] test_b\n')).to.deep.equal(['test_x false']);
  });
});
