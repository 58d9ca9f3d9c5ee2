// unittest of Python 2.7 to 3.14: the blocks of failed tests, the verbose lines, `Ran N tests`.

import {
  countIn,
  fileAccount,
  noteCount,
  noteRan,
  noteSkipped,
  noteStart,
  type FileAccount,
} from '../account.ts';
import { headerId, moduleName } from '../test-id.ts';
import { holder, sight, sightOnce, type Scene } from '../scene.ts';
import type { Tool } from '../tool.ts';

// Classes that a program made may have brackets and slashes in their names.
const place = String.raw`\(([^()\s]{0,400})\)`;
const block = new RegExp(String.raw`^(FAIL|ERROR|UNEXPECTED SUCCESS): (\S+) ${place}(?: [[(].*)?$`);
const verbose = new RegExp(String.raw`^[.X\s]*((?:test|setUp|tearDown)\w*) ${place}(.*)$`);
// A test may print how long it took before its end.
const ended = /(?:^|\.\.\. )(?:\d+\.\d+s )?(FAIL|ERROR|ok|skipped .*|expected failure|unexpected success)$/;
/** Python 3.10 and earlier print no block of it, and up to 3.3 it is none. */
const unexpected = 'unexpected success';

/**
 * At the end of a run every failure had its block: a line that looked like a result and had none was a test's output.
 *
 * @param counts of what failed; null: nothing did
 */
function forgetHints(scene: Scene, counts: string | null): void {
  const own = scene.sightings.filter(({ file, kind }) => file === scene.file && kind === 'test-failure');
  if (counts !== null && !own.some(({ strength }) => strength === 'seen')) return;
  const counted = counts?.includes('unexpected successes=') === true;
  const hints = new Set(
    own.filter(({ strength, message }) => strength === 'hinted' && !(counted && message === unexpected)),
  );
  if (hints.size === 0) return;
  const left = scene.sightings.filter((one) => !hints.has(one));
  scene.sightings.splice(0, Infinity, ...left);
}

/** A test comes to its end: what crashed while it ran was a process that it had begun. */
function outlive({ sightings, file, method, over, ran, attempt }: Scene): void {
  if (method === null || over || ran) return;
  // The runner's word on the file may stand between, since it comes by another stream.
  for (let at = sightings.length - 1; at >= 0 && at >= sightings.length - 3; at -= 1) {
    const last = sightings[at];
    const own = last?.file === file && last.method === method && last.attempt === attempt;
    if (own && last.kind === 'crash' && last.strength === 'seen' && !last.header) sightings.splice(at, 1);
  }
}

/** Up to 3.10 a test with a failed subtest has no end: the next one stands on its line. */
const nextOne = new RegExp(String.raw`^.*\.\.\. (test\w*) ${place}( \.\.\..*)$`);

/** A traceback in the output of a test that passed. */
function forgetLoose(scene: Scene): void {
  const { open } = scene;
  if (open?.kind !== 'other' || open.strength !== 'hinted' || open.method !== null) return;
  scene.open = null;
  if (scene.sightings.at(-1) === open) scene.sightings.pop();
}

/** The runner's own account of the file, or of the whole run where it has no files. */
function accountOf({ account, attempt, file }: Scene): FileAccount {
  return fileAccount(account, attempt, file ?? '');
}

/** A run of unittest alone has no other summary than this. */
function closeRun(scene: Scene, result: 'OK' | 'FAILED'): void {
  if (scene.run.started) return;
  scene.account.result = result;
  scene.account.complete = true;
}

