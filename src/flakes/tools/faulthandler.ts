// Crashes and watchdogs: Python's fatal errors, C assertions, sanitizers, faulthandler's timeout.

import type { Sighting } from '../failure.ts';
import { holder, sight, sightOnce, type Scene } from '../scene.ts';
import type { LogLine } from '../line.ts';
import type { Tool } from '../tool.ts';

/** The crash that is being told: what a dying process says belongs to it. */
export function dying(scene: Scene, line: LogLine): Sighting | null {
  const { open } = scene;
  const near = open?.kind === 'crash' && open.file === holder(scene).file;
  return near && line.number - open.last < 40 ? open : null;
}

/** Python that cannot begin shows the exception first: one failure, told by the fatal error. */
function forgetCause(scene: Scene, line: LogLine): void {
  const last = scene.sightings.at(-1);
  if (last?.kind !== 'other' || last.strength !== 'hinted' || last.method !== null) return;
  if (last === scene.open && last.raised.length > 0 && line.number - last.last <= 2) scene.sightings.pop();
}

function crash(scene: Scene, line: LogLine, message: string): true {
  const near = dying(scene, line);
  if (near !== null) {
    // The assertion that failed says more than the abort that follows.
    near.last = line.number;
    return true;
  }
  forgetCause(scene, line);
  scene.open = sight(scene, line, { kind: 'crash', ...holder(scene), message });
  return true;
}

/** What the C library says before it aborts. */
const allocator = ['corrupt', '(): ', 'stack smashing detected', 'pointer being freed'];

export const faulthandler: Tool = {
  name: 'faulthandler',
  rules: [
    {
      hint: 'Fatal Python error: ',
      pattern: /(Fatal Python error: .*)$/,
      take: ([, message = ''], scene, line) => crash(scene, line, message),
    },
    {
      hint: 'Fatal RPython error: ',
      pattern: /(Fatal RPython error: .*)$/,
      take: ([, message = ''], scene, line) => crash(scene, line, message),
    },
    {
      // The run time of C++.
      hint: 'terminat',
      pattern:
        /(?:^|\.\.\. )(?:libc\+\+abi(?:\.dylib)?: )?(terminat(?:e called|ing)(?: (?:due to|with|after|without|recursively).*)?)$/,
      take: ([, message = ''], scene, line) => crash(scene, line, message),
    },
    {
      hint: 'Windows fatal exception: ',
      pattern: /(Windows fatal exception: .*)$/,
      take: ([, message = ''], scene, line) => crash(scene, line, message),
    },
    {
      hint: 'Assertion ',
      pattern: /: (Assertion [`'"].{1,500}['"] failed)/,
      take: ([, message = ''], scene, line) => crash(scene, line, message),
    },
    {
      hint: 'Assertion failed: ',
      pattern: /(Assertion failed: .*?)(?:, file .*|, function .*)?$/,
      take: ([, message = ''], scene, line) => crash(scene, line, message),
    },
    {
      hint: 'wasm trap: ',
      pattern: /(wasm trap: .*)$/,
      take: ([, message = ''], scene, line) => crash(scene, line, message),
    },
    {
      hint: 'Error: ',
      pattern:
        /^(?:Aborted\()?((?:RuntimeError: (?:memory access out of bounds|unreachable|(?:null function or )?function signature mismatch|table index is out of bounds)|RangeError: Maximum call stack size exceeded).*)$/,
      take: ([, message = ''], scene, line) => crash(scene, line, message),
    },
    {
      hint: ': runtime error: ',
      pattern: /\.\w{1,3}:\d+:\d+: (runtime error: .*)$/,
      take: ([, message = ''], scene, line) => crash(scene, line, message),
    },
    ...allocator.map((hint) => ({
      hint,
      pattern:
        /((?:double free or corruption|(?:free|malloc|realloc|munmap_chunk)\(\): \w[\w ]*|corrupted size vs\. prev_size|stack smashing detected|pointer being freed was not allocated).*?)(?: \*\*\*.*|: 0x.*)?$/,
      take: ([, message = '']: RegExpExecArray, scene: Scene, line: LogLine) => crash(scene, line, message),
    })),
    {
      hint: 'Sanitizer: ',
      pattern: /(ERROR|WARNING): ((?:Address|Thread|Memory|Leak|UndefinedBehavior)Sanitizer: [\w -]+)/,
      take: ([, level, said = ''], scene, line) => {
        const message = said.replace(/ on (?:unknown )?address.*$/, '');
        if (level === 'ERROR') return crash(scene, line, message);
        // A process may go on with a warning: what the runner says of its end is better.
        sightOnce(scene, line, { kind: 'crash', strength: 'hinted', ...holder(scene), message });
        return true;
      },
    },
    {
      // A hunt for leaks puts a mark behind each repetition, without a newline.
      hint: 'Timeout (',
      pattern: /(?:^(?:[.X\d]+ ?[.X\d]*)?|\.\.\. )Timeout \(\d+:\d\d:\d\d(?:\.\d+)?\)!$/,
      take: (_found, scene, line) => {
        scene.open = sight(scene, line, { kind: 'timeout', ...holder(scene), message: 'the watchdog fired' });
        return true;
      },
    },
  ],
};
