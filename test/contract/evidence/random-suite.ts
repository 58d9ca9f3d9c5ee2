// Suites of tests with faults drawn from a seed, and what a reader must find in a run of them: nobody has looked at these logs.

/** Mulberry32: the same numbers for the same seed, everywhere. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Fault {
  readonly body: string;
  readonly fails: boolean;
}

const faults: readonly Fault[] = [
  { body: 'self.assertEqual([1, 2, 3], [1, 2, 4])', fails: true },
  { body: 'self.assertEqual({"a": 1}, {"a": 2})', fails: true },
  { body: 'self.assertEqual("one\\ntwo\\n", "one\\ntree\\n")', fails: true },
  { body: 'self.fail("first line\\n\\nbehind an empty line: Error")', fails: true },
  { body: 'raise KeyError("k\\u20ac")', fails: true },
  { body: 'raise ExceptionGroup("several", [ValueError("a"), TypeError("b")])', fails: true },
  { body: 'import subprocess; subprocess.run(["false"], check=True)', fails: true },
  { body: 'raise TimeoutError', fails: true },
  { body: 'raise type("OddThing", (Exception,), {})("odd")', fails: true },
  { body: 'try: int("x")\n        except ValueError: raise RuntimeError("while handling")', fails: true },
  { body: 'assert False', fails: true },
  { body: 'print("ERROR: test_ghost (test_ghost.G.test_ghost)")', fails: false },
  {
    body: 'import traceback\n        try: 1 / 0\n        except ZeroDivisionError: traceback.print_exc()',
    fails: false,
  },
  { body: 'import sys; print("x" * 5000, file=sys.stderr)', fails: false },
  { body: 'import sys; sys.stdout.write("no newline")', fails: false },
  { body: 'import logging; logging.error("something went wrong: Connection refused")', fails: false },
  { body: 'print("\\x1b[31mFAIL\\x1b[0m\\r\\n\\r50%\\r100%")', fails: false },
  { body: 'print("Segmentation fault (core dumped)")', fails: false },
  { body: 'self.skipTest("not here")', fails: false },
  { body: 'pass', fails: false },
  { body: 'pass', fails: false },
  { body: 'pass', fails: false },
];

export interface RandomRun {
  readonly files: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  /** `test-failure id`, sorted. */
  readonly expected: readonly string[];
}

interface Method {
  readonly id: string;
  readonly short: string;
  readonly fails: boolean;
  readonly source: string;
}

function methodOf(
  draw: () => number,
  place: { readonly file: string; readonly kind: string; readonly at: number },
): Method {
  const { file, kind, at } = place;
  const fault = faults[Math.floor(draw() * faults.length)] ?? { body: 'pass', fails: false };
  const name = `test_${['open', 'close', 'read_all', 'x2', 'Upper'][Math.floor(draw() * 5)] ?? 'a'}_${at}`;
  const doc = draw() < 0.3 ? '        """What it is about (really)."""\n' : '';
  const source = `    def ${name}(self):\n${doc}        ${fault.body}\n`;
  return { id: `${file}.${kind}.${name}`, short: `${file}.${name}`, fails: fault.fails, source };
}

function fileOf(
  draw: () => number,
  file: string,
): { readonly source: string; readonly methods: readonly Method[] } {
  const methods: Method[] = [];
  let source = 'import unittest\n';
  for (let one = 0; one <= Math.floor(draw() * 2); one += 1) {
    const kind = `Case${one}Tests`;
    const own = Array.from({ length: 1 + Math.floor(draw() * 3) }, (_, at) =>
      methodOf(draw, { file, kind, at: one * 10 + at }),
    );
    source += `class ${kind}(unittest.TestCase):\n${own.map((method) => method.source).join('')}`;
    methods.push(...own);
  }
  return { source, methods };
}

function idsOf(methods: readonly Method[], file: string, named: boolean): string[] {
  const failing = methods.filter(({ fails }) => fails);
  if (named) return failing.map(({ id }) => id);
  if (failing.length > 1) return [file];
  return failing.map(({ short }) => short);
}

/** A suite, how it is run, and what must be found. */
export function randomRun(seed: number): RandomRun {
  const draw = seeded(seed);
  const mode = (['-v', '-W', '', '-w'] as const)[Math.floor(draw() * 4)] ?? '';
  const files: Record<string, string> = {};
  const expected: string[] = [];
  for (let one = 0; one < 4; one += 1) {
    const file = `test_r${seed}_${one}`;
    const { source, methods } = fileOf(draw, file);
    files[file] = source;
    // A re-run is verbose: what fails in it again is named in full.
    expected.push(...idsOf(methods, file, mode !== '').map((id) => `test-failure ${id}`));
  }
  const parallel = draw() < 0.5 ? ['-j2'] : [];
  const words = [...(mode === '' ? [] : [mode]), ...parallel, ...Object.keys(files)];
  return { files, words, expected: expected.sort() };
}
