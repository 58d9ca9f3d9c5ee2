// Parts of logs in the formats of Python 2.7 to 3.15, of compilers, git and Buildbot, written for these tests, each with what must come out.

export interface Excerpt {
  readonly title: string;
  readonly log: string;
  readonly format?: 'contents' | 'raw';
  /** `kind test_id`, in the order in which it must come; `-` where no test is to blame. */
  readonly expected: readonly string[];
}

const rule = '='.repeat(70);
const thin = '-'.repeat(70);

export const trace = (file: string, method: string, error: string): string =>
  `Traceback (most recent call last):\n  File "${file}", line 17, in ${method}\n    self.check()\n${error}\n`;

export const block = (header: string, body: string): string => `${rule}\n${header}\n${thin}\n${body}\n`;

export const lib = '/home/buildbot/3.x.owner/build/Lib/test';

export const excerpts: readonly Excerpt[] = [
  {
    title: 'a failed test of Python 2.7',
    log: `test test_glob failed -- Traceback (most recent call last):
  File "${lib}/test_glob.py", line 31, in test_glob_one
    eq(self.glob('a'), [])
AssertionError: Lists differ: ['a'] != []

[ 44/401/1] test_global -- test_glob failed
1 test failed:
    test_glob
`,
    expected: ['test-failure test_glob.test_glob_one'],
  },
  {
    title: 'a re-run of Python 2.7, verbose, with the class after the method',
    log: `Re-running test 'test_glob' in verbose mode\ntest_glob_one (test.test_glob.GlobTests) ... FAIL\n\n${block('FAIL: test_glob_one (test.test_glob.GlobTests)', trace(`${lib}/test_glob.py`, 'test_glob_one', 'AssertionError: 1 != 2'))}${thin}\nRan 1 test in 0.003s\n\nFAILED (failures=1)\n`,
    expected: ['test-failure test_glob.GlobTests.test_glob_one'],
  },
  {
    title: 'a test of Python 3.11 with a docstring and its whole name in brackets',
    log: block(
      `ERROR: test_more (test.test_asyncio.test_events.LoopTests.test_more)\nWhat it is about.`,
      trace(`${lib}/test_asyncio/test_events.py`, 'test_more', 'ValueError: no'),
    ),
    expected: ['test-failure test_asyncio.test_events.LoopTests.test_more'],
  },
  {
    title: 'subtests of one loop, once',
    log: [0, 2]
      .map((i) =>
        block(
          `FAIL: test_s (test.test_a.T.test_s) [part] (i=${i})`,
          trace(`${lib}/test_a.py`, 'test_s', `AssertionError: ${i} != 1`),
        ),
      )
      .join(''),
    expected: ['test-failure test_a.T.test_s'],
  },
  {
    title: 'a class that cannot be set up and a module that cannot be imported',
    log:
      block('ERROR: setUpClass (test.test_a.T)', trace(`${lib}/test_a.py`, 'setUpClass', 'OSError: nope')) +
      block(
        'ERROR: test_b (unittest.loader._FailedTest.test_b)',
        `ImportError: Failed to import test module: test_b\n${trace(`${lib}/test_b.py`, '<module>', "ModuleNotFoundError: No module named 'zz'")}`,
      ),
    expected: ['test-failure test_a.T.setUpClass', 'test-failure test_b'],
  },
  {
    title: 'the file-level word where a method of the package is listed',
    log: `0:01:00 load avg: 1.20 [ 7/480/1] test_asyncio failed (1 failure)\ntest test_asyncio failed -- ${trace(`${lib}/test_asyncio/test_tasks.py`, 'test_wait', 'AssertionError: False is not true')}`,
    expected: ['test-failure test_asyncio.test_tasks.test_wait'],
  },
  {
    title: 'several errors of which nothing is told',
    log: `0:01:00 [ 7/480/1] test_ssl failed (3 errors) (12.3 sec)\ntest test_ssl failed -- multiple errors occurred; run in verbose mode for details\n`,
    expected: ['test-failure test_ssl'],
  },
  {
    title: 'test crashed -- Traceback, which is no crash',
    log: `test test_ssl crashed -- ${trace(`${lib}/test_ssl.py`, '<module>', "AttributeError: module 'ssl' has no attribute 'x'")}`,
    expected: ['test-failure test_ssl'],
  },
  {
    title: 'test crashed -- and an exception of Python 2.7',
    log: `test test_ssl crashed -- <type 'exceptions.AttributeError'>: 'module' object has no attribute 'x'\n`,
    expected: ['test-failure test_ssl'],
  },
  {
    title: 'a failure of another process behind an unfinished line, with rules as a forum marks them up',
    log: `test_one (test.test_sub.Spaces) ... test test_sub failed -- ${trace(`${lib}/test_sub.py`, 'test_two', 'AssertionError: 1 not less than 0')}\n\\${rule}\nFAIL: test_two (test.test_sub.PosixCase)\nWhat it is about.\n\\${thin}\n${trace(`${lib}/test_sub.py`, 'test_two', 'AssertionError: 1 not less than 0')}`,
    expected: ['test-failure test_sub.PosixCase.test_two'],
  },
  {
    title: 'a crash in the re-run beside the failure that it repeats',
    log: `0:17:14 [1/2/1] test_threading process crashed (Exit code 3)\nRe-running test_threading in verbose mode (matching: test_d)\ntest_d (test.test_threading.BarrierTests.test_d)\nTest the barrier ... ERROR\n\n${block('ERROR: test_d (test.test_threading.BarrierTests.test_d)\nTest the barrier', trace(`${lib}/lock_tests.py`, 'test_d', 'threading.BrokenBarrierError'))}`,
    expected: ['crash test_threading', 'test-failure test_threading.BarrierTests.test_d'],
  },
  {
    title: 'the end of a log with nothing but the summary of a changed environment',
    log: `== Tests result: ENV CHANGED ==\n414 tests OK.\n10 slowest tests:\n- test_tools: 3 min 18 sec\n1 test altered the execution environment:\n    test_asyncio\n22 tests skipped:\n    test_devpoll test_gdb\nTests result: ENV CHANGED\nmake: *** [buildbottest] Error 3\nprogram finished with exit code 2\n`,
    expected: ['env-changed test_asyncio'],
  },
  {
    title: 'a last partial line behind the end of the process',
    log: `hpython -m test\no0:00:01 [1/2] test_a\nhprogram finished with exit code 2\no0:00:01 [2/2] test_b -- test_a failed (1 failure)\n`,
    format: 'contents',
    expected: ['test-failure test_a'],
  },
  {
    title: 'a summary that somebody copied onto one line',
    log: `0:33:01 load avg: 0.01 [447/447/2] test_cf crashed (Exit code 1)\nTimeout (0:20:00)!\n\n(...)\n1 test failed: test_cppext\n2 re-run tests: test_cf test_cppext\n`,
    expected: ['timeout test_cf', 'test-failure test_cppext'],
  },
  {
    title: 'dangling threads behind a method that ended, of that method',
    log: `test_one (test.test_mp.test_p.T.test_one) ... ok\nWarning -- Dangling threads: {<Thread(Thread-13 (run), started 139968890533568)>}\ntest_two (test.test_mp.test_p.T.test_two) ... ok\n`,
    expected: ['env-changed test_mp.test_p.T.test_one'],
  },
  {
    title: 'a group of exceptions, by the group, once',
    log: ['test test_a failed -- ', `${rule}\nERROR: test_x (test.test_a.T.test_x)\n${thin}\n`]
      .map(
        (head) => `${head}  + Exception Group Traceback (most recent call last):
  |   File "${lib}/test_a.py", line 7, in test_x
  |     raise ExceptionGroup("several", [ValueError("a")])
  | ExceptionGroup: several (1 sub-exception)
  +-+---------------- 1 ----------------
    | ValueError: a
    +------------------------------------

`,
      )
      .join(''),
    expected: ['test-failure test_a.T.test_x'],
  },
  {
    title: 'a dump of Python 3.4, in the copy of a terminal',
    log: `[145/382/3] test_asyncio                    \nTimeout (1:00:00)!         \nThread 0x00000001:\n  File "${lib}/../selectors.py", line 265 in select\n  File "${lib}/test_asyncio/test_events.py", line 1012 in test_sub   \n`,
    expected: ['timeout test_asyncio.test_events.test_sub'],
  },
  {
    title: 'a shell\u2019s word on the process, in its last lines',
    log: `0:00:01 [2/3] test_a\n0:00:02 [3/3] test_b\nmake: *** [Makefile:12: buildbottest] Segmentation fault (core dumped)\n`,
    expected: ['crash test_b'],
  },
  {
    title: 'a crashed process of Python 3.12 with its dump',
    log: `0:01:00 load avg: 1.20 [ 7/480/1] test_threading process crashed (Exit code -11 (SIGSEGV)) -- running (3): test_a (31 sec), test_b (1 min 2 sec)
Fatal Python error: Segmentation fault

Thread 0x00007f11 [Thread-1] (most recent call first):
  File "${lib}/test_threading.py", line 12 in run

Current thread 0x00007f12 [python] (most recent call first):
  Garbage-collecting
  File "${lib}/test_threading.py", line 99 in helper
  File "${lib}/test_threading.py", line 77 in test_join
  File "/usr/lib/unittest/case.py", line 579 in _callTestMethod

Extension modules: _testcapi (total: 1)
`,
    expected: ['crash test_threading.test_join'],
  },
  {
    title: 'an assertion of C code in verbose mode, by the class that the method was printed with',
    log: `0:00:01 [1/1] test_capi\ntest_x (test.test_capi.CAPITest.test_x) ... python: ../Objects/longobject.c:231: _PyLong_New: Assertion \`size >= 0' failed.\nFatal Python error: Aborted\n\nCurrent thread 0x00007f12 (most recent call first):\n  File "${lib}/test_capi.py", line 77 in test_x\n`,
    expected: ['crash test_capi.CAPITest.test_x'],
  },
  {
    title: 'a crash without a name, of the file last started',
    log: `0:00:01 [1/2] test_a\n0:00:01 [2/2] test_b\nFatal Python error: Bus error\n\nCurrent thread 0x01 (most recent call first):\n  <no Python frame>\n`,
    expected: ['crash test_b'],
  },
  {
    title: 'a process crashed after its watchdog fired',
    log: `0:34:47 load avg: 0.05 [462/462/1] test.test_concurrent_futures.test_deadlock process crashed (Exit code 1)
Timeout (0:20:00)!
Thread 0x000002e8 (most recent call first):
  File "D:\\cpython\\Lib\\multiprocessing\\connection.py", line 282 in _send_bytes

Thread 0x00001ad8 (most recent call first):
  File "D:\\cpython\\Lib\\threading.py", line 355 in wait
  File "D:\\cpython\\Lib\\test\\test_concurrent_futures\\test_deadlock.py", line 55 in test_crash
`,
    expected: ['timeout test_concurrent_futures.test_deadlock.test_crash'],
  },
  {
    title: 'a file that its runner stopped',
    log: `0:34:47 [40/462/1] test_ftplib timed out (20 min)\n`,
    expected: ['timeout test_ftplib'],
  },
  {
    title: 'a TimeoutError that a test raised',
    log: block(
      'ERROR: test_q (test.test_q.T.test_q)',
      trace(`${lib}/test_q.py`, 'test_q', 'TimeoutError: took too long'),
    ),
    expected: ['test-failure test_q.T.test_q'],
  },
  {
    title: 'a file that runs for twenty minutes where the log ends',
    log: `0:20:01 load avg: 0.05 [400/402] test_a passed -- running: test_b (3 min), test_c (20 min 31 sec)\n`,
    expected: ['timeout test_c'],
  },
  {
    title: 'a kill -9 without a fatal error',
    log: `0:01:00 [11/15/9] test_big process crashed (Exit code -9 (SIGKILL))\n\n1 test failed:\n    test_big\n`,
    expected: ['oom test_big'],
  },
  {
    title: 'reference leaks, not those that are fine',
    log: `test_a leaked [1, 1, 1] references, sum=3\ntest_a leaked [1, 0, 1] memory blocks, sum=2\ntest_b leaked [1, 0, 0] memory blocks, sum=1 (this is fine)\n1 test failed:\n    test_a\n`,
    expected: ['refleak test_a'],
  },
  {
    title: 'a changed environment, not of the file that failed otherwise',
    log: `0:00:02 [2/3/1] test_a failed (env changed)\nWarning -- files was modified by test_a\nWarning --   Before: []\nWarning --   After:  ['x']\n0:00:03 [3/3/2] test_b failed (1 failure)\nWarning -- sys.path was modified by test_b\ntest test_b failed -- ${trace(`${lib}/test_b.py`, 'helper', 'AssertionError: 3 != 4')}\n1 test failed:\n    test_b\n\n1 test altered the execution environment:\n    test_a\n`,
    expected: ['test-failure test_b', 'env-changed test_a'],
  },
  {
    title: 'a warning of the method last started, even if that says ok, and one of the file',
    log: `0:00:02 [2/3/1] test_a failed (env changed)\ntest_one (test.test_a.T.test_one) ... ok\nWarning -- Uncaught thread exception: ValueError\ntest_two (test.test_b.T.test_two) ... ok\n\n${thin}\nRan 2 tests in 0.1s\n\nOK\n0:00:03 [3/3/2] test_b failed (env changed)\ntest_two (test.test_b.T.test_two) ... ok\n\n${thin}\nRan 1 test in 0.1s\n\nOK\nWarning -- os.environ was modified by test_b\n`,
    expected: ['env-changed test_a.T.test_one', 'env-changed test_b'],
  },
  {
    title: 'the summary of Python 3.15, with reasons',
    log: `1 test altered the execution environment (env changed):\n    test_example:\n        os.environ was modified\n        test_other was modified\n\nResult: ENV CHANGED\n`,
    expected: ['env-changed test_example'],
  },
  {
    title: 'a failure that a re-run cleared',
    log: `1 re-run test:\n    test_flaky\n\nTotal duration: 3.0 sec\nResult: FAILURE then SUCCESS\n`,
    expected: ['test-failure test_flaky'],
  },
  {
    title: 'the same test by its file first and by its class in the re-run',
    log: `0:00:01 [1/1/1] test_a failed (1 failure)\ntest test_a failed -- ${trace(`${lib}/test_a.py`, 'test_x', 'AssertionError: 1 != 2')}\n0:00:02 Re-running 1 failed tests in verbose mode in subprocesses\n0:00:02 [1/1/1] test_a failed (1 failure)\nRe-running test_a in verbose mode (matching: test_x)\ntest_x (test.test_a.T.test_x) ... FAIL\n\n${block('FAIL: test_x (test.test_a.T.test_x)', trace(`${lib}/test_a.py`, 'test_x', 'AssertionError: 1 != 2'))}`,
    expected: ['test-failure test_a.T.test_x'],
  },
  {
    title: 'no space left while linking',
    log: `gcc -o python main.o\n/usr/bin/ld: final link failed: No space left on device\ncollect2: error: ld returned 1 exit status\nmake: *** [Makefile:12: python] Error 1\n`,
    expected: ['disk-full -'],
  },
  {
    title: 'no space left in a test',
    log: block(
      'ERROR: test_w (test.test_io.T.test_w)',
      trace(`${lib}/test_io.py`, 'test_w', "OSError: [Errno 28] No space left on device: '/x/y'"),
    ),
    expected: ['disk-full test_io.T.test_w'],
  },
  {
    title: 'errors of compilers and linkers',
    log: `../Modules/a.c: In function 'f':\n../Modules/a.c:12:3: error: 'x' undeclared (first use in this function)\nmake: *** [Makefile:2] Error 1\n`,
    expected: ['compile -'],
  },
  {
    title: 'an error of MSVC',
    log: `D:\\b\\Modules\\a.c(12,3): error C2065: 'x': undeclared identifier [D:\\b\\PCbuild\\pythoncore.vcxproj]\n`,
    expected: ['compile -'],
  },
  {
    title: 'a compiler that the kernel killed',
    log: `gcc: fatal error: Killed signal terminated program cc1\ncompilation terminated.\nmake: *** [Makefile:2] Error 1\n`,
    expected: ['oom -'],
  },
  {
    title: 'a fetch that cannot resolve its host',
    log: `hgit fetch -t https://git.example.org/x main\neCloning into 'build'...\nefatal: unable to access 'https://git.example.org/x/': Could not resolve host: git.example.org\nhprogram finished with exit code 128\n`,
    format: 'contents',
    expected: ['network -'],
  },
  {
    title: 'a test that talks to a host that is away',
    log: block(
      'ERROR: test_connect (test.test_ssl.NetworkedTests.test_connect)',
      trace(`${lib}/test_ssl.py`, 'test_connect', 'ssl.SSLError: [SSL: TLSV1_ALERT] tlsv1 alert (_ssl.c:1)'),
    ),
    expected: ['network test_ssl.NetworkedTests.test_connect'],
  },
  {
    title: 'a network cause that colours the files which failed without a word',
    log: `${trace('/usr/lib/python3/urllib/request.py', 'urlopen', 'urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>')}\n0:00:01 [1/2/1] test_urllibnet failed (2 errors)\n`,
    expected: ['network test_urllibnet'],
  },
  {
    title: 'a worker that was lost, by the header',
    log: `hpython -m test\notest_a (test.test_a.T) ... ok\nhremoteFailed: [Failure instance: Traceback (failure with no frames): <class 'twisted.internet.error.ConnectionLost'>: lost]\n`,
    format: 'contents',
    expected: ['worker-lost -'],
  },
  {
    title: 'a step that Buildbot stopped, in the method that ran',
    log: `hpython -m test -v\no0:00:01 [1/1] test_a\notest_one (test.test_a.T.test_one) ... ok\notest_two (test.test_a.T.test_two) ... \nhcommand timed out: 1200 seconds without output, attempting to kill\nhprocess killed by signal 9\nhprogram finished with exit code -1\n`,
    format: 'contents',
    expected: ['timeout test_a.T.test_two'],
  },
  {
    title: 'an interrupted run',
    log: `0:00:01 [1/2] test_a\n\nTest suite interrupted by signal SIGINT.\n\nResult: INTERRUPTED\n`,
    expected: ['other -'],
  },
  {
    title: 'the short summary of pytest',
    log: `============================= test session starts =============================\n=========================== short test summary info ===========================\nFAILED tests/test_a.py::TestIt::test_x[1-b] - AssertionError: assert 1 == 2\nERROR tests/sub/test_b.py - ModuleNotFoundError: No module named 'zz'\n========================= 1 failed, 1 error in 0.12s ==========================\n`,
    expected: ['test-failure test_a.TestIt.test_x', 'test-failure sub.test_b'],
  },
  {
    title: 'an exit code that nothing explains',
    log: `hsh run\nosomething\nhprogram finished with exit code 3\n`,
    format: 'contents',
    expected: ['other -'],
  },
  {
    title: 'names after -- running, which are no failures',
    log: `0:00:31 load avg: 2.0 [ 3/9/1] test_a failed (1 failure) -- running: test_b (31 sec), test_c (30 sec)\n0:00:40 load avg: 2.0 [ 4/9/1] test_b passed\n`,
    expected: ['test-failure test_a'],
  },
  {
    title: 'the name after -- in sequential mode, which is one',
    log: `0:00:01 [2/9/1] test_b -- test_a failed (1 failure)\n0:00:01 [3/9/1] test_c\n`,
    expected: ['test-failure test_a'],
  },
  {
    title: 'a progress line behind what a test printed without a newline',
    log: `no newline0:00:01 load avg: 6.04 [ 9/10/7] test_ok -- test_print failed (1 failure)\n`,
    expected: ['test-failure test_print'],
  },
  {
    title: 'headers that a test forged in its output',
    log: `hpython -m test\no0:00:01 [1/1] test_a passed\noprogram finished with exit code 9\noremoteFailed: [Failure instance: ConnectionLost]\nocommand timed out: 1200 seconds without output\noResult: SUCCESS\nhprogram finished with exit code 0\n`,
    format: 'contents',
    expected: [],
  },
  {
    title: 'headers that a test forged in the output of a run that failed',
    log: `hpython -m test\no0:00:01 [1/2/1] test_a failed (1 failure)\noprogram finished with exit code 137\noremoteFailed: [Failure instance: twisted.internet.error.ConnectionLost]\nocommand timed out: 1200 seconds without output\noprocess killed by signal 9\no0:00:02 [2/2/1] test_b passed\nhprogram finished with exit code 2\n`,
    format: 'contents',
    expected: ['test-failure test_a'],
  },
  {
    title: 'a shell\u2019s words that a test printed in the middle of a run',
    log: `0:00:01 [1/2/1] test_a failed (1 failure)\nSegmentation fault (core dumped)\nKilled\n0:00:02 [2/2/1] test_b passed\n`,
    expected: ['test-failure test_a'],
  },
  {
    title: 'a warning once the tests of the file are through, of the file',
    log: `0:00:03 [3/3/2] test_b failed (env changed)\ntest_two (test.test_b.T.test_two) ... ok\n\n${thin}\nRan 1 test in 0.1s\n\nOK\nWarning -- reap_children() reaped child process 4711\n`,
    expected: ['env-changed test_b'],
  },
  {
    title: 'a result with what runs beside it, of Python 3.12 and earlier',
    log: `0:20:31 [ 3/9/1] test_a process crashed (Exit code -6 (SIGABRT)) -- running (2): test_b (20 min 31 sec), test_c (30 sec)\n`,
    expected: ['timeout test_b', 'crash test_a'],
  },
  {
    title: 'a header line of a failure that a test printed',
    log: `0:00:01 [1/2] test_a passed\nFAIL: test_fake (test.test_fake.Fake.test_fake)\n0:00:02 [2/2/1] test_b failed (1 failure)\n`,
    expected: ['test-failure test_b'],
  },
];
