// Whole logs put together from what regrtest prints, in the dialects of its versions, each with what must come out of it.
// Seeds from 1 on were looked at while the reader was written; those from 10,001 on were not.

import { expect } from 'chai';
import { brief, read } from './read.ts';

interface Dice {
  below(limit: number): number;
  one<T>(choices: readonly T[]): T;
}

function dice(seed: number): Dice {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return Math.floor((((state ^ (state >>> 13)) >>> 0) / 4_294_967_296) * limit);
  };
  return { below, one: (choices) => choices[below(choices.length)]! };
}

interface Dialect {
  /** What stands in the brackets behind a method. */
  readonly place: (file: string, method: string) => string;
  readonly load: string;
  readonly crashed: string;
  readonly env: string;
  /** `Result:` below the lists, and above them from 3.7 on. */
  readonly result: 'Result' | 'Tests result';
}

const old: Dialect = {
  place: (file) => `test.${file}.Tests`,
  load: '',
  crashed: 'crashed (Exit code -11)',
  env: '1 test altered the execution environment:',
  result: 'Tests result',
};
const dialects: readonly Dialect[] = [
  old,
  { ...old, load: 'load avg: 3.21 ' },
  {
    place: (file, method) => `test.${file}.Tests.${method}`,
    load: 'load avg: 0.10 ',
    crashed: 'process crashed (Exit code -11 (SIGSEGV))',
    env: '1 test altered the execution environment (env changed):',
    result: 'Result',
  },
  {
    place: (file, method) => `test.${file}.Tests.${method}`,
    load: 'load avg: 12.00 mem: 1.2 GiB ',
    crashed: 'worker non-zero exit code (Exit code -11 (SIGSEGV))',
    env: '1 test altered the execution environment (env changed):',
    result: 'Result',
  },
];

interface Told {
  /** The words behind the file's name in its line. */
  readonly word: string;
  readonly output: string;
  readonly expected: string;
}

interface Part {
  readonly file: string;
  readonly method: string;
  readonly dialect: Dialect;
  readonly roll: Dice;
}

const rule = '='.repeat(70);
const thin = '-'.repeat(70);
const errors = [
  'AssertionError: 1 != 2',
  'OSError: [Errno 9] Bad file descriptor',
  'TimeoutError',
  'KeyError: 3',
];

function dump({ file, method }: Part): string {
  return `Thread 0x00007f12 (most recent call first):\n  File "/b/Lib/threading.py", line 9 in wait\n  File "/b/Lib/test/${file}.py", line 77 in ${method}\n  File "/b/Lib/unittest/case.py", line 5 in run\n\n`;
}

function trace({ file, method, roll }: Part): string {
  return `Traceback (most recent call last):\n  File "/b/Lib/test/${file}.py", line 17, in ${method}\n    self.check()\n${roll.one(errors)}\n`;
}

function verbose({ file, method, dialect, roll }: Part): string {
  const before = `test_first (${dialect.place(file, 'test_first')}) ... ok\n`;
  const words = roll.one(['', 'About it. ', 'printed\n']);
  return `${before}${method} (${dialect.place(file, method)})${words === 'About it. ' ? '\n' : ' ... '}${words}`;
}

