// Every way in which CPython's own runner names a failed test or file, version by version, as Lib/test/libregrtest, unittest,
// faulthandler and test.support of 2.7 to 3.15 print it; written for these tests.

import { block, lib, trace, type Excerpt } from './excerpts.ts';

const thin = '-'.repeat(70);
const at = '0:01:02 load avg: 1.50';
const failedTrace = trace(`${lib}/test_a.py`, 'test_x', 'AssertionError: 1 != 2');

/** What stands behind the name of a file, and what it means; null: nothing. */
const results: readonly (readonly [words: string, kind: string | null])[] = [
  ['failed', 'test-failure'],
  ['failed (1 error)', 'test-failure'],
  ['failed (1 error, 2 failures)', 'test-failure'],
  ['failed (3 failures) (1 min 2 sec)', 'test-failure'],
  ['failed (uncaught exception)', 'test-failure'],
  ['failed (reference leak)', 'refleak'],
  ['failed (reference leak) (31.5 sec)', 'refleak'],
  ['failed (env changed)', 'env-changed'],
  ['failed (env changed) (42.1 sec)', 'env-changed'],
  ['crashed (Exit code -11)', 'crash'],
  ['process crashed (Exit code -6 (SIGABRT))', 'crash'],
  ['process crashed (Failed to parse worker stdout)', 'crash'],
  ['process crashed (Cannot read process stdout: no)', 'crash'],
  ['worker non-zero exit code (Exit code -11 (SIGSEGV))', 'crash'],
  ['worker non-zero exit code (Exit code 3221225477 (0xC0000005))', 'crash'],
  ['worker non-zero exit code (Exit code -9 (SIGKILL))', 'oom'],
  ['worker bug (empty JSON)', 'crash'],
  ['worker bug (Failed to parse worker process JSON: Extra data)', 'crash'],
  ['timed out (20 min 5 sec)', 'timeout'],
  ['interrupted', 'other'],
  ['passed', null],
  ['passed (2 min 1 sec)', null],
  ['skipped', null],
  ['skipped (resource denied)', null],
  ['ran no tests', null],
  ['run no tests', null],
];

const expectedOf = (kind: string | null): readonly string[] => (kind === null ? [] : [`${kind} test_a`]);

const lines: readonly Excerpt[] = results.flatMap(([words, kind]) => [
  {
    title: `of many processes: ${words}`,
    log: `${at} [ 3/12/1] test_a ${words}\n${at} [ 4/12/1] test_b passed\n`,
    expected: expectedOf(kind),
  },
  {
    title: `of many processes with names of what runs: ${words}`,
    log: `${at} [ 3/12/1] test_a ${words} -- running (2): test_c (31.2 sec), test_d (1 min 2 sec)\n`,
    expected: expectedOf(kind),
  },
  {
    title: `of one process, in the line of the next file: ${words}`,
    log: `${at} [ 3/12] test_a\n${at} [ 4/12/1] test_b -- test_a ${words}\n`,
    expected: expectedOf(kind),
  },
  {
    title: `of one process, in a line of its own: ${words}`,
    log: `${at} [12/12] test_a\ntest_a ${words}\n\n`,
    expected: expectedOf(kind),
  },
]);

/** Lists of a summary: only three of them are failures. */
const lists: readonly (readonly [head: string, kind: string | null])[] = [
  ['1 test failed:', 'test-failure'],
  ['1 test failed again:', 'test-failure'],
  ['1 test altered the execution environment:', 'env-changed'],
  ['1 test altered the execution environment (env changed):', 'env-changed'],
  ['1 re-run test:', 'test-failure'],
  ['1 test skipped:', null],
  ['1 test skipped (resource denied):', null],
  ['1 skip unexpected on linux2:', null],
  ['1 test run no tests:', null],
  ['1 test omitted:', null],
];

const summaries: readonly Excerpt[] = lists.map(([head, kind]) => ({
  title: `the list "${head}"`,
  log: `== Tests result: ${kind === null ? 'SUCCESS' : 'FAILURE'} ==\n\n${head}\n    test_a\n\n3 tests OK.\n\nTotal duration: 1.2 sec\nResult: ${kind === null ? 'SUCCESS' : 'FAILURE'}\n`,
  expected: expectedOf(kind),
}));

