// The logs of the stand-in's builds. Lines of a stdio log begin with o, e or h; a worker sends what was printed every five seconds.

export interface Log {
  readonly name: string;
  readonly slug: string;
  readonly type: 's' | 't';
  /** All its lines, prefixes included. */
  readonly lines: readonly string[];
  /** Milliseconds between two lines while its step runs; null: they are there at once. */
  readonly growsEvery: number | null;
}

const head = ['h/usr/bin/python3 suite/ci.py test', 'h in dir build (timeout 60 secs)', "h argv: [b'test']"];
const lineEvery = 250;
const sentEvery = 5_000;
const mostLines = 2_000;

/** A stdio log that is there at once; `exit`: the code in its last line, null for a command that was killed. */
export function logOf(lines: readonly string[], exit: number | null): Log {
  const end = exit === null ? 'hprocess killed by signal 9' : `hprogram finished with exit code ${exit}`;
  const all = [...head, ...lines, end, 'helapsedTime=1.000000'];
  return { name: 'stdio', slug: 'stdio', type: 's', lines: all, growsEvery: null };
}

/** One text for all: a build has no lines of its own to keep. */
const passing = Array.from(
  { length: mostLines },
  (_none, at) =>
    `o0:00:${String(at % 60).padStart(2, '0')} load avg: 1.00 [${at + 1}] test_slow_${at + 1} passed`,
);
const ended = ['oAll tests OK.', 'hprogram finished with exit code 0', 'helapsedTime=1.000000'];
const growing = new Map<number, Log>();

/** The log of a test step of so many milliseconds that passes: a line every 250 ms. */
export function growingTest(takes: number): Log {
  const count = Math.min(Math.floor(takes / lineEvery), mostLines);
  let log = growing.get(count);
  if (log === undefined) {
    const lines = [...head, ...passing.slice(0, count), ...ended];
    log = { name: 'stdio', slug: 'stdio', type: 's', lines, growsEvery: lineEvery };
    // Lengths are few, or drawn anew for each build: those are not worth keeping.
    if (growing.size < 100) growing.set(count, log);
  }
  return log;
}

const regression = [
  'o0:00:02 load avg: 0.41 [4/4/1] test_gate_regression failed (1 failure)',
  'otest_even (test_gate_regression.MedianTest.test_even) ... FAIL',
  'otest_odd (test_gate_regression.MedianTest.test_odd) ... ok',
  'o',
  'o======================================================================',
  'oFAIL: test_even (test_gate_regression.MedianTest.test_even)',
  'o----------------------------------------------------------------------',
  'oTraceback (most recent call last):',
  'o  File "Lib/test/test_gate_regression.py", line 16, in test_even',
  'o    self.assertEqual(median([4, 1, 3, 2]), 2.5)',
  'oAssertionError: 3 != 2.5',
  'o',
  'o----------------------------------------------------------------------',
  'oRan 2 tests in 0.001s',
  'o',
  'oFAILED (failures=1)',
  'otest test_gate_regression failed',
  'o',
  'o== Tests result: FAILURE ==',
  'o',
  'o1 test failed:',
  'o    test_gate_regression',
  'o',
  'oResult: FAILURE',
];

/** The log of a run in which one test fails. */
export function regressionLog(): Log {
  return logOf([...passing.slice(0, 40), ...regression], 2);
}

/** How many lines of a log have come so many milliseconds after its step began; `over`: the step has ended. */
export function linesBy(log: Log, elapsed: number, over: boolean): number {
  if (over || log.growsEvery === null) return log.lines.length;
  const sent = Math.floor(elapsed / sentEvery) * sentEvery;
  return Math.min(head.length + Math.floor(sent / log.growsEvery), log.lines.length - ended.length);
}
