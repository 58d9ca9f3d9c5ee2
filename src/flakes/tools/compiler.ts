// Compilers, linkers and make, before any test has begun: what a test compiles for itself is the test's affair.

import { kindOf } from '../cause.ts';
import type { Sighting } from '../failure.ts';
import { sightOnce, type Scene } from '../scene.ts';
import type { LogLine } from '../line.ts';
import type { Rule, Tool } from '../tool.ts';

const diagnostics: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['error', /^(?:.*[\\/])?([^\s:\\/][^:\\/]*\.\w{1,5}):\d+(?::\d+)?: ((?:fatal )?error:.*)$/],
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
  [
    'ld: ',
    /^(?:.*[\\/])?(ld(?:\.\w+)?): ((?:fatal|unknown option|unrecognized option|file not found|framework not found).*)$/,
  ],
  // An assembler names the compiler's pipe, compilers of AIX and Solaris put the file in quotes.
  ['Error: ', /^(?:.*[\\/])?([^\s:\\/]+\.[sS]|\{standard input\}):\d+: (Error: .*)$/],
  [
    '", line ',
    /^"(?:[^"]*[\\/])?([^"\\/]+\.\w{1,5})", line \d+(?:\.\d+)?: ((?:error:|\d{4}-\d{3} \([SU]\)) .*)$/,
  ],
  ['0711-', /^(?:.*[\\/])?(ld): (0711-\d+ (?:ERROR|SEVERE ERROR): .*)$/],
  ['meson.build', /^(?:.*[\\/])?(meson\.build):\d+:\d+: (ERROR: .*)$/],
  // What is being checked may stand before it.
  ['configure: error: ', /(?:^|\.\.\. )()(configure: error: (?!in [`']).*)$/],
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

/** Lines between two words of one driver. */
const driverLines = 5;

const drivers: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['make', /^g?(make)(?:\[\d+\])?: \*\*\* (No rule to make target .*)$/],
  ['akefile', /^()(\S{0,300}[Mm]akefile\S{0,100}:\d+: \*\*\* .*)Stop\.$/],
  [
    'error: ',
    /^(?:\S{0,300}[\\/])?((?:[\w.-]*-)?(?:clang|gcc|cc|collect2|ld|lld|emcc|[cg]\+\+|clang\+\+)[\w.-]*): ((?:fatal )?error: .*)$/,
  ],
  // Quoted without its place; a warning that is an error names itself behind it.
  ['error: ', /^()((?:fatal )?error: .* \[-W[\w+=,-]+\])$/],
  ['cl : ', /^(?:\S{0,300}[\\/])?(cl) : (Command line error \w+ : .*)$/],
  ['error', /^()(error(?:\[E\d{4}\]: |: could not compile `).*)$/],
  ['No targets', /^g?(make)(?:\[\d+\])?: \*\*\* (No targets .*)$/],
  // It says once more of what symbols were told.
  ['ld: ', /^(?:.*[\\/])?(ld(?:\.\w+)?): (symbol\(s\) not found.*)$/],
  ['CMake Error', /^(CMake) (Error(?: at \S+)?.*)$/],
  ['syntax error', /^(?:\S{0,300}[\\/])?(configure): line \d+: (syntax error .*)$/],
  ['was not compiled', /^()(ERROR: The Python \w+ extension was not compiled\..*)$/],
];

/** Of who runs the tools. */
const stops: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['error: command ', /^()(error: command .* failed\b.*)$/],
  ['error', /^\s*(?:\d+>)?(NMAKE|RC|rc|CVTRES|MIDL|mt(?:\.exe)?) : ((?:fatal |general )?error \w*\d+: .*)$/],
  ['ninja: ', /^(ninja): (build stopped: .*)$/],
  ['Failed building wheel', /^()(ERROR: Failed building wheel for .*)$/],
  ['Could not build wheels', /^()(ERROR: Could not build wheels for .*)$/],
  ['metadata-generation-failed', /^()(error: metadata-generation-failed)$/],
  ['*** Error code', /^()(\*\*\* Error code \d+)$/],
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

/** A process that make ran came to its end by itself, and said how. */
function died({ sightings }: Scene, line: LogLine): boolean {
  return sightings.some(
    ({ kind, strength, file, last }) =>
      (kind === 'crash' || kind === 'oom') &&
      strength === 'seen' &&
      file === null &&
      line.number - last <= scriptLines,
  );
}

/** Told only where no diagnostic is: what make or MSBuild says is where it stopped, not why. */
function stop(scene: Scene, line: LogLine, message: string): boolean {
  if (scene.run.started) return false;
  if (died(scene, line)) return true;
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

/** Who runs the tools says that one of them failed: nothing new where something was told. */
function passOn(scene: Scene, line: LogLine, message: string): boolean {
  const told = scene.sightings.some(({ kind, file }) => kind === 'compile' && file === null);
  return told && !scene.run.started && failedScript(scene, line) === null ? true : stop(scene, line, message);
}

function onMake([, what = '', target = '', code]: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  if (!testTargets.test(target)) return passOn(scene, line, `make: ${what}`);
  // The tests ended so; Buildbot's header, where there is one, has the last word.
  scene.run.exit ??= Number(code);
  return true;
}

function onStop([, who = '', what = '']: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  return stop(scene, line, who === '' ? what : `${who}: ${what}`);
}

/** What a driver says may be followed by more of the same. */
function onDriver(found: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  const [, who = ''] = found;
  const last = scene.sightings.at(-1);
  if (last?.kind !== 'compile' || last.strength !== 'hinted' || line.number - last.last > driverLines)
    return onStop(found, scene, line);
  if (who === '' || last.message?.startsWith(`${who}: `) !== true) return onStop(found, scene, line);
  last.last = line.number;
  return true;
}

export const compiler: Tool = {
  name: 'compiler',
  rules: [
    { hint: '*** [', pattern: stopped, take: onMake },
    ...diagnostics.map(rule),
    {
      hint: 'BUILD FAILED',
      pattern: /^BUILD FAILED \(.*\)$/,
      take: (_found, { run }) => void (run.broken = !run.started),
    },
    ...drivers.map(([hint, pattern]): Rule => ({ hint, pattern, take: onDriver })),
    ...stops.map(([hint, pattern]): Rule => ({
      hint,
      pattern,
      take: ([, who = '', what = ''], scene, line) =>
        passOn(scene, line, who === '' ? what : `${who}: ${what}`),
    })),
  ],
};