/** What stands in brackets behind the word and the name of a failed step. */
const headers: readonly (readonly [header: string, id: string])[] = [
  ['ERROR: setUpClass (test.test_a.T)', 'test_a.T.setUpClass'],
  ['ERROR: tearDownClass (test.test_a.T)', 'test_a.T.tearDownClass'],
  ['ERROR: setUpModule (test.test_a)', 'test_a.setUpModule'],
  ['ERROR: tearDownModule (test.test_a)', 'test_a.tearDownModule'],
  ['ERROR: setUpModule (test_a)', 'test_a.setUpModule'],
  ['ERROR: test_a (unittest.loader._FailedTest)', 'test_a'],
  ['ERROR: test_a (unittest.loader._FailedTest.test_a)', 'test_a'],
  ['ERROR: test.test_a (unittest.loader._FailedTest.test.test_a)', 'test_a'],
  [
    'ERROR: test.test_asyncio.test_b (unittest.loader._FailedTest.test.test_asyncio.test_b)',
    'test_asyncio.test_b',
  ],
  ['ERROR: test.test_a (unittest.loader.ModuleImportFailure)', 'test_a'],
  ['FAIL: test_x (test.test_a.T.test_x) (i=1)', 'test_a.T.test_x'],
  ['FAIL: test_x (test.test_a.T.test_x) [a (b) c]', 'test_a.T.test_x'],
  ["FAIL: test_x (test.test_a.T.test_x) [msg] (k='(v)', n=2)", 'test_a.T.test_x'],
  ['FAIL: test_x (test.test_a.T.test_x) (<subtest>)', 'test_a.T.test_x'],
  ['FAIL: test_x (test.test_a.make.<locals>.T.test_x)', 'test_a.make.<locals>.T.test_x'],
  ['FAIL: coroutine (test.test_a.__test__)', 'test_a.__test__.coroutine'],
  ['FAIL: test_a (test)\nDoctest: test.test_a', 'test_a'],
];

const blocks: readonly Excerpt[] = headers.map(([header, id]) => ({
  title: `the header ${header.split('\n')[0] ?? ''}`,
  log: `${at} [ 3/12/1] ${id.split('.')[0] ?? ''} failed (1 error)\n${block(header, trace('/b/Lib/x.py', 'f', 'ValueError: no'))}${thin}\nRan 3 tests in 0.1s\n\nFAILED (errors=1)\ntest ${id.split('.')[0] ?? ''} failed\n`,
  expected: [`test-failure ${id}`],
}));

/** Words of the runner on itself, and on what changes nothing. */
const asides: readonly string[] = [
  'Warning -- Failed to join <TestWorkerProcess #1 running test=test_b pid=77 time=31 sec> in 30.0 sec',
  'Warning -- Failed to kill <WorkerThread #1 running test=test_b pid=77 time=31 sec> process group: no',
  "Warning -- Failed to wait for <WorkerThread #1 running test=test_b pid=77 time=31 sec> completion (timeout=30.0 sec): TimeoutExpired('x', 30.0)",
  'Warning -- test_b test runner returned None: <function f at 0x7f00>',
  "Warning -- Unknown test result type: <class 'str'>",
  "Warning -- rerun failed to parse ERROR test name: 'x': don't filter tests",
  'Warning -- Failed to create WindowsLoadTracker: no',
  'Warning -- Failed to change Python options: no',
  `${at} Waiting for <WorkerThread #1 running test=test_b pid=77 time=31 sec> thread for 2.0 sec`,
  'Kill <WorkerThread #1 running test=test_b pid=77 time=31 sec> process group',
  'test_b skipped -- no such thing',
  'Exception in thread Thread-1 (f):\nTraceback (most recent call last):\n  File "/b/Lib/threading.py", line 9, in f\nValueError: no\n',
  'test_b leaked [1, 0, -1] references, sum=0 (this is fine)',
  'test_y (test.test_b.T.test_y) ... expected failure',
];

const beside: readonly Excerpt[] = asides.map((text) => ({
  title: `beside a failed file: ${text.slice(0, 60)}`,
  log: `${at} [ 3/12/1] test_a failed (1 failure)\ntest test_a failed -- ${failedTrace}\n${at} [ 4/12/1] test_b passed\n${text}\n\n1 test failed:\n    test_a\n\nResult: FAILURE\n`,
  expected: ['test-failure test_a.test_x'],
}));

