// More parts of logs, each with a quirk of real output that once was read wrong; written for these tests.

import { block, lib, trace, type Excerpt } from './excerpts.ts';

export const quirks: readonly Excerpt[] = [
  {
    title: 'a watchdog and a failure behind the marks of a hunt for leaks',
    log: `3:15:14 load avg: 0.00 [463/463/1] test.test_mp.test_a process crashed (Exit code 1)\nbeginning 6 repetitions\n123456\n.Timeout (3:15:00)!\nThread 0x00007fff (most recent call first):\n  File "${lib}/../tracker.py", line 83 in run\n\n0:00:19 load avg: 3.25 [ 17/463/2] test_ftp failed (1 failure)\nbeginning 6 repetitions\n123456\n..test test_ftp failed -- ${trace(`${lib}/test_ftp.py`, 'test_store', 'AssertionError: 3 != 4')}`,
    expected: ['timeout test_mp.test_a', 'test-failure test_ftp.test_store'],
  },
  {
    title: 'a remote host that has enough of us',
    log: block(
      'ERROR: test_ftp (test.test_urlnet.TimeoutTest)',
      trace(`${lib}/../ftplib.py`, 'getresp', 'ftplib.error_temp: 421 too many users'),
    ),
    expected: ['network test_urlnet.TimeoutTest.test_ftp'],
  },
  {
    title: 'what a client says after its first word, which follows from it',
    log: `error: RPC failed; curl 56 GnuTLS recv error (-9)\nfatal: the remote end hung up unexpectedly\nfatal: early EOF\nfatal: index-pack failed\n`,
    expected: ['network -'],
  },
  {
    title: 'the output of another runner in a failure of the tests of regrtest',
    log: block(
      'FAIL: test_b (test.test_regrtest.T.test_b)',
      trace(
        `${lib}/test_regrtest.py`,
        'test_b',
        'AssertionError: exit code 2\n\nstdout:\n---\n0:00:00 [1/1/1] test_regrtest_a failed (1 failure)\ntest test_regrtest_a failed -- Traceback (most recent call last):',
      ),
    ),
    expected: ['test-failure test_regrtest.T.test_b'],
  },
  {
    title: 'a process that crashed without a word, in the method that ran',
    log: `0:10:00 load avg: 4.00 [101/420/1] test_a process crashed (Exit code -11 (SIGSEGV))\ntest_one (test.test_a.T.test_one) ... ok\ntest_two (test.test_a.T.test_two) ... \n0:10:01 load avg: 4.00 [102/420/2] test_b process crashed (Exit code -11 (SIGSEGV))\ntest_one (test.test_b.T.test_one) ... printed\nok\n`,
    expected: ['crash test_a.T.test_two', 'crash test_b'],
  },
  {
    title: 'a crash of a process that a test had begun, in the output of a test that came to its end',
    log: `test_x (test.test_a.T.test_x) ... Fatal Python error: Aborted\n\nCurrent thread 0x01 (most recent call first):\n  <no Python frame>\n\n  test_x (test.test_a.T.test_x) [one] ... FAIL\nFatal Python error: Aborted\n\n  test_x (test.test_a.T.test_x) [two] ... FAIL\ntest_y (test.test_a.T.test_y) ... Windows fatal exception: access violation\nok\ntest_z (test.test_a.T.test_z)\nWhat it is. ... Fatal Python error: Aborted\nand so on ... ok\n`,
    expected: ['test-failure test_a.T.test_x'],
  },
  {
    title: 'a file whose process crashed, though what it left running says that all is well',
    log: `0:00:01 [1/1/1] test_a process crashed (Exit code -11 (SIGSEGV))\ntest_x (test.test_a.T.test_x) ... Fatal Python error: Segmentation fault\n\nok\n`,
    expected: ['crash test_a'],
  },
  {
    title: 'a server of ours that failed where others talk to hosts that are not',
    log: ['localnet', 'net']
      .map((name) =>
        block(
          `ERROR: test_x (test.test_urllib2_${name}.T.test_x)`,
          trace('/b/Lib/ssl.py', 'read', 'ssl.SSLError: A failure in the SSL library occurred (_ssl.c:2718)'),
        ),
      )
      .join(''),
    expected: ['network test_urllib2_net.T.test_x', 'test-failure test_urllib2_localnet.T.test_x'],
  },
  {
    title: 'a crash in a package that another file runs',
    log: `0:00:40 load avg: 3.16 [ 51/424/1] test_ctypes crashed (Exit code 3221225477)\nWindows fatal exception: access violation\n\nCurrent thread 0x00001e64 (most recent call first):\n  File "D:\\b\\lib\\ctypes\\test\\test_swap.py", line 50 in test_swap\n`,
    expected: ['crash ctypes.test.test_swap.test_swap'],
  },
  {
    title: 'files that tests left behind, of the file named',
    log: `0:06:24 load avg: 2.26 [162/437/1] test_a failed (env changed) (3 min 40 sec)\n(...)\nWarning -- test_a leaked temporary files (1): Vendor\n`,
    expected: ['env-changed test_a'],
  },
  {
    title: 'a watchdog, a crash and a runner behind a message that does not end',
    log: `0:00:01 [1/2/1] test_a process crashed (Exit code 1)\nRe-running test_a in verbose mode (matching: test_x)\ntest_x (test.test_a.T.test_x) ... Warning -- Uncaught thread exception: AssertionError\nException in thread Thread-1:\n${trace(`${lib}/test_a.py`, 'run', 'AssertionError: no')}Timeout (0:20:00)!\nThread 0x00007f56 [python] (most recent call first):\n  File "${lib}/test_a.py", line 20 in test_x\n`,
    expected: ['timeout test_a.T.test_x', 'env-changed test_a.T.test_x'],
  },
  {
    title: 'a shell\u2019s word on an assertion that stands before it',
    log: `_bootstrap_python: Objects/object.c:24: f: Assertion \`value' failed.\nmake: *** [Makefile:17: abc.h] Aborted (core dumped)\n`,
    expected: ['crash -'],
  },
  {
    title: 'an assertion in double quotes, by its text',
    log: `test_x (test.test_a.T.test_x) ...\n\nR:\\b\\Objects\\a.c:39: f: Assertion "(((op)))" failed: not tracked\nFatal Python error: _PyObject_AssertFailed: _PyObject_AssertFailed\n`,
    expected: ['crash test_a.T.test_x'],
  },
  {
    title: 'a server that hangs up before any test of its class',
    log: block(
      'ERROR: setUpClass (test.test_news.NetworkedTests)',
      trace(`${lib}/test_news.py`, 'setUpClass', 'EOFError'),
    ),
    expected: ['network test_news.NetworkedTests.setUpClass'],
  },
  {
    title: 'NUL bytes that a dying process left',
    log: `0:17:14 [1/2/1] test_a process crashed (Exit code 3)\n\0\0\0test_x (test.test_a.T.test_x) ... ERROR\n\n\0${block('ERROR: test_x (test.test_a.T.test_x)', trace(`${lib}/test_a.py`, 'test_x', 'OSError: no'))}`,
    expected: ['crash test_a', 'test-failure test_a.T.test_x'],
  },
  {
    title: 'a child\u2019s traceback in a message, by the failure that shows it',
    log: `test test_cmd failed -- ${trace(`${lib}/test_cmd.py`, 'test_x', 'AssertionError: Process return code is 1')}command line: ['python']\n\nstderr:\n---\n${trace('<string>', '<module>', 'ZeroDivisionError: division by zero')}---\n`,
    expected: ['test-failure test_cmd.test_x'],
  },
  {
    title: 'what MSBuild and configure say, once and only where no compiler says why',
    log: `D:\\b\\a.c(28): fatal error C1083: Cannot open include file: 'b.h' [D:\\b\\a.vcxproj]\nC:\\Program Files (x86)\\c.targets(166,5): error MSB3073: goto :VCEnd [D:\\b\\a.vcxproj]\n`,
    expected: ['compile -'],
  },
  {
    title: 'a project file that is missing, which only MSBuild says',
    log: `MSBUILD : error MSB1009: Project file does not exist.\nconfigure: error: in \`/b':\n`,
    expected: ['compile -'],
  },
  {
    title: 'a step that Buildbot stopped, in the file that ran longest and not in the one that ended last',
    log: `o0:10:07 [401/403] test_a passed -- running: test_b (591 sec), test_c (32 sec)\no0:10:40 [402/403] test_c passed (37 sec) -- running: test_b (625 sec)\nhcommand timed out: 1200 seconds without output, attempting to kill\nhprocess killed by signal 9\nhprogram finished with exit code -1\n`,
    format: 'contents',
    expected: ['timeout test_b'],
  },
  {
    title: 'what a remote server does to its clients, and the same of a server of the test\u2019s own',
    log:
      block(
        'ERROR: test_connect (test.test_mailnet.SslTest.test_connect)',
        trace(`${lib}/test_mailnet.py`, 'test_connect', 'smtplib.SMTPServerDisconnected: closed'),
      ) +
      block(
        'ERROR: test_logout (test.test_mail.RemoteIMAPTest.test_logout)',
        trace(`${lib}/test_mail.py`, 'test_logout', 'imaplib.IMAP4.abort: command: LOGOUT'),
      ) +
      block(
        'ERROR: test_own (test.test_mail.ThreadedNetworkedTests.test_own)',
        trace(`${lib}/test_mail.py`, 'test_own', 'ConnectionResetError: [Errno 54] Connection reset by peer'),
      ),
    expected: [
      'network test_mailnet.SslTest.test_connect',
      'network test_mail.RemoteIMAPTest.test_logout',
      'test-failure test_mail.ThreadedNetworkedTests.test_own',
    ],
  },
  {
    title: 'two files of which the log was cut in between, and a module that a file runs',
    log: `0:00:01 [1/3/1] test_a failed (1 failure)\n(...)\n${block('ERROR: test_y (test.test_b.T.test_y)', trace(`${lib}/test_b.py`, 'test_y', 'OSError: no'))}0:00:02 [2/3/2] test_datetime failed (1 error)\n${block('ERROR: test_z (test.datetimetester.T.test_z)', trace(`${lib}/datetimetester.py`, 'test_z', 'OSError: no'))}`,
    expected: ['test-failure test_a', 'test-failure test_b.T.test_y', 'test-failure datetimetester.T.test_z'],
  },
  {
    title: 'packages that carry their tests, one failure each, and a package of tests by its name',
    log: `0:00:40 load avg: 3.16 [ 51/424/1] test_idle failed (1 failure)\ntest test_idle failed -- ${trace('/b/Lib/idlelib/idle_test/test_config.py', 'test_font', 'AssertionError: 1 != 2')}\n0:00:41 load avg: 3.16 [ 52/424/2] test_distutils failed (1 error)\ntest test_distutils failed -- ${trace('C:\\b\\lib\\distutils\\tests\\test_build.py', 'test_build', 'OSError: no')}\n0:00:42 load avg: 3.16 [ 53/424/3] test_import failed (1 error)\ntest test_import failed -- ${trace(`${lib}/test_import/__init__.py`, 'test_cached', 'OSError: no')}\n3 tests failed:\n    test_distutils test_idle test_import\n`,
    expected: [
      'test-failure idlelib.idle_test.test_config.test_font',
      'test-failure distutils.tests.test_build.test_build',
      'test-failure test_import.test_cached',
    ],
  },
  {
    title: 'two tests of one name in two modules of a package, each by its own',
    log: `0:00:01 [1/1/1] test_pack failed (2 failures)\n${['test_a', 'test_b'].map((module) => block(`FAIL: test_x (test.test_pack.${module}.T.test_x)`, trace(`${lib}/test_pack/${module}.py`, 'test_x', 'AssertionError: 1 != 2'))).join('')}Fatal Python error: Aborted\n\nCurrent thread 0x00007f12 (most recent call first):\n  File "${lib}/test_pack/test_a.py", line 7 in test_x\n`,
    expected: [
      'crash test_pack.test_a.T.test_x',
      'test-failure test_pack.test_a.T.test_x',
      'test-failure test_pack.test_b.T.test_x',
    ],
  },
  {
    title: 'the kernel\u2019s kill behind the unfinished line of its test',
    log: `0:00:01 [1/2] test_big\ntest_ok (test.test_big.T.test_ok) ... ok\ntest_x (test.test_big.T.test_x) ... Killed\nmake: *** [Makefile:12: buildbottest] Error 137\n`,
    expected: ['oom test_big.T.test_x'],
  },
  {
    title: 'a crash behind the unfinished line of its test, in the words of the shell of macOS',
    log: `0:00:01 [1/2] test_big\ntest_x (test.test_big.T.test_x) ... make: *** [buildbottest] Segmentation fault: 11\n`,
    expected: ['crash test_big.T.test_x'],
  },
  {
    title: 'such words as a test printed before it ended, which say nothing',
    log: `0:00:01 [1/2] test_a\ntest_x (test.test_a.T.test_x) ... Killed\nok\n0:00:02 [2/2/1] test_b -- test_a failed (1 failure)\n`,
    expected: ['test-failure test_a'],
  },
  {
    title: 'what a dying process could not raise, as a part of its end',
    log: `0:00:01 [1/2/1] test_big crashed (Exit code -6)\nFatal Python error: object already tracked\nWarning -- Unraisable exception\nException ignored in: <function T.__del__ at 0x7f>\n${trace(`${lib}/test_big.py`, '__del__', 'ValueError: no')}\nCurrent thread 0x00007f12 (most recent call first):\n  File "${lib}/test_big.py", line 77 in test_join\n`,
    expected: ['crash test_big.test_join'],
  },
  {
    title: 'a script that failed inside make, by what it raised',
    log: `./python -E ./setup.py build\n${trace('./setup.py', '<module>', "KeyError: 'CC'")}make: *** [Makefile:612: sharedmods] Error 1\n`,
    expected: ['compile -'],
  },
  {
    title: 'a script that wanted something of a remote host inside make',
    log: `${trace('/b/Lib/urllib/request.py', 'urlopen', 'urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>')}make: *** [Makefile:612: regen] Error 1\n`,
    expected: ['network -'],
  },
  {
    title: 'a run of tests that failed inside make without a word, which is no failure to build',
    log: `make: *** [Makefile:612: buildbottest] Error 2\nprogram finished with exit code 2\n`,
    expected: ['other -'],
  },
  {
    title: 'errors of a compiler that goes on in one source, and in another',
    log: `./a.c:10:5: error: implicit declaration of function 'one'\n   10 |  one();\n./a.c:20:5: error: implicit declaration of function 'two'\n./b.c:1:1: error: unknown type name 'x'\ncc1: some warnings being treated as errors\n`,
    expected: ['compile -', 'compile -'],
  },
  {
    title: "what Apple's linker says twice, and Microsoft's of a member of a library",
    log: `Undefined symbols for architecture arm64:\n  "_x", referenced from:\n      _y in z.o\nld: symbol(s) not found for architecture arm64\nclang: error: linker command failed with exit code 1 (use -v to see invocation)\n         MSVCRT.lib(utility.obj) : error LNK2001: unresolved external symbol __c [C:\\x\\y.vcxproj]\n`,
    expected: ['compile -', 'compile -'],
  },
  {
    title: 'the stack overflow of a WebAssembly run time',
    log: `thread 'main' has overflowed its stack\nfatal runtime error: stack overflow\n`,
    expected: ['crash -'],
  },
  {
    title: 'a run that its service ended',
    log: `0:08:51 load avg: 14.72 [272/505] test.test_a passed\nmake: *** [Makefile:2434: ci] Terminated\n`,
    expected: ['other -'],
  },
];
