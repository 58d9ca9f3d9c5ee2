// What one process of regrtest prints of a file that fails, as Buildbot keeps it, for tests to change.

import { createHash } from 'node:crypto';
import { createLineReader } from '../../../src/flakes/line-reader.ts';
import { createLogReader, type LogReading } from '../../../src/flakes/read-log.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Reads a log in the contents format. */
export function read(log: string): LogReading {
  const reader = createLogReader({ format: 'contents', builder: 'b', hash });
  const lines = createLineReader({ format: 'contents', onLine: (line) => reader.take(line) });
  lines.write(Buffer.from(log));
  lines.end();
  return reader.reading();
}

/** Every line as one of the step's output. */
export function output(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `o${line}\n`)
    .join('');
}

export const block = (method: string, file = 'test_a', message = '1 != 2'): string => `
======================================================================
FAIL: ${method} (test.${file}.T.${method})
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/b/Lib/test/${file}.py", line 3, in ${method}
    self.assertEqual(1, 2)
AssertionError: ${message}
`;
export const ended = (failures: number, ran = 3): string => `
----------------------------------------------------------------------
Ran ${ran} tests in 0.010s

FAILED (failures=${failures})
test test_a failed
`;
export const summary = `
== Tests result: FAILURE ==

1 test failed:
    test_a

2 tests OK.

Total duration: 50 ms
Result: FAILURE
`;
export const start = '0:00:00 load avg: 1.00 [1/3] test_a\n';
export const exit = 'hprogram finished with exit code 2\n';
