// Parts of logs as people quote them, and what services, debuggers, other shells and pytest print; written for these tests.

import { lib, trace, type Excerpt } from './excerpts.ts';

const header = 'test_y (test.test_x.T.test_y)';
const raised = `  File "${lib}/test_x.py", line 3, in test_y\n    f()\nValueError: no\n`;
const rule = '='.repeat(70);
const thin = '-'.repeat(70);
const whole = [rule, `FAIL: ${header}`, thin, 'Traceback (most recent call last):', raised].join('\n');

const everyLine = (mark: string, log: string): string => log.replace(/^(?=[^])/gm, mark);

/** What stands before each line where it was quoted from. */
const marks: readonly (readonly [title: string, mark: string])[] = [
  ['a package test of Debian', '1234s '],
  ['AppVeyor', '[00:12:34] '],
  ['Jenkins', '12:34:56 '],
  ['GitLab', '2026-01-02T03:04:05.678901Z 01O '],
  ['Android', '17:43:48.804  W  '],
  ['Nix', '       > '],
];

/** A word, the failure that it tells. */
const words: readonly (readonly [title: string, log: string, expected: readonly string[]])[] = [
  [
    'GitHub losing a runner',
    '##[error]The runner has received a shutdown signal.\n##[error]The operation was canceled.',
    ['worker-lost -'],
  ],
  [
    'GitHub losing touch',
    'Error: The self-hosted runner: box-3 lost communication with the server.',
    ['worker-lost -'],
  ],
  ['GitLab without a machine', 'ERROR: Job failed (system failure): prepare environment', ['worker-lost -']],
  ['somebody cancelling', '##[error]The operation was canceled.', ['other -']],
  [
    'a service out of patience with a test',
    `${header} ... \nNo output has been received in the last 10m0s, this potentially indicates a stalled build`,
    ['timeout test_x.T.test_y'],
  ],
  [
    'a service ending what has run longest',
    '0:20:00 load avg: 1.00 running: test_a (40 min), test_b (1 sec)\nError: The job running on runner GitHub Actions 5 has exceeded the maximum execution time of 60 minutes.\nError: The operation was canceled.',
    ['timeout test_a'],
  ],
  [
    'the exit code of a killed step',
    '0:01:00 [1/2] test_a\n##[error]Process completed with exit code 137.',
    ['oom test_a'],
  ],
  ['an exit code without a reason', 'Error: Process completed with exit code 1.', ['other -']],
  [
    'gdb',
    'Program received signal SIGSEGV, Segmentation fault.\n0x0000 in PyObject_Call () at Objects/abstract.c:12',
    ['crash -'],
  ],
  ['lldb', "* thread #1, queue = 'main', stop reason = EXC_BAD_ACCESS (code=1, address=0x0)", ['crash -']],
  [
    'a signal by which a debugger only stopped',
    'Program received signal SIGUSR1, User defined signal 1.',
    [],
  ],
  ['an emulator', 'qemu: uncaught target signal 11 (Segmentation fault) - core dumped', ['crash -']],
  ['zsh', 'zsh: segmentation fault  ./python.exe -m test', ['crash -']],
  ['zsh on a killed job', 'zsh: killed     make', ['oom -']],
  [
    'Solaris, beside the names of files of Python 2.6',
    'test_ssl\ntest_socket\nBus Error - core dumped',
    ['crash test_socket'],
  ],
  [
    'the run time of C++',
    "terminate called after throwing an instance of 'std::runtime_error'\n  what():  x\nAborted (core dumped)",
    ['crash -'],
  ],
  [
    'PyPy',
    'RPython traceback:\n  File "x.c", line 1, in f\nFatal RPython error: AssertionError\nAborted',
    ['crash -'],
  ],
  [
    'a test that printed how long it took',
    `${header} ... 0.22s ok\n${header.replaceAll('_y', '_z')} ... 0.22s ERROR`,
    ['test-failure test_x.T.test_z'],
  ],
  [
    'a crash on the way out of a run that passed',
    'Ran 5 tests in 0.1s\n\nOK\nFatal Python error: PyThreadState_Clear: x',
    ['crash -'],
  ],
  [
    'a hang in the second of two rounds',
    `Ran 5 tests in 0.1s\n\nOK\n.${header} ... Timeout (0:00:15)!\nThread 0x00007f95 (most recent call first):\n  File "/b/Lib/threading.py", line 9 in _bootstrap`,
    ['timeout test_x.T.test_y'],
  ],
  [
    'a block without its rules',
    `ERROR: ${header}\nTraceback (most recent call last):\n${raised}`,
    ['test-failure test_x.T.test_y'],
  ],
  [
    'a block without even the head of its traceback',
    `test_x failed (138 errors)\nERROR: ${header}\n${raised}\n[1/1] test_x passed`,
    ['test-failure test_x.T.test_y'],
  ],
  [
    'the names alone of what failed in a file',
    `0:00:01 [1/2] test_x failed (2 failures)\nFAIL: ${header}\nFAIL: ${header.replaceAll('_y', '_z')}`,
    ['test-failure test_x.T.test_y', 'test-failure test_x.T.test_z'],
  ],
  [
    'a function of nose',
    `${rule}\nFAIL: tests.test_a.test_b\n${thin}\n${trace('/x/tests/test_a.py', 'test_b', 'AssertionError')}`,
    ['test-failure test_a.test_b'],
  ],
  [
    'a traceback in the output of a test that passed',
    `${header.replaceAll('_y', '_z')} ... ERROR\n${header} ... Unhandled exception in thread started by <f>\n${trace(`${lib}/lock_tests.py`, 'task', 'BrokenBarrierError')}ok`,
    ['test-failure test_x.T.test_z'],
  ],
  [
    'a traceback whose beginning is missing',
    `Last 10 log lines:\n${trace('/b/a.py', 'f', 'ImportError: no zlib').split('\n').slice(1).join('\n')}make: *** [Makefile:9: install] Error 1`,
    ['compile -'],
  ],
  [
    'a traceback quoted whole',
    everyLine('    ', `Traceback (most recent call last):\n${raised}`),
    ['test-failure test_x.test_y'],
  ],
  [
    'the runner of Python 2.7 in its second round',
    `Re-running test 'test_x' in verbose mode\ntest_y (test.test_x.T) ... FAIL`,
    ['test-failure test_x.T.test_y'],
  ],
  [
    'Python 2 comparing output',
    'test test_x produced unexpected output:\n*** line 2 of expected output missing:',
    ['test-failure test_x'],
  ],
  [
    'a linker that says more than one thing',
    'wasm-ld: error: unknown argument: -a\nwasm-ld: error: unknown argument: -a\nwasm-ld: error: unknown argument: -b',
    ['compile -'],
  ],
  [
    'a driver and the make that ran it',
    'gcc: error: directory": No such file or directory\nmake: *** [Modules/getbuildinfo.o] Error 1',
    ['compile -'],
  ],
  [
    'two makes, one in the other',
    'make[1]: *** [Makefile:1: foo] Error 1\nmake: *** [Makefile:2: all] Error 2',
    ['compile -'],
  ],
  [
    'a crash and the make that ran it',
    'Fatal Python error: init_importlib: x\nmake[1]: *** [Makefile:1: pybuilddir.txt] Error 1',
    ['crash -'],
  ],
  [
    'configure behind what it checks',
    'checking for gcc... configure: error: no acceptable C compiler found in $PATH',
    ['compile -'],
  ],
  ['a compiler of AIX', '"Modules/x.c", line 12.3: 1506-045 (S) Undeclared identifier foo.', ['compile -']],
  [
    'the lines of Spack with their numbers',
    "2 errors found in build log:\n     45    checking for suffix of executables...\n  >> 46    checking whether we are cross compiling... configure: error: in `/tmp/x':\n  >> 47    configure: error: cannot run C compiled programs.",
    ['compile -'],
  ],
  [
    'a download that failed, and why',
    'error: failed to download Python-3.8.18.tar.xz\n\nBUILD FAILED (x)\n\nLast 10 log lines:\n/tmp/python-build ~/dev\n\n\ncurl: (22) The requested URL returned error: 503',
    ['network -'],
  ],
  ['a download that failed without a reason', 'error: failed to download Python-2.7.8.tgz', ['network -']],
  [
    'why a build failed, behind the word that it did',
    `BUILD FAILED (OS X 10.11.4 using python-build 20151028)\n\nLast 10 log lines:\n${trace('/b/a.py', 'f', 'ImportError: no zlib').split('\n').slice(1).join('\n')}`,
    ['compile -'],
  ],
  [
    'Python that cannot begin',
    `${trace('/b/a.py', 'f', "ModuleNotFoundError: No module named 'posix'")}Fatal Python error: init_importlib: x`,
    ['crash -'],
  ],
  [
    'a changed environment that nothing explains, named twice',
    'test_x failed (env changed)\n\n== Tests result: SUCCESS ==\n\n1 test altered the execution environment (env changed):\n    test_x\n\nResult: SUCCESS',
    ['env-changed test_x'],
  ],
  [
    'the words of a compiler without their place',
    "error: call to undeclared function 'f'; ISO C99 and later do not support it [-Wimplicit-function-declaration]",
    ['compile -'],
  ],
  [
    'a command that names one file, before what it printed',
    '$ ./python -m test --fail-env-changed -m test.test_z.T.test_y -R 3:1 test_x\n(...)\nWarning -- Dangling processes: {<Process name=1>}\nResult: ENV CHANGED',
    ['env-changed test_x'],
  ],
  [
    'a crash below a command that names one file',
    '> PYTHONHASHSEED=1 ../python.exe -bb -E -m test test_x.py -v\nFatal Python error: Aborted',
    ['crash test_x'],
  ],
  [
    'commands that name no file, several or all but one',
    '$ ./python -m test -m test_y\n$ ./python -m test test_x test_z\n$ ./python -m test -x test_x\nFatal Python error: Aborted',
    ['crash -'],
  ],
  [
    'a command, and what failed before the runner began',
    `$ ./python -m test test_x\n${trace('/b/Lib/runpy.py', 'f', "ImportError: No module named 'test'")}`,
    ['other -'],
  ],
  [
    'pip without a package',
    'ERROR: Could not find a version that satisfies the requirement x (from versions: none)\nERROR: No matching distribution found for x',
    ['other -'],
  ],
];

