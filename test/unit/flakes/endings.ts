// Parts of logs that tell how a process, a build or a client came to its end, and names that programs made; written for these tests.

import { block, lib, trace, type Excerpt } from './excerpts.ts';

const running = 'test_y (test.test_x.T.test_y) ... ';

/** What make, a compiler or the C library says, and the kind that it is. */
const words: readonly (readonly [title: string, log: string, expected: string])[] = [
  [
    'the linker as its compiler calls it',
    'clang: error: linker command failed with exit code 1',
    'compile -',
  ],
  ['a compiler that a script called', "error: command 'gcc' failed with exit status 1", 'compile -'],
  ['a Makefile that cannot be read', 'Makefile:123: *** missing separator.  Stop.', 'compile -'],
  ['where the make of BSD stopped', '*** [pybuilddir.txt] Error code 127', 'compile -'],
  [
    'a compiler that was killed',
    'c++: internal compiler error: Killed (program cc1plus)\nmake: *** [x.o] Error 4',
    'oom -',
  ],
  [
    'a linker that was killed',
    'collect2: fatal error: ld terminated with signal 9 [Killed]\nmake: *** [Makefile:1: python] Error 1',
    'oom -',
  ],
  [
    'a compiler that crashed',
    'Objects/x.c:12:1: internal compiler error: Segmentation fault\nmake: *** [Objects/x.o] Error 1',
    'compile -',
  ],
  ['git without the commit', 'fatal: reference is not a tree: 1234abcd', 'other -'],
  ['hg at a sick server', 'abort: HTTP Error 502: Bad Gateway', 'network -'],
  [
    'pip that tries and tries',
    "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError()': /simple/pip/",
    'network -',
  ],
  [
    'the C library before it aborts',
    `${running}free(): invalid pointer\nAborted (core dumped)`,
    'crash test_x.T.test_y',
  ],
  [
    'undefined behaviour',
    `${running}Objects/x.c:1:4: runtime error: signed integer overflow: 1 + 2`,
    'crash test_x.T.test_y',
  ],
  ['a trap of WebAssembly', `${running}\n    2: wasm trap: call stack exhausted`, 'crash test_x.T.test_y'],
  [
    'a process that the runner stopped, and its trouble with that',
    'Kill <TestWorkerProcess #3 running test=test_a pid=12 time=20 min 1 sec>\nWarning -- Failed to join <TestWorkerProcess #3 running test=test_a> in 30.0 sec',
    'timeout test_a',
  ],
];

export const endings: readonly Excerpt[] = [
  ...words.map(([title, log, expected]): Excerpt => ({ title, log: `${log}\n`, expected: [expected] })),
  {
    title: 'what git would not do in a step that passed',
    log: 'efatal: bad revision\nhprogram finished with exit code 0\n',
    expected: [],
    format: 'contents',
  },
  {
    title: 'a warning of a sanitizer in a file that failed by itself, and one in a process that it ended',
    log: `0:00:01 [1/2/1] test_a failed (1 error)\nWARNING: ThreadSanitizer: thread leak (pid=12)\n0:00:02 [2/2/2] test_b process crashed (Exit code 66)\nWARNING: ThreadSanitizer: data race (pid=13)\n`,
    expected: ['crash test_b', 'test-failure test_a'],
  },
  {
    title: 'the end of a test below what it printed',
    log: `test_x (test.test_a.T.test_x) ... printed\nmore\nFAIL\ntest_y (test.test_a.T.test_y) ... printed\nok\n`,
    expected: ['test-failure test_a.T.test_x'],
  },
  {
    title: 'a piece that somebody quoted, each line behind a blank',
    log: ` test test_a failed -- ${trace(`${lib}/test_a.py`, 'test_x', 'OSError: no').trimEnd().replaceAll('\n', '\n ')}\n`,
    expected: ['test-failure test_a.test_x'],
  },
  {
    title: 'a piece with what a package builder puts before each line',
    log: block(
      'FAIL: test_x (test.test_a.T.test_x)',
      trace(`${lib}/test_a.py`, 'test_x', 'OSError: no'),
    ).replace(/^/gm, '[  123s] '),
    expected: ['test-failure test_a.T.test_x'],
    format: 'raw',
  },
  {
    title: 'all that a linker says, as one failure',
    log: `   MSVCRT.lib(a.obj) : error LNK2001: unresolved external symbol free [D:\\b\\p.vcxproj]\n   MSVCRT.lib(b.obj) : error LNK2001: unresolved external symbol malloc [D:\\b\\p.vcxproj]\n`,
    expected: ['compile -'],
  },
  {
    title: 'a full disk that a test which passed printed, and one of a test that went no further',
    log: `0:00:01 [1/2] test_a\ntest_x (test.test_a.T.test_x) ... OSError: [Errno 28] No space left on device\nok\n0:00:02 [2/2] test_b\ntest_y (test.test_b.T.test_y) ... tee: No space left on device\n`,
    expected: ['disk-full test_b'],
  },
  {
    title: 'a process that was killed and one that left, in the method that ran',
    log: `0:00:01 [1/3/1] test_a process crashed (Exit code -9 (SIGKILL))\ntest_x (test.test_a.T.test_x) ... \n0:00:02 [2/3/2] test_b process crashed (Exit code 1)\ntest_y (test.test_b.T.test_y) ... \n`,
    expected: ['oom test_a.T.test_x', 'crash test_b.T.test_y'],
  },
  {
    title: 'a run that ended without a word, in the method that ran',
    log: `o0:00:01 [1/2] test_a\notest_x (test.test_a.T.test_x) ... \nhprogram finished with exit code 1\n`,
    expected: ['other test_a.T.test_x'],
    format: 'contents',
  },
  {
    title: 'a step that somebody stopped, which is no crash of what ran',
    log: 'hmake test\no0:00:01 [1/2] test_a\nhcommand interrupted, attempting to kill\nhprocess killed by signal 9\nhprogram finished with exit code -1\n',
    expected: ['other -'],
    format: 'contents',
  },
  {
    title: 'a test in a file that was run as a script',
    log: block('ERROR: test_x (__main__.T.test_x)', trace(`${lib}/test_a.py`, 'test_x', 'OSError: no')),
    expected: ['test-failure test_a.T.test_x'],
  },
  {
    title: 'a class that a program made, with brackets in its name',
    log: `test_x (test.datetimetester.Zone[Europe/Riga]_Pure) ... Timeout (0:15:00)!\nThread 0x400 (most recent call first):\n  File "${lib}/datetimetester.py", line 4 in test_x\n`,
    expected: ['timeout datetimetester.Zone[Europe/Riga]_Pure.test_x'],
  },
  {
    title: 'the doctests of a module and of a function in it',
    log:
      block(
        'FAIL: test_gen (test)',
        trace('/b/Lib/doctest.py', 'runTest', 'AssertionError: Failed doctest'),
      ) +
      block(
        'FAIL: fun (test.test_gen)',
        trace('/b/Lib/doctest.py', 'runTest', 'AssertionError: Failed doctest test'),
      ),
    expected: ['test-failure test_gen', 'test-failure test_gen.fun'],
  },
];