/** Warnings that name the file that they are about. */
const changes: readonly string[] = [
  'os.environ was modified by test_a',
  'test_a left behind file \u0027@test_7_tmp\u0027',
  'test_a created 2 uncollectable object(s)',
  'test_a leaked temporary files (1): tmpabc',
  'Uncaught thread exception: ValueError',
  'Unraisable exception',
  'reap_children() reaped child process 7',
  'threading_cleanup() failed to clean up threads in 1.0 seconds\nWarning --   before: thread count=1, dangling=1\nWarning --   after: thread count=2, dangling=2',
];

const warned: readonly Excerpt[] = changes.map((text) => ({
  title: `the warning that ${text.split('\n')[0] ?? ''}`,
  log: `${at} [ 3/12/1] test_a failed (env changed)\n\nWarning -- ${text}\n${at} [ 4/12/1] test_b passed\n\n== Tests result: ENV CHANGED ==\n\n1 test altered the execution environment (env changed):\n    test_a\n\nResult: ENV CHANGED\n`,
  expected: ['env-changed test_a'],
}));

const dumped = `  File "${lib}/support/x.py", line 3 in wait\n  File "${lib}/test_a.py", line 20 in test_x\n  File "/b/Lib/unittest/case.py", line 58 in run\n`;

/** The heads of a dump of one thread. */
const dumpHeads: readonly string[] = [
  'Current thread 0x00007f01:',
  'Current thread 0x00007f01 (most recent call first):',
  'Current thread 0x00007f01 [python] (most recent call first):',
  'Thread 0x00007f01 (most recent call first):',
  'Thread 0x00007f01 [Thread-1 (f)] (most recent call first):',
  '<Cannot show all threads while the GIL is disabled>\nStack (most recent call first):',
];

const dumps: readonly Excerpt[] = dumpHeads.flatMap((head) =>
  [
    ['crash', 'Fatal Python error: Segmentation fault\n'],
    ['crash', 'Windows fatal exception: access violation\n'],
    ['timeout', 'Timeout (0:20:00)!'],
  ].map(([kind = '', text = '']) => ({
    title: `${text.trim()} with the dump of ${head.split('\n').at(-1) ?? ''}`,
    log: `${at} [ 3/12/1] test_a process crashed (Exit code 1)\n${text}\n${head}\n${dumped}\nCurrent thread's C stack trace (most recent call first):\n  Binary file "./python", at _Py_DumpStack+0x48 [0x7f12]\n\nExtension modules: _testcapi (total: 1)\n`,
    expected: [`${kind} test_a.test_x`],
  })),
);

