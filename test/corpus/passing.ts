// Output of runs in which all is well, though it hardly looks so: what tests of CPython print while they pass, as long as one likes.

/** One process and every method, many processes, or the latter as Buildbot stores it, with a letter before each line. */
export const manners = ['verbose', 'parallel', 'contents'] as const;
export type Manner = (typeof manners)[number];

const rule = '='.repeat(70);
const thin = '-'.repeat(70);

/** Printed by the method of this name, and it passed. */
const prints: readonly ((method: string) => string)[] = [
  (method) => `${method}\nFAIL: is what the result prints, which is looked for here ... ok`,
  (method) => `${method}\nERROR: is kept apart from FAIL: test_other (test.test_other.T.test_other) ... ok`,
  (method) => `${method} ... expected failure`,
  (method) => `${method} ... skipped 'FAIL: resource \\'network\\' is not enabled'`,
  (method) => `${method} ... Traceback (most recent call last):
  File "/build/Lib/test/test_traceback.py", line 31, in test_inner
    raise ValueError('expected by the test')
ValueError: expected by the test
ok`,
  (method) => `${method} ... Exception in thread Thread-7 (run):
Traceback (most recent call last):
  File "/build/Lib/threading.py", line 1045, in _bootstrap_inner
    self.run()
ConnectionResetError: [Errno 104] Connection reset by peer
ok`,
  (method) => `${method} ... ERROR:root:boom\nCRITICAL:test:No space left on device\nok`,
  (method) => `${method} ... Fatal Python error: Segmentation fault

Current thread 0x00007f0a4f15e3ea (most recent call first):
  File "<string>", line 1 in <module>
ok`,
  (method) => `${method} ... ${rule}
FAIL: test_of_a_child (__main__.Child.test_of_a_child)
${thin}
Traceback (most recent call last):
  File "/tmp/test_python_1/child.py", line 5, in test_of_a_child
    self.fail('as it should')
AssertionError: as it should

${thin}
Ran 1 test in 0.001s

FAILED (failures=1)
ok`,
  (method) =>
    `${method} ... Killed\nMemoryError\nfatal: unable to access 'https://example.org/': Could not resolve host\nok`,
  (method) =>
    `${method} ... child.c:3:5: error: expected ';' before '}' token\nmake[1]: [Makefile:7: child.o] Error 1 (ignored)\nok`,
  (method) =>
    `${method}\nTimeout (0:00:01)! is what the watchdog of the child says ... \u001b[32mok\u001b[0m`,
  (method) => `${method} ... ${'. FAIL '.repeat(40)}\rok`,
  (method) => `${method} (i=1, text='ERROR: no\\nFAILED (errors=1)') ... ok`,
];

function* methods(file: string, from: number): Generator<string> {
  for (let at = 0; at < 40; at += 1) {
    const method = `test_${from + at} (test.${file}.Tests.test_${from + at})`;
    yield at % 3 === 2 ? (prints[(from + at) % prints.length] ?? String)(method) : `${method} ... ok`;
  }
}

function* body(manner: Manner): Generator<string> {
  for (let number = 1; ; number += 1) {
    const file = `test_file${number % 400}`;
    const said = `0:0${number % 9}:10 load avg: 2.07 [${number}/90000]`;
    if (manner === 'verbose') {
      yield `${said} ${file}\n${[...methods(file, number * 7)].join('\n')}\n\n${thin}\nRan 40 tests in 1.204s\n\nOK (skipped=3, expected failures=2)\n`;
    } else {
      yield `${said} ${file} passed (1 min ${number % 60} sec) -- running (2): test_failed (3 min 2 sec), test_error (31.2 sec)\n`;
      if (number % 5 === 0) yield `${file} skipped -- FAIL: No module named '_failed'\n`;
      if (number % 9 === 0) yield `${[...methods(file, number * 7)].join('\n')}\n`;
    }
  }
}

const ending = `
== Tests result: SUCCESS ==

10 slowest tests:
- test_failed: 9 min 50 sec

3 tests skipped:
    test_msvcrt test_startfile test_winreg

398 tests OK.

Total duration: 12 min 31 sec
Total tests: run=44,000 skipped=1,800
Total test files: run=401/401 skipped=3
Result: SUCCESS
`;

/** The bytes of one green run, at least so many of them. */
export function* passing(manner: Manner, bytes: number): Generator<Buffer> {
  const stored = (text: string): Buffer =>
    Buffer.from(manner === 'contents' ? text.replaceAll(/^(?=[^]|$)/gm, 'o').replace(/o$/, '') : text);
  let written = 0;
  for (const text of body(manner)) {
    const chunk = stored(text);
    written += chunk.length;
    yield chunk;
    if (written >= bytes) break;
  }
  yield stored(ending);
  if (manner === 'contents')
    yield Buffer.from('hprogram finished with exit code 0\nhelapsedTime=751.204418\n');
}
