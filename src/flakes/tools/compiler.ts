// Compilers, linkers and make, before any test has begun: what a test compiles for itself is the test's affair.

import { kindOf } from '../cause.ts';
import type { Sighting } from '../failure.ts';
import { sightOnce, type Scene } from '../scene.ts';
import type { LogLine } from '../line.ts';
import type { Rule, Tool } from '../tool.ts';

const diagnostics: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['error', /^(?:.*[\\/])?([^\s:\\/][^:\\/]*\.\w{1,5}):\d+(?::\d+)?: ((?:fatal )?error: .*)$/],
  [
    'error',
    /^\s*(?:\d+>)?(?:.*[\\/])?([^\s:\\/(][^:\\/(]*\.\w{1,5})\(\d+(?:,\d+)?\): ((?:fatal )?error (?!MSB)[A-Z]+\d+: .*?)(?: \[.*\])?$/,
  ],
  [
    'LNK',
    /^\s*(?:\d+>)?(?:.*[\\/])?(LINK|[\w.-]+\.(?:obj|lib))(?:\([^()]{1,200}\))? : ((?:fatal )?error LNK\d+: .*?)(?: \[.*\])?$/,
  ],
  ['undefined ', /^(?:.*[\\/])?([\w.-]+\.\w{1,3})(?::.*)?: (undefined (?:reference to|symbol:?) .*)$/],
  ['ndefined symbols', /^()(Undefined symbols for architecture \w+)/],
  ['ld: ', /^(?:.*[\\/])?(ld(?:\.\w+)?): ((?:cannot find|library not found|multiple definition).*)$/],
  ['configure: error: ', /^()(configure: error: (?!in [`']).*)$/],
];

/** Lines between two errors of one source: a compiler that goes on tells what follows from the first. */
const sourceLines = 60;

/** The next error in the source of the last one is no failure of its own. */
function goesOn(scene: Scene, line: LogLine, file: string): boolean {
  const last = scene.sightings.at(-1);
  if (last === undefined || file === '' || kindOf(last) !== 'compile' || last.strength !== 'seen')
    return false;
  if (last.message?.startsWith(`${file}: `) !== true || line.number - last.last > sourceLines) return false;
  last.last = line.number;
  return true;
}

function rule([hint, pattern]: (typeof diagnostics)[number]): Rule {
  const take = (found: RegExpExecArray, scene: Scene, line: LogLine): boolean => {
    if (scene.run.started || scene.file !== null) return false;
    const [, file = '', text = ''] = found;
    if (goesOn(scene, line, file)) return true;
    sightOnce(scene, line, { kind: 'compile', file: null, message: file === '' ? text : `${file}: ${text}` });
    return true;
  };
  return { hint, pattern, take };
}

/** make and BSD's make. */
const stopped = /^(?:g?make(?:\[\d+\])?: )?\*\*\* (\[(?:.*[ :])?([^\s\]]+)\] Error (?:code )?(\d{1,9}))$/;
/** These run tests: they are no part of the build. */
const testTargets = /^(?:\w*test|test(?:all|universal)|test-\w+|ssltests)$/;

const stops: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['make', /^g?(make)(?:\[\d+\])?: \*\*\* (No rule to make target .*)$/],
  ['akefile', /^()(\S{0,300}[Mm]akefile\S{0,100}:\d+: \*\*\* .*)Stop\.$/],
  [
    'error: ',
    /^(?:\S{0,300}[\\/])?((?:[\w.-]*-)?(?:clang|gcc|cc|collect2|ld|lld|emcc|[cg]\+\+|clang\+\+)[\w.-]*): ((?:fatal )?error: .*)$/,
  ],
  // It says once more of what symbols were told.
  ['ld: ', /^(?:.*[\\/])?(ld(?:\.\w+)?): (symbol\(s\) not found.*)$/],
  ['error: command ', /^()(error: command .* failed\b.*)$/],
  ['error', /^\s*(?:\d+>)?(NMAKE|RC|rc|CVTRES|MIDL|mt(?:\.exe)?) : ((?:fatal |general )?error \w*\d+: .*)$/],
  ['CMake Error', /^(CMake) (Error(?: at \S+)?.*)$/],
  ['ninja: ', /^(ninja): (build stopped: .*)$/],
  ['Failed building wheel', /^()(ERROR: Failed building wheel for .*)$/],
  ['error MSB', /^.*?\b()(error MSB\d+: .*?)(?: \[.*\])?$/],
];

/** Lines between what a script raised and the word of the make that ran it; others may run beside it. */
const scriptLines = 100;

/** A script that failed inside the build: its traceback says why make stopped. */
function failedScript(scene: Scene, line: LogLine): Sighting | null {
  const last = scene.sightings.findLast(({ kind, strength }) => kind === 'other' && strength === 'hinted');
  if (last === undefined || last.raised.length === 0 || line.number - last.last > scriptLines) return null;
  return last;
}

/** Told only where no diagnostic is: what make or MSBuild says is where it stopped, not why. */
function stop(scene: Scene, line: LogLine, message: string): boolean {
  if (scene.run.started) return false;
  const script = failedScript(scene, line);
  if (script !== null) {
    if (kindOf(script) === 'other') script.kind = 'compile';
    script.strength = 'seen';
    script.last = line.number;
    return true;
  }
  sightOnce(scene, line, { kind: 'compile', strength: 'hinted', file: null, message });
  return true;
}

function onMake([, what = '', target = '', code]: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  if (!testTargets.test(target)) return stop(scene, line, `make: ${what}`);
  // The tests ended so; Buildbot's header, where there is one, has the last word.
  scene.run.exit ??= Number(code);
  return true;
}

function onStop([, who = '', what = '']: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  return stop(scene, line, who === '' ? what : `${who}: ${what}`);
}

export const compiler: Tool = {
  name: 'compiler',
  rules: [
    { hint: '*** [', pattern: stopped, take: onMake },
    ...diagnostics.map(rule),
    ...stops.map(([hint, pattern]): Rule => ({ hint, pattern, take: onStop })),
  ],
};
