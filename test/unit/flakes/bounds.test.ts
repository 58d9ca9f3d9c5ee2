// Logs made to hurt: masses of failures, endless and hostile lines, and output that only looks like failures.

import { expect } from 'chai';
import { createLogReader } from '../../../src/flakes/read-log.ts';
import { digest } from '../../../src/evidence/digest.ts';
import { brief, read } from './read.ts';

const thin = '-'.repeat(70);

describe('the log reader under a flood', () => {
  it('keeps a bounded number of failures, says how many it left out, and still finds what comes last', () => {
    const reader = createLogReader({ format: 'raw', builder: null, hash: digest });
    let number = 0;
    const take = (text: string) => reader.take({ number: ++number, header: false, text });
    for (let one = 0; one < 20_000; one += 1) {
      take('='.repeat(70));
      take(`FAIL: test_${one} (test.test_a.T.test_${one})`);
      take(thin);
    }
    take('Fatal Python error: Aborted');
    const { failures, dropped } = reader.reading();

    expect(failures).to.have.length.below(4_000);
    expect(dropped).to.be.greaterThan(15_000);
    expect(failures[0]).to.include({ kind: 'crash' });
  });

  it('bounds what it keeps of one failure', async () => {
    const frames = '  File "/b/test_a.py", line 1, in test_x\n'.repeat(5_000);
    const log = `${'='.repeat(70)}\nFAIL: test_x (test.test_a.T.test_x)\n${thin}\nTraceback (most recent call last):\n${frames}ValueError: ${'y'.repeat(60_000)}\n${'more\n'.repeat(5_000)}`;

    expect(JSON.stringify(await read(log, { format: 'raw' }))).to.have.length.below(20_000);
  });

  it('reads a line of hostile repetitions in time that grows with its length', async () => {
    const parts = [
      ' (:1: error: ',
      'Assertion `',
      'Timeout (',
      'File "a", line 1, in ',
      '] running: x (1) -- a failed',
      "'TOKEN': '",
      '0:00:00 ',
    ];
    const log = parts
      .map((part) => `test_a (a.b) ${part.repeat(10_000)}\n`)
      .join('')
      .repeat(10);
    const started = performance.now();
    await read(log, { format: 'raw' });

    // 700 such lines would take minutes if one of the patterns were quadratic in 64 KiB.
    expect(performance.now() - started).to.be.below(5_000);
  });

  it('finds nothing in output that passed, whatever the tests printed', async () => {
    const noise = [
      'ERROR:root:boom',
      'Traceback (most recent call last):',
      '  File "/b/Lib/test/test_a.py", line 3, in test_inner',
      'ValueError: expected',
      '',
      'No space left on device',
      'FAIL: test_inner (test.test_a.Inner)',
      'Killed',
      `${'='.repeat(70)}\nFAIL: test_inner (test.test_a.Inner)\n${thin}\nTraceback (most recent call last):\nAssertionError`,
      'conn.c:12:3: error: deliberately wrong',
      'ConnectionRefusedError: [Errno 111] Connection refused',
    ].join('\n');
    const files = Array.from(
      { length: 300 },
      (_, n) =>
        `0:00:01 load avg: 1.0 [${n}/300] test_m${n}\ntest_x (test.test_m${n}.T.test_x) ... ok\n${noise}\n\n${thin}\nRan 1 test in 0.1s\n\nOK\n`,
    );
    const log = `${files.join('')}\n== Tests result: SUCCESS ==\n\nAll 300 tests OK.\n\nTests result: SUCCESS\n`;

    expect(brief(await read(log))).to.deep.equal([]);
    // The same output where the process failed is another matter.
    expect(await read(`${log}program finished with exit code 1\n`)).not.to.deep.equal([]);
  });
});
