// Compilers, linkers and make, before any test has begun: what a test compiles for itself is the test's affair.

import { sightOnce, type Scene } from '../scene.ts';
import type { LogLine } from '../line.ts';
import type { Rule, Tool } from '../tool.ts';

const diagnostics: readonly (readonly [hint: string, pattern: RegExp])[] = [
  ['error', /^(?:.*[\\/])?([^\s:\\/][^:\\/]*\.\w{1,5}):\d+(?::\d+)?: ((?:fatal )?error: .*)$/],
  [
    'error',
    /^\s*(?:\d+>)?(?:.*[\\/])?([^\s:\\/(][^:\\/(]*\.\w{1,5})\(\d+(?:,\d+)?\): ((?:fatal )?error [A-Z]+\d+: .*?)(?: \[.*\])?$/,
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
  ['configure: error: ', /^()(configure: error: .*)$/],
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

export const compiler: Tool = {
  name: 'compiler',
  rules: [
    ...diagnostics.map(rule),
    {
      hint: 'make',
      pattern: /^make(?:\[\d+\])?: \*\*\* (\[.*\] Error \d+|No rule to make target .*)$/,
      take: ([, what = ''], scene, line) => {
        if (scene.run.started) return false;
        // Told only where no diagnostic is: what make says is where it stopped, not why.
        sightOnce(scene, line, { kind: 'compile', strength: 'hinted', file: null, message: `make: ${what}` });
        return true;
      },
    },
  ],
};
