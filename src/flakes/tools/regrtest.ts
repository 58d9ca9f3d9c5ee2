// CPython's regrtest of 2.7 to 3.14: progress lines of one and of many processes, results of files, re-runs, the summary.

import type { Kind } from '../kind.ts';
import type { LogLine } from '../line.ts';
import { countIn, fileAccount, noteCount, noteList, noteResult } from '../account.ts';
import { nameFile, sight, sightOnce, startFile, type Scene } from '../scene.ts';
import { moduleName } from '../test-id.ts';
import { childError } from '../traceback.ts';
import { hangsAfter, noteRunning, seconds } from './running.ts';
import type { Tool } from '../tool.ts';

// Anywhere in the line: what a test printed without a newline stands before it.
const progress =
  /(?:^|\d+:\d\d:\d\d )(?:load avg: [\d.]+ )?(?:mem: \S+ \S+ )?\[ *\d+(?:\/\d+){0,2}\] ([\w.]+)(.*)$/;
const looked = /(?:^|\d+:\d\d:\d\d )(?:load avg: [\d.]+ )?(?:mem: \S+ \S+ )?running(?: \(\d+\))?: (.+)$/;
const words = String.raw`(?:process )?crashed|failed|timed out|interrupted|worker (?:non-zero exit code|bug|killed|json error)|passed|skipped|ran no tests|run no tests`;
const result = new RegExp(String.raw`^ ?(${words})\b(.*)$`);
const previous = new RegExp(String.raw` -- ([\w.]+) (${words})\b(.*)$`);
const alone = new RegExp(String.raw`^(test[\w.]*) (${words})\b(?! --)(.*)$`);

/** What the runner's word on a file says; null for words that are no failure. */
function kindOf(word: string, rest: string): Kind | null {
  switch (word) {
    case 'failed':
      if (rest.includes('env changed')) return 'env-changed';
      return /reference leak|refleak/.test(rest) ? 'refleak' : 'test-failure';
    case 'timed out':
      return 'timeout';
    case 'interrupted':
      return 'other';
    case 'passed':
    case 'skipped':
    case 'ran no tests':
    case 'run no tests':
      return null;
    default:
      return /Exit code -9\b|SIGKILL/.test(rest) ? 'oom' : 'crash';
  }
}

interface Said {
  readonly file: string;
  readonly word: string;
  readonly rest: string;
}

/** A file that regrtest's own tests made up: what a failure of theirs shows is the output of another runner. */
const madeUp = /^(?:test\.)?test_regrtest_/;

/** Kinds of results of a process that came to its end. */
const orderly: ReadonlySet<Kind> = new Set(['test-failure', 'env-changed', 'refleak']);

function say(scene: Scene, line: LogLine, { file, word, rest }: Said): void {
  const kind = kindOf(word, rest);
  if (madeUp.test(file)) return;
  if (kind === null || orderly.has(kind))
    fileAccount(scene.account, scene.attempt, moduleName(file)).ended = true;
  if (kind === null) return;
  const exit = /\((Exit code [^)]{1,60})/.exec(rest)?.[1];
  const message = exit === undefined ? word : `${word} (${exit}${exit.includes('(') ? ')' : ''})`;
  const name = moduleName(file);
  sightOnce(scene, line, { kind, strength: 'said', file: name, message });
  nameFile(scene, null, name);
  const claimed = countIn(rest);
  if (claimed !== null) noteCount(fileAccount(scene.account, scene.attempt, name), claimed);
}

function onProgress(found: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  const name = moduleName(found[1] ?? '');
  const tail = found[2] ?? '';
  if (madeUp.test(name)) return true;
  const own = result.exec(tail);
  const last = previous.exec(tail);
  const names = / -- running(?: \(\d+\))?: (.*)$/.exec(tail)?.[1];
  if (last !== null) say(scene, line, { file: last[1] ?? '', word: last[2] ?? '', rest: last[3] ?? '' });
  startFile(scene, name);
  scene.running.files = scene.running.files.filter(([file]) => file !== name);
  if (names !== undefined) noteRunning(scene, line, names);
  if (own !== null) say(scene, line, { file: name, word: own[1] ?? '', rest: own[2] ?? '' });
  return true;
}

