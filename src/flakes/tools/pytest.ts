// pytest: its short summary names each failed test with the exception.

import { fileAccount } from '../account.ts';
import { sight, sightOnce, type Scene } from '../scene.ts';
import type { LogLine } from '../line.ts';
import type { Tool } from '../tool.ts';

/** `tests/test_a.py::Class::test_x[1]` as an id: the parameters are the case, not the test. */
function nodeId(file: string, path: string): { readonly file: string; readonly method: string | null } {
  const module = file
    .replace(/^(?:.*\/)?tests?\//, '')
    .replace(/\.py$/, '')
    .replaceAll('/', '.');
  const names = path
    .replace(/\[.*$/s, '')
    .split('::')
    .filter((name) => name !== '');
  return { file: module, method: names.length === 0 ? null : [module, ...names].join('.') };
}

function onSummary(
  [, , file = '', path = '', cause = '']: RegExpExecArray,
  scene: Scene,
  line: LogLine,
): boolean {
  const raised = /^(?:[\w.]+\.)?([A-Z]\w*)(?:: (.*))?$/s.exec(cause);
  const id = nodeId(file, path);
  const sighting = sight(scene, line, {
    kind: 'test-failure',
    ...id,
    message: raised === null ? cause || null : null,
  });
  fileAccount(scene.account, scene.attempt, '').told += 1;
  if (raised !== null) sighting.raised.push({ exception: raised[1] ?? '', message: raised[2] ?? '' });
  return true;
}

export const pytest: Tool = {
  name: 'pytest',
  rules: [
    {
      hint: '.py',
      pattern: /^(FAILED|ERROR) ([\w./\\-]+\.py)((?:::[^\s:]+)*)(?: - (.*))?$/,
      take: onSummary,
    },
    {
      hint: 'INTERNALERROR>',
      pattern: /^INTERNALERROR> (\w[\w.]*(?:Error|Exception)): (.*)$/,
      take: ([, exception = '', message = ''], scene, line) => {
        sightOnce(scene, line, { kind: 'other', file: null, message: `${exception}: ${message}` });
        return true;
      },
    },
    {
      hint: ' in ',
      pattern: /^=+ (.*\b(?:passed|failed|errors?)\b.*) in [\d.]+s(?: \([\d:]+\))? =+$/,
      take: ([, counts = ''], scene) => {
        const failed = [...counts.matchAll(/(\d{1,9}) (?:failed|errors?)\b/g)].map(([, count]) =>
          Number(count),
        );
        fileAccount(scene.account, scene.attempt, '').claimed = failed.reduce((sum, count) => sum + count, 0);
        scene.account.result = failed.length === 0 ? 'OK' : 'FAILED';
        scene.account.complete = true;
        return true;
      },
    },
    {
      hint: 'test session starts',
      pattern: /^=+ test session starts/,
      take: (_found, { run }) => {
        run.started = true;
        return true;
      },
    },
  ],
};
