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

function onWord([, alone, scripted = '']: RegExpExecArray, scene: Scene, line: LogLine): true {
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
    { hint: 'has overflowed its stack', pattern: overflow, take: onWord },
  ],
};