const episodes: readonly ((part: Part) => Told)[] = [
  (part) => ({
    word: 'failed (1 failure)',
    output: `test ${part.file} failed -- ${trace(part)}\n`,
    expected: `test-failure ${part.file}.${part.method}`,
  }),
  (part) => {
    const { file, method, dialect, roll } = part;
    const word = roll.one(['FAIL', 'ERROR']);
    const sub = roll.one(['', ' (i=1)', ' [part] (i=1)', '\nAbout it.']);
    const head = `${word}: ${method} (${dialect.place(file, method)})${sub}`;
    const output = `${verbose(part)}... ${word}\n\n${rule}\n${head}\n${thin}\n${trace(part)}\n${thin}\nRan 2 tests in 0.1s\n\nFAILED (${word === 'FAIL' ? 'failures' : 'errors'}=1)\ntest ${file} failed\n`;
    return { word: 'failed (1 failure)', output, expected: `test-failure ${file}.Tests.${method}` };
  },
  (part) => ({
    word: part.dialect.crashed,
    output: `Fatal Python error: Segmentation fault\n\nCurrent t${dump(part).slice(1)}`,
    expected: `crash ${part.file}.${part.method}`,
  }),
  (part) => ({
    word: part.dialect.crashed.replace(/-11.*/, '1)'),
    output: `${verbose(part).trimEnd()} ... Timeout (0:20:00)!\n${dump(part)}`,
    expected: `timeout ${part.file}.Tests.${part.method}`,
  }),
  ({ file }) => ({
    word: 'failed (env changed)',
    output: `Warning -- os.environ was modified by ${file}\n  Before: {}\n  After:  {'a': 1}\n`,
    expected: `env-changed ${file}`,
  }),
  ({ file }) => ({
    word: 'failed (reference leak)',
    output: `beginning 6 repetitions\n123456\n......\n${file} leaked [1, 1, 1] references, sum=3\n${file} leaked [2, 1, 1] memory blocks, sum=4\n`,
    expected: `refleak ${file}`,
  }),
  ({ file }) => ({ word: 'timed out (20 min)', output: '', expected: `timeout ${file}` }),
  ({ file }) => ({
    word: 'failed (3 errors)',
    output: `test ${file} failed -- multiple errors occurred; run in verbose mode for details\n`,
    expected: `test-failure ${file}`,
  }),
];

/** A run of many files in a dialect, some of which go wrong. */
function generate(seed: number): { readonly log: string; readonly expected: readonly string[] } {
  const roll = dice(seed);
  const dialect = roll.one(dialects);
  const expected: string[] = [];
  const failed: string[] = [];
  const changed: string[] = [];
  let log = `== CPython\nRun tests in parallel using 2 child processes\n`;
  for (let at = 1; at <= 30; at += 1) {
    const file = `test_${roll.one(['io', 'ssl', 'os', 'net', 'x'])}${at}`;
    const start = `0:00:${String(at).padStart(2, '0')} ${dialect.load}[${String(at).padStart(2)}/30${failed.length > 0 ? `/${failed.length}` : ''}] `;
    const beside = roll.one([
      '',
      ' -- running: test_slow (31 sec)',
      ' -- running (2): test_slow (31.2 sec), test_s (40 sec)',
    ]);
    if (roll.below(5) > 0) {
      log += `${start}${file} passed${beside}\n${roll.one(['', '', 'some words: of a test\n', 'Exception in thread Thread-1:\n'])}`;
      continue;
    }
    const told = roll.one(episodes)({
      file,
      method: `test_${roll.one(['a', 'read', 'b_c'])}`,
      dialect,
      roll,
    });
    (told.expected.startsWith('env') ? changed : failed).push(file);
    expected.push(told.expected);
    log += `${start}${file} ${told.word}${beside}\n${told.output}`;
  }
  const list = (names: readonly string[]): string => `    ${names.join(' ')}\n\n`;
  log += `\n== Tests result: ${failed.length > 0 ? 'FAILURE' : 'SUCCESS'} ==\n\n${30 - failed.length} tests OK.\n\n`;
  if (failed.length > 0)
    log += `${failed.length} test${failed.length > 1 ? 's' : ''} failed:\n${list(failed)}`;
  if (changed.length > 0)
    log += `${dialect.env.replace('1 test', `${changed.length} tests`)}\n${list(changed)}`;
  log += `3 tests skipped:\n    test_gdb test_tk test_msilib\n\nTotal duration: 9 sec\n${dialect.result}: ${failed.length > 0 ? 'FAILURE' : 'SUCCESS'}\n`;
  return { log, expected };
}

describe('the log reader on whole runs', () => {
  const cases = [...Array(300).keys()].map((at) => (at < 150 ? at + 1 : at + 9_851));

  it('finds what went wrong, no more and no less, whatever the dialect and the order', async () => {
    for (const seed of cases) {
      const { log, expected } = generate(seed);
      const found = brief(await read(log, { format: 'raw' }));
      expect(found.toSorted(), `seed ${seed}`).to.deep.equal(expected.toSorted());
    }
  });
});