/** What has more than one line, and stands in no table. */
const others: readonly Excerpt[] = [
  {
    title: 'a process of a file that died, in 2.7 and 3.6',
    log: `[ 3/12] test_a\nTraceback (most recent call last):\n  File "/b/Lib/test/regrtest.py", line 1690, in <module>\n    main()\n  File "/b/Lib/test/regrtest.py", line 624, in main\n    raise Exception("Child error on {}: {}".format(test, result[1]))\nException: Child error on test_b: Exit code -11\n`,
    expected: ['crash test_b'],
  },
  {
    title: 'doctests that failed under the runner before 3.13',
    log: `${at} [ 3/12] test_a\n${'*'.repeat(70)}\nFile "${lib}/test_a.py", line 9, in test.test_a.__test__.doc\nFailed example:\n    f()\nExpected:\n    1\nGot:\n    2\n${'*'.repeat(70)}\n1 items had failures:\n   1 of   5 in test.test_a.__test__.doc\n***Test Failed*** 1 failures.\ntest test_a failed -- 1 of 5 doctests failed\n`,
    expected: ['test-failure test_a'],
  },
  {
    title: 'a doctest that unittest ran',
    log: `${block('FAIL: doc (test.test_a.__test__)', `Traceback (most recent call last):\n  File "/b/Lib/doctest.py", line 2350, in runTest\n    raise self.failureException(self.format_failure(new.getvalue()))\nAssertionError: Failed doctest test for test.test_a.__test__.doc\n  File "${lib}/test_a.py", line unknown line number, in doc\n\n${thin}\nFile "${lib}/test_a.py", line 9, in test.test_a.__test__.doc\nFailed example:\n    f()\nException raised:\n    Traceback (most recent call last):\n      File "/b/Lib/doctest.py", line 1, in x\n    ValueError: no\n`)}${thin}\nRan 9 tests in 0.1s\n\nFAILED (failures=1)\n`,
    expected: ['test-failure test_a.__test__.doc'],
  },
  {
    title: 'an unexpected success, listed from 3.11 on',
    log: `${at} [ 3/12/1] test_a failed\ntest_x (test.test_a.T.test_x) ... unexpected success\n\n${'='.repeat(70)}\nUNEXPECTED SUCCESS: test_x (test.test_a.T.test_x)\n${thin}\nRan 3 tests in 0.1s\n\nFAILED (unexpected successes=1)\ntest test_a failed\n`,
    expected: ['test-failure test_a.T.test_x'],
  },
  {
    title: 'an unexpected success of 3.10, told by its line alone',
    log: `${at} [ 3/12/1] test_a failed\ntest_w (test.test_a.T) ... ok\ntest_x (test.test_a.T) ... unexpected success\n\n${thin}\nRan 3 tests in 0.1s\n\nFAILED (unexpected successes=1)\ntest test_a failed\n`,
    expected: ['test-failure test_a.T.test_x'],
  },
  {
    title: 'an unexpected success of 3.10 beside a failure',
    log: `${at} [ 3/12/1] test_a failed (1 failure)\ntest_x (test.test_a.T) ... unexpected success\ntest_y (test.test_a.T) ... FAIL\n\n${block('FAIL: test_y (test.test_a.T)', trace(`${lib}/test_a.py`, 'test_y', 'AssertionError: no'))}${thin}\nRan 3 tests in 0.1s\n\nFAILED (failures=1, unexpected successes=1)\ntest test_a failed\n`,
    expected: ['test-failure test_a.T.test_x', 'test-failure test_a.T.test_y'],
  },
  {
    title: 'an unexpected success that Python 2.7 lets pass',
    log: `test_x (test.test_a.T) ... unexpected success\n\n${thin}\nRan 3 tests in 0.1s\n\nOK (unexpected successes=1)\n`,
    expected: [],
  },
  {
    title: 'a module that could not be loaded, in the words of the loader',
    log: `${at} [ 3/12/1] test_a failed (uncaught exception)\nFailed to import test module: test.test_a.test_b\nTraceback (most recent call last):\n  File "/b/Lib/unittest/loader.py", line 394, in _find_test_path\nImportError: no\n\ntest test_a crashed -- Traceback (most recent call last):\n  File "/b/Lib/test/libregrtest/single.py", line 32, in run_unittest\n    raise Exception("errors while loading tests")\nException: errors while loading tests\n`,
    expected: ['test-failure test_a'],
  },
  {
    title: 'a file that crashed, in the words of Python 3.2 and 2.7',
    log: `[ 3/12] test_a\ntest test_a crashed -- <type 'exceptions.ImportError'>: no module\n[ 4/12] test_b\ntest test_b crashed -- <class 'ImportError'>: no module\n`,
    expected: ['test-failure test_a', 'test-failure test_b'],
  },
  {
    title: 'the end of a file that the runner killed, in the words of 3.8 to 3.15',
    log: `Kill <TestWorkerProcess #1 running test=test_a pid=7 time=25 min 1 sec>\nKill <WorkerThread #2 running test=test.test_b.test_c pid=8 time=1 hour 2 min> process group\n`,
    expected: ['timeout test_a', 'timeout test_b.test_c'],
  },
  {
    title: 're-runs in the words of 2.7 to 3.15',
    log: `Re-running failed tests in verbose mode\nRe-running test 'test_a' in verbose mode\nRe-running test_b in verbose mode (matching: test_x, test_y)\n0:01:00 load avg: 1.0 Re-running 2 failed tests in verbose mode in subprocesses\n`,
    expected: ['test-failure test_a', 'test-failure test_b'],
  },
  {
    title: 'a run in which a process of the runner is broken',
    log: `${at} [ 3/12/1] test_a worker bug (empty JSON)\n\n== Tests result: FAILURE, WORKER BUG ==\n\n1 test failed:\n    test_a\n\nResult: FAILURE, WORKER BUG\n`,
    expected: ['crash test_a'],
  },
  {
    title: 'a run that somebody interrupted',
    log: `${at} [ 3/12] test_a\n\n== Tests result: INTERRUPTED ==\n\n11 tests omitted:\n    test_b test_c\n\nTest suite interrupted by signal SIGINT.\n\nResult: INTERRUPTED\n`,
    expected: ['other -'],
  },
];