const failing = [
  '    def test_b():',
  '>       assert 1 == 2',
  'E       assert 1 == 2',
  '',
  'tests/test_a.py:12: AssertionError',
];

const pytest: typeof words = [
  [
    'a short summary on errors of the machine and of a file',
    "ERROR ../x/tests/test_a.py::test_b - OSError: [Errno 28] No space left on device: '/c/d'\nERROR tests/test_a.py::test_c - FileNotFoundError: [Errno 2] No such file or directory: 'x'",
    ['disk-full test_a.test_b', 'test-failure test_a.test_c'],
  ],
  [
    'parameters that hold anything, and folders of Windows',
    'FAILED tests/test_a.py::test_b[https://a.b/c d - e] - OSError: no\nFAILED tests\\unit\\test_c.py::T::test_d - KeyError: 1',
    ['test-failure test_a.test_b', 'test-failure unit.test_c.T.test_d'],
  ],
  [
    'folders of the tests of PyPy',
    'FAIL lib-python/3/test/test_capi::unmodified\n=== 76 failed, 341 passed in 1816.78 seconds ====',
    ['test-failure test_capi.unmodified'],
  ],
  [
    'verbose lines, of one process and of many',
    'tests/test_a.py::test_b FAILED [ 10%]\ntests/test_a.py::test_c PASSED [ 20%]\n[gw0] [ 54%] FAILED tests/test_a.py::T::test_d[a b] ',
    ['test-failure test_a.test_b', 'test-failure test_a.T.test_d'],
  ],
  [
    'a block and its line in the summary',
    [
      '____ T.test_b[x-1] ____',
      '',
      ...failing,
      'FAILED tests/test_a.py::T::test_b[x-1] - assert 1 == 2',
    ].join('\n'),
    ['test-failure test_a.T.test_b'],
  ],
  ['a block without its head', failing.join('\n'), ['test-failure test_a.test_b']],
  [
    'a block whose cause lies elsewhere and raised twice',
    [
      'E   pkg.PkgError: x',
      '',
      'pkg.py:680: PkgError',
      '',
      'During handling of the above exception, another exception occurred:',
      '',
      ...failing,
    ].join('\n'),
    ['test-failure test_a.test_b'],
  ],
  [
    'short entries',
    '____ test_b ____\ntests/test_a.py:4: in test_b\n    f()\nsrc/f.py:7: in f\n    raise ValueError("x")\nE   ValueError: x',
    ['test-failure test_a.test_b'],
  ],
  [
    'a file that cannot be collected',
    "____ ERROR collecting tests/test_a.py ____\ntests/test_a.py:3: in <module>\n    import z\nE   ModuleNotFoundError: No module named 'z'",
    ['test-failure test_a'],
  ],
  [
    'a worker that crashed',
    "worker 'gw3' crashed while running 'tests/test_a.py::T::test_b'\nFAILED tests/test_a.py::T::test_b",
    ['crash test_a.T.test_b'],
  ],
  [
    'a crash behind the name of the test that began',
    'tests/test_a.py::test_a PASSED [ 1%]\ntests/test_a.py::T::test_b[x] ../gc.c:9: f: Assertion failed: bad object\nEnable tracemalloc\n\nFatal Python error: _PyObject_AssertFailed',
    ['crash test_a.T.test_b'],
  ],
  [
    'a crash after the last test',
    'tests/test_a.py::test_a \ntests/test_a.py::test_a PASSED [100%]\nFatal Python error: Aborted',
    ['crash -'],
  ],
  [
    'the banner of a watchdog',
    `${'+'.repeat(20)} Timeout ${'+'.repeat(20)}\n\n~~~~~ Stack of MainThread (1234) ~~~~~\n  File "/b/tests/test_a.py", line 3, in test_b\n    time.sleep(100)\n${'+'.repeat(20)} Timeout ${'+'.repeat(20)}`,
    ['timeout test_a.test_b'],
  ],
  [
    'a run that passed, whatever its tests printed',
    `${[...failing, 'tests/test_a.py::test_b FAILED'].join('\n')}\n===== 3 passed in 0.12s =====`,
    [],
  ],
];

export const quoted: readonly Excerpt[] = [
  ...marks.map(([title, mark]) => ({
    title: `a block behind what stands before each line, ${title}`,
    log: everyLine(mark, whole),
    expected: ['test-failure test_x.T.test_y'],
  })),
  ...words.map(([title, log, expected]) => ({
    title: `${title}, quoted`,
    log: `${log}\n`,
    expected,
    format: 'raw' as const,
  })),
  ...pytest.map(([title, log, expected]) => ({ title: `${title}, of pytest`, log: `${log}\n`, expected })),
];