function onTestLine(
  [, name = '', word = '', rest = '']: RegExpExecArray,
  scene: Scene,
  line: LogLine,
): boolean {
  const file = moduleName(name);
  if (madeUp.test(name)) return true;
  scene.file ??= file;
  scene.run.started = true;
  const traced = rest.endsWith('Traceback (most recent call last):');
  const named = /^([A-Z]\w+(?:\.\w+)*)(?:: (.*))?$/.exec(rest);
  const typed = /^<(?:class|type) '(?:[\w.]+\.)?(\w+)'>(?:: (.*))?$/.exec(rest);
  const cause = traced || rest === '' ? null : (typed ?? named);
  const vague = rest === '' || rest.startsWith('multiple errors');
  const given = { kind: 'test-failure', file } as const;
  const account = fileAccount(scene.account, scene.attempt, file);
  nameFile(scene, null, file);
  if (rest.startsWith('multiple errors')) account.several = true;
  else if (!vague) account.told += 1;
  if (vague) {
    sightOnce(scene, line, { ...given, strength: 'said', message: rest === '' ? word : rest });
    return true;
  }
  scene.open = sight(scene, line, { ...given, message: cause === null && !traced ? rest : null });
  if (cause !== null) {
    const exception = (cause[1] ?? '').split('.').at(-1) ?? '';
    scene.open.raised.push({ exception, message: (cause[2] ?? '').slice(0, 2_000) });
  }
  return true;
}

/** Options whose value may read like the name of a file. */
const valued = /^-(?:m|i|k|S|f|-match|-ignore|-start|-matchfile|-ignorefile|-fromfile)$/;

/** A command that somebody typed, or that the runner gave itself: all that comes is of its one file. */
function onCommand([, rest = '']: RegExpExecArray, scene: Scene): boolean {
  const words = rest.split(/\s+/);
  const names = words.filter((word, at) => /^test[._]\w/.test(word) && !valued.test(words[at - 1] ?? ''));
  const [name] = names;
  if (name === undefined || names.length > 1 || scene.run.started) return false;
  if (words.some((word) => word === '-x' || word === '--exclude')) return false;
  scene.file = moduleName(name.replace(/\.py$/, ''));
  return true;
}

const lists = {
  failed: /^ ?\d+ tests? failed(?: again)?:(?: |$)/,
  changed: /^ ?\d+ tests? altered the execution environment(?: \(env changed\))?:(?: |$)/,
  rerun: /^ ?\d+ re-run tests?:(?: |$)/,
} as const;

/** That a file ran again says nothing where anything else is known of it: its environment may be why. */
const listMessages = { failed: 'failed', changed: null, rerun: 're-run' } as const;

function onNames(scene: Scene, line: LogLine): boolean {
  if (scene.list === null) return false;
  if (line.text.trim() === '' || !/^\s/.test(line.text)) {
    // The list ends with an empty line.
    scene.list = null;
    return false;
  }
  // From 3.15 on the reasons stand below a name.
  if (!/^ {8}/.test(line.text)) noteNames(scene, line, line.text);
  return true;
}

function noteNames(scene: Scene, line: LogLine, names: string): void {
  const kind = scene.list === 'changed' ? 'env-changed' : 'test-failure';
  for (const name of names.trim().split(/\s+/).slice(0, 200)) {
    const file = /^([\w.]+):?$/.exec(name)?.[1];
    if (file?.includes('test') === true && !madeUp.test(file)) {
      nameFile(scene, scene.list, moduleName(file));
      sightOnce(scene, line, {
        kind,
        strength: 'said',
        file: moduleName(file),
        message: listMessages[scene.list ?? 'failed'],
      });
    }
  }
}