export const unittest: Tool = {
  name: 'unittest',
  rules: [
    {
      hint: ': ',
      pattern: block,
      take: ([, word = '', name = '', place = ''], scene, line) => {
        const ruled = /^\\?={20,}$/.test(scene.before);
        if (ruled) {
          accountOf(scene).told += 1;
          scene.ruled = true;
        }
        scene.open = sight(scene, line, {
          kind: ruled ? 'test-failure' : 'other',
          // A test may print such a line: without the rule before it, it counts when the rule and a traceback follow.
          strength: ruled ? 'seen' : 'hinted',
          method: headerId(name, place),
          message: word === 'UNEXPECTED SUCCESS' ? 'unexpected success' : null,
        });
        return true;
      },
    },
    {
      // nose names a function by its module.
      hint: ': ',
      pattern: /^(?:FAIL|ERROR): ((?:\w+\.)+test\w*)(?:\(.*\))?$/,
      take: ([, name = ''], scene, line) => {
        if (!/^={20,}$/.test(scene.before)) return false;
        scene.ruled = true;
        accountOf(scene).told += 1;
        scene.open = sight(scene, line, {
          kind: 'test-failure',
          method: moduleName(name).replace(/^tests?\./, ''),
        });
        return true;
      },
    },
    {
      hint: '----------',
      pattern: /^\\?-{20,}$/,
      take: (_found, scene) => {
        // The rule below the header, or the one before `Ran N tests`: the latter ends the block.
        const { open } = scene;
        if (open?.strength === 'hinted' && open.method !== null && open.frames.length === 0) {
          open.strength = 'seen';
          scene.ruled = true;
          accountOf(scene).told += 1;
          open.kind = 'test-failure';
        } else if ((open?.raised.length ?? 0) > 0) scene.open = null;
        return true;
      },
    },
    { hint: '==========', pattern: /^\\?={20,}$/, take: (_found, scene) => void (scene.open = null) },
    {
      hint: 'Ran ',
      pattern: /^Ran (\d+) tests? in /,
      take: ([, ran], scene, line) => {
        noteRan(accountOf(scene), Number(ran));
        scene.ran = true;
        scene.alive = line.number;
        scene.open = null;
        return true;
      },
    },
    {
      hint: 'OK',
      pattern: /^OK(?: \(.*\))?$/,
      take: ([counts], scene, line) => {
        scene.run.ok ??= true;
        scene.run.said = line.number;
        noteSkipped(accountOf(scene), counts);
        closeRun(scene, 'OK');
        if (scene.ran) forgetHints(scene, null);
        return true;
      },
    },
    {
      hint: 'FAILED (',
      pattern: /^FAILED \(.*\)$/,
      take: ([counts], scene) => {
        scene.run.ok = false;
        noteCount(accountOf(scene), countIn(counts));
        noteSkipped(accountOf(scene), counts);
        closeRun(scene, 'FAILED');
        if (scene.ran) forgetHints(scene, counts);
        return true;
      },
    },
    {
      hint: ' (',
      pattern: verbose,
      take: (found, scene, line) => {
        const next = found[3]?.includes('... test') === true ? nextOne.exec(found[3]) : null;
        const [, name = '', place = '', rest = ''] = next ?? found;
        const method = headerId(name, place);
        const end = ended.exec(rest)?.[1];
        // A subtest's own line is indented, and its test goes on.
        const within = line.text.startsWith('  ') && method === scene.method;
        if (end !== undefined && within) outlive(scene);
        noteStart(scene.account);
        // A class's or module's own steps are no method that runs.
        if (name.startsWith('test')) scene.method = method;
        scene.ran = false;
        scene.over = end !== undefined && !within;
        scene.alive = line.number;
        scene.open = null;
        if (end === 'FAIL' || end === 'ERROR' || end === unexpected) {
          const message = end === unexpected ? end : null;
          sightOnce(scene, line, { kind: 'test-failure', strength: 'hinted', method, message });
        }
        // A crash or a warning may stand behind the name.
        return end !== undefined;
      },
    },
    {
      // What a test printed stands between its name and its end.
      hint: '',
      pattern: /^(ok|FAIL|ERROR)$/,
      take: ([, end], scene, line) => {
        const { method } = holder(scene);
        outlive(scene);
        if (end === 'ok' && method !== null && !scene.over) forgetLoose(scene);
        if (end !== 'ok' && method !== null && !scene.over)
          sightOnce(scene, line, { kind: 'test-failure', strength: 'hinted', method });
        scene.over = true;
        return false;
      },
    },
    {
      // The second line of a test with a docstring.
      hint: ' ... ',
      pattern: / \.\.\. (?:\d+\.\d+s )?(ok|FAIL|ERROR)$/,
      take: ([, end], scene, line) => {
        const { method } = holder(scene);
        outlive(scene);
        scene.over = true;
        if (method === null || end === 'ok') return false;
        sightOnce(scene, line, { kind: 'test-failure', strength: 'hinted', method });
        return true;
      },
    },
  ],
};
