// A shell's or make's word on a process that a signal ended, on a line of its own or behind the unfinished line of the test that ran.

import type { Kind } from '../kind.ts';
import type { LogLine } from '../line.ts';
import { sightOnce, type Scene } from '../scene.ts';
import type { Rule, Tool } from '../tool.ts';

const kinds: Readonly<Record<string, Kind>> = {
  Killed: 'oom',
  'Segmentation fault': 'crash',
  Aborted: 'crash',
  'Abort trap': 'crash',
  'Bus error': 'crash',
  'Illegal instruction': 'crash',
  'Floating point exception': 'crash',
  'Trace/BPT trap': 'crash',
  'Trace/breakpoint trap': 'crash',
  // Somebody ended it: the service that ran it, or its clock.
  Terminated: 'other',
};

const words = Object.keys(kinds).join('|');
/** What each of them has, in few pieces: they are looked for in every line. */
const hints = [
  'Killed',
  'Segmentation fault',
  'Abort',
  'Bus error',
  'Illegal instruction',
  'Floating point',
  ' trap',
  'Terminated',
];
// The number is the signal's, as macOS prints it. A shell names script, line and process before the word, and the command behind it.
const spoken = new RegExp(
  String.raw`(?:^|\.\.\. )(?:g?make(?:\[\d+\])?: \*\*\* \[.*\] )?(${words})(?:: \d+)?(?: *\(core dumped\))?$|: line \d+: +\d+ (${words})\b`,
);

/** The same in the words of debuggers, emulators, valgrind, other shells and systems. */
const debuggers: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['received signal', /^(?:Program|Thread \S{1,20}(?: "[^"]{0,100}")?) received signal (SIG[A-Z]+)\b/],
  ['terminated with signal', /^Program terminated with signal (?:\d+, )?(SIG[A-Z]+|[A-Z][\w ]+)\b/],
  [
    'stop reason = ',
    /\bstop reason = (?:signal (SIG[A-Z]+)|(EXC_BAD_ACCESS|EXC_BAD_INSTRUCTION|EXC_CRASH)\b)/,
  ],
  [
    'default action of signal',
    /^==\d+== Process terminating with default action of signal \d+ \((SIG[A-Z]+)\)/,
  ],
  ['uncaught target signal', /^qemu: uncaught target signal \d+ \(([A-Z][\w ]+)\)/],
  ['zsh: ', /^zsh: (segmentation fault|abort|bus error|killed|illegal hardware instruction|trace trap)\b/],
  [
    '] ',
    /^\[\d+\] {2,}[+-]? *\d+ (segmentation fault|abort|bus error|killed|illegal hardware instruction)\b/,
  ],
  ['terminated by signal', /\bterminated by signal (SIG[A-Z]+)\b/],
  ['- core dumped', /^(Segmentation Fault|Abort|Bus Error|Illegal Instruction) - core dumped$/],
  [
    'coredump)',
    /(?:^|\.\.\. )(Segmentation fault|IOT\/Abort trap|Abort|Bus error|Illegal instruction) ?\(core ?dump(?:ed)?\)$/,
  ],
];

/** The words above and the names of signals in the words of the shell. */
const plain: readonly (readonly [RegExp, string])[] = [
  [/SEGV|segmentation|BAD_ACCESS/i, 'Segmentation fault'],
  [/ABRT|abort|CRASH/i, 'Aborted'],
  [/SIGBUS|bus error/i, 'Bus error'],
  [/SIGILL|illegal|BAD_INSTRUCTION/i, 'Illegal instruction'],
  [/SIGFPE|floating/i, 'Floating point exception'],
  [/SIGTRAP|trace/i, 'Trace/breakpoint trap'],
  [/kill/i, 'Killed'],
  [/SIGTERM|terminated/i, 'Terminated'],
];

function onDebugger(found: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  const said = found[1] ?? found[2] ?? '';
  const word = plain.find(([pattern]) => pattern.test(said))?.[1];
  // A debugger stops for many a signal that ends nothing. What the tests of debuggers print is their output.
  if (word === undefined || scene.method !== null) return false;
  return onWord([said, word], scene, line);
}

/** What the run time of a Rust program, such as wasmtime, says before it aborts. */
const overflow = /^thread '[^']{0,200}'(?: \(\d+\))? (has overflowed its stack)$/;

/** Whether a message is one of these words: what a child of a test came to reads the same as what the runner's own process came to. */
export function isShellWord(message: string): boolean {
  return Object.hasOwn(kinds, message);
}

/** What a shell says behind the word, else what was printed before it. */
function commandOf(scene: Scene, line: LogLine, word: string): string {
  const behind = line.text
    .slice(line.text.indexOf(word) + word.length)
    .replace(/^\s*(?:\(core dumped\))?\s*/, '');
  return behind === '' ? scene.before : behind;
}

function onWord(
  [, alone, scripted = '']: readonly (string | undefined)[],
  scene: Scene,
  line: LogLine,
): true {
  const word = alone ?? scripted;
  const { file, method, over, ran } = scene;
  const kind = kinds[word] ?? 'crash';
  // What somebody ended says nothing of the file that ran.
  const where =
    kind === 'other' ? { file: null, method: null } : { file, method: over || ran ? null : method };
  const command = where.file === null && where.method === null ? commandOf(scene, line, word) : null;
  sightOnce(scene, line, { kind, strength: 'said', ...where, message: word, command });
  return true;
}

export const shell: Tool = {
  name: 'shell',
  rules: [
    ...hints.map((hint): Rule => ({ hint, pattern: spoken, take: onWord })),
    ...debuggers.map(([hint, pattern]): Rule => ({ hint, pattern, take: onDebugger })),
    { hint: 'has overflowed its stack', pattern: overflow, take: onWord },
  ],
};