export const regrtest: Tool = {
  name: 'regrtest',
  rules: [
    { hint: ']', pattern: progress, take: onProgress },
    {
      hint: 'running',
      pattern: looked,
      take: ([, names = ''], scene, line) => {
        noteRunning(scene, line, names);
        scene.run.started = true;
        return true;
      },
    },
    {
      hint: 'test ',
      pattern: /(?:^(?:[.X\d]+ ?[.X\d]*)?|\.\.\. )test ([\w.]+) (failed|crashed|timed out)(?: -- (.*))?$/,
      take: onTestLine,
    },
    {
      hint: '-m test',
      pattern: /^(?:[$#>%+] )?(?:\w+=\S* )*\S*python\S* (?:-\S+ |default )*-m test(?:\.regrtest)? (.*)$/,
      take: onCommand,
    },
    {
      // Python 2.6 and earlier count nothing: a file is its name, and the next one another.
      hint: 'test_',
      pattern: /^(test_\w+)$/,
      take: ([, name = ''], scene) => {
        if (scene.list !== null || !/^test_\w+$/.test(scene.before)) return false;
        startFile(scene, name);
        return true;
      },
    },
    {
      // Python 2 compared what some tests printed.
      hint: 'unexpected output',
      pattern: /^test ([\w.]+) produced unexpected output:$/,
      take: ([, name = ''], scene, line) => {
        say(scene, line, { file: name, word: 'failed', rest: '' });
        return true;
      },
    },
    {
      hint: 'e-running ',
      pattern: /Re-running (?:(\d+) failed tests?|failed tests|(?:test )?'?([\w.]+)'?) in verbose mode/,
      take: ([, , file], scene, line) => {
        scene.attempt = 2;
        scene.run.started = true;
        scene.account.complete = false;
        if (file === undefined) return true;
        if (moduleName(file) !== scene.file) startFile(scene, moduleName(file));
        sightOnce(scene, line, {
          kind: 'test-failure',
          strength: 'said',
          file: moduleName(file),
          message: 're-run',
        });
        return true;
      },
    },
    {
      hint: 'Child error on ',
      pattern: childError,
      take: ([, file = '', rest = ''], scene, line) => {
        say(scene, line, { file, word: 'crashed', rest: ` (${rest})` });
        scene.open = null;
        return true;
      },
    },
    {
      hint: 'Kill <',
      pattern: /^Kill <\w+ #\d+ running test=([\w.]+) pid=\d+ time=([^>]{1,60})>/,
      take: ([, file = '', time = ''], scene, line) => {
        // A run that somebody interrupts kills its processes as well.
        if (seconds(time) < hangsAfter) return true;
        sightOnce(scene, line, {
          kind: 'timeout',
          strength: 'said',
          file: moduleName(file),
          message: 'timed out',
        });
        return true;
      },
    },
    {
      hint: ' leaked [',
      // The marks of the repetitions may stand before it.
      pattern:
        /^(?:[.X\d:]+ ?[.X]*)?([A-Za-z_][\w.]*) leaked \[[-\d, ]+\] (references|memory blocks|file descriptors|handles)(.*)$/,
      take: ([, file = '', what = '', rest = ''], scene, line) => {
        if (rest.includes('this is fine')) return true;
        sightOnce(scene, line, { kind: 'refleak', file: moduleName(file), message: `leaked ${what}` });
        return true;
      },
    },
    {
      hint: ' ',
      pattern: alone,
      take: ([, file = '', word = '', rest = ''], scene, line) => {
        say(scene, line, { file, word, rest });
        return true;
      },
    },
    {
      hint: 'esult: ',
      pattern: /^(?:== )?(?:Tests r|R)esult: ([A-Z][A-Za-z, ]*?)(?: ==)?$/,
      take: ([head, word = ''], scene, line) => {
        scene.run.result = word;
        scene.run.said = line.number;
        // From 3.7 on this head stands above the lists, and the word comes again below them.
        if (head.startsWith('== ')) noteResult(scene.account, word);
        scene.account.result = word;
        scene.account.complete = true;
        scene.alive = line.number;
        scene.run.started = true;
        scene.open = null;
        scene.file = null;
        scene.method = null;
        if (word.includes('INTERRUPTED'))
          sightOnce(scene, line, { kind: 'other', file: null, message: 'the test run was interrupted' });
        return true;
      },
    },
    {
      hint: 'interrupted by signal',
      pattern: /^Test suite interrupted by signal SIGINT\.?$/,
      take: (_found, scene, line) => {
        sightOnce(scene, line, { kind: 'other', file: null, message: 'the test run was interrupted' });
        return true;
      },
    },
    ...Object.entries(lists).map(([name, pattern]) => ({
      hint: ':',
      pattern,
      take: ({ 0: head }: RegExpExecArray, scene: Scene, line: LogLine): boolean => {
        const list = name as keyof typeof lists;
        scene.list = list;
        noteList(scene.account, list, Number.parseInt(head, 10));
        scene.open = null;
        // In a report that somebody wrote the names may stand on the same line.
        noteNames(scene, line, line.text.slice(head.length));
        return true;
      },
    })),
    { hint: '', pattern: /^/, take: (_found, scene, line) => onNames(scene, line) },
  ],
};
