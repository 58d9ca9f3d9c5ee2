// What test logs are made of, in small: the filters choose, of all that a pattern demands, the bytes that are rarest here.
// Only speed depends on it, never a result.

export const typicalText = `
== CPython 3.14.0a1+ (heads/main:0123456789, Nov 20 2025, 10:11:12) [GCC 12.2.0]
== Linux-6.1.0-25-amd64-x86_64-with-glibc2.36 little-endian
== cwd: /buildbot/buildarea/3.x.worker/build/build/test_python_worker_12345
== CPU count: 8, encodings: locale=UTF-8 FS=utf-8, resources: all,-gui
Using random seed: 1234567890
0:00:01 load avg: 3.15 Run 480 tests in parallel using 10 worker processes (timeout: 15 min, worker timeout: 20 min)
0:00:05 load avg: 3.15 [ 17/480] test_asyncio.test_base_events passed -- running (3): test_multiprocessing_spawn (35.1 sec), test_ssl (30.2 sec)
0:01:42 load avg: 12.08 [203/480/1] test_socket failed (1 failure) -- running: test_concurrent_futures (1 min 12 sec)
0:02:13 load avg: 9.71 [ 21/434] test_ttk_guionly skipped -- Use of the 'gui' resource not enabled
test_something (test.test_module.SomeTestCase.test_something) ... ok
test_other_thing (test.test_email.test_message.TestCase) ... skipped 'requires working network'
test_int_from_bytes (test.test_long.LongTest.test_int_from_bytes) ... FAIL
testZeroLength (__main__.TestOfAll) ... ERROR
Checks that the value is what is expected. ... ok
======================================================================
FAIL: test_name (test.test_module.ClassTests.test_name)
ERROR: test_name (test.test_module.ClassTests.test_name) [subtest]
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/buildbot/buildarea/3.x.worker/build/Lib/test/test_module.py", line 1234, in test_name
  File "/usr/lib/python3.11/unittest/case.py", line 591, in run
    self.assertEqual(first, second)
    with self.assertRaises(ValueError):
    ~~~~~~~~~~~~~~~~^^^^^^^^^^^^^^^^^^
AssertionError: 1 != 2 : message
AssertionError: False is not true
OSError: [Errno 98] Address already in use
TimeoutError: timed out
RuntimeError: something went wrong
During handling of the above exception, another exception occurred:
Ran 1234 tests in 12.345s
OK (skipped=12)
FAILED (failures=1, errors=2, skipped=3)
Warning -- files was modified by test_module
Total duration: 12 min 34 sec
Total tests: run=41,234 failures=1 skipped=1,234
Result: FAILURE then SUCCESS
beginning 6 repetitions. Showing number of leaks (. for 0 or less, X for 1 or more)
gcc -c -fno-strict-overflow -Wsign-compare -DNDEBUG -g -O3 -Wall -std=c11 -Wextra -Wno-unused-parameter -fvisibility=hidden -I./Include/internal -I. -I./Include -DPy_BUILD_CORE -o Objects/object.o Objects/object.c
./Modules/_testcapi/file.c:123:45: warning: unused variable 'name' [-Wunused-variable]
checking for sys/types.h... yes
checking whether the compiler supports flags... no
make: Entering directory '/buildbot/buildarea/build'
test_a passed, test_b passed in 3.2 sec, 1 test failed, 2 tests skipped, the process exited with code 0
Current thread 0x00007f1234567890 (most recent call first):
DEBUG:asyncio:Using selector: EpollSelector
created temporary directory /tmp/tmpabcdefgh for the tests, and then it is removed
program finished with exit code 2
elapsedTime=123.456789
`;
