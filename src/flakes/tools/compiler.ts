// Compilers, linkers and make, before any test has begun: what a test compiles for itself is the test's affair.

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
    /^\s*(?:\d+>)?(?:.*[\\/])?(LINK|[\w.-]+\.(?:obj|lib)) : ((?:fatal )?error LNK\d+: .*?)(?: \[.*\])?$/,
  ],
  ['undefined ', /^(?:.*[\\/])?([\w.-]+\.\w{1,3})(?::.*)?: (undefined (?:reference to|symbol:?) .*)$/],
  ['ndefined symbols', /^()(Undefined symbols for architecture \w+)/],
  [
    'ld: ',
    /^(?:.*[\\/])?(ld(?:\.\w+)?): ((?:cannot find|library not found|symbol\(s\) not found|multiple definition).*)$/,
  ],
  ['configure: error: ', /^()(configure: error: (?!in [`']).*)$/],
];

function rule([hint, pattern]: (typeof diagnostics)[number]): Rule {
  const take = (found: RegExpExecArray, scene: Scene, line: LogLine): boolean => {
    if (scene.run.started || scene.file !== null) return false;
    const [, file = '', text = ''] = found;
    sightOnce(scene, line, { kind: 'compile', file: null, message: file === '' ? text : `${file}: ${text}` });
    return true;
  };
  return { hint, pattern, take };
}

const stops: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['make', /^(make)(?:\[\d+\])?: \*\*\* (\[.*\] Error \d+|No rule to make target .*)$/],
  ['error MSB', /^.*?\b()(error MSB\d+: .*?)(?: \[.*\])?$/],
];

/** Told only where no diagnostic is: what make or MSBuild says is where it stopped, not why. */
function onStop([, who = '', what = '']: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  if (scene.run.started) return false;
  const message = who === '' ? what : `${who}: ${what}`;
  sightOnce(scene, line, { kind: 'compile', strength: 'hinted', file: null, message });
  return true;
}

export const compiler: Tool = {
  name: 'compiler',
  rules: [
    ...diagnostics.map(rule),
    ...stops.map(([hint, pattern]): Rule => ({ hint, pattern, take: onStop })),
  ],
};