/** What regrtest really printed of tests that were made for it, 3.6 to 3.13. */
const printed: readonly Excerpt[] = [
  {
    title: 'a changed environment that ran again and stayed',
    log: `${at} [ 3/12/1] test_a failed (env changed)\nWarning -- os.environ was modified by test_a\n\n${at} Re-running 1 failed tests in verbose mode in subprocesses\n${at} [1/1/1] test_a failed (env changed)\nRe-running test_a in verbose mode\ntest_x (test_a.T.test_x) ... ok\nWarning -- os.environ was modified by test_a\n\n1 re-run test:\n    test_a\n\nResult: FAILURE then ENV CHANGED\n`,
    expected: ['env-changed test_a'],
  },
  {
    title: 'the next test on the line of one with a failed subtest',
    log: `test_w (test_a.T) ... test_x (test_a.T) ... unexpected success\n\n${thin}\nRan 2 tests in 0.1s\n\nFAILED (unexpected successes=1)\n`,
    expected: ['test-failure test_a.T.test_x'],
  },
  {
    title: 'what a file left behind, in quotes',
    log: `${at} [ 3/12] test_a\ntest_x (test_a.T) ... Warning -- 'test_a' left behind file '@test_7_tmp'\nok\n${at} [ 4/12/1] test_b -- test_a failed (env changed)\n`,
    expected: ['env-changed test_a'],
  },
  {
    title: 'a child that crashed, with the word on the file before the end of its test',
    log: `${at} [ 3/12] test_a\ntest_x (test_a.T) ... Fatal Python error: Aborted\n\nCurrent thread 0x01 (most recent call first):\n  File "<string>", line 1 in <module>\ntest test_a failed\nok\n\n${block('FAIL: test_y (test_a.T)', failedTrace)}`,
    expected: ['test-failure test_a.T.test_y'],
  },
  {
    title: 'a child that crashed in a file that counted its failures',
    log: `${at} [ 3/12/1] test_a failed (1 failure)\nFatal Python error: Aborted\n\nCurrent thread 0x01 (most recent call first):\n  File "<string>", line 1 in <module>\ntest test_a failed -- ${failedTrace}\n${at} [ 4/12/1] test_b passed\n`,
    expected: ['test-failure test_a.test_x'],
  },
  {
    title: 'children that crashed in files that failed without a count, and passed, up to 3.8',
    log: `${at} [ 3/12/1] test_a failed\nFatal Python error: Aborted\n\ntest test_a failed -- ${failedTrace}\n${at} [ 4/12/1] test_b passed\nFatal Python error: Aborted\n\n${at} [ 5/12/1] test_c passed\n`,
    expected: ['test-failure test_a.test_x'],
  },
  {
    title: 'a process that crashed on its way out, behind the count of its failures',
    log: `${at} [ 3/12/1] test_a process crashed (Exit code -6 (SIGABRT))\n${block('FAIL: test_x (test_a.T.test_x)', failedTrace)}${thin}\nRan 2 tests in 0.1s\n\nFAILED (failures=1)\nFatal Python error: Aborted\n${at} [ 4/12/1] test_b passed\n`,
    expected: ['crash test_a', 'test-failure test_a.T.test_x'],
  },
  {
    title: 'the only process that crashed behind the count of its failures',
    log: `${at} [ 3/12] test_a\n${block('FAIL: test_x (test_a.T.test_x)', failedTrace)}${thin}\nRan 2 tests in 0.1s\n\nFAILED (failures=1)\nFatal Python error: Aborted\n`,
    expected: ['crash test_a', 'test-failure test_a.T.test_x'],
  },
];

export const runnerFormats: readonly Excerpt[] = [
  ...lines,
  ...summaries,
  ...blocks,
  ...beside,
  ...warned,
  ...dumps,
  ...others,
  ...printed,
];
