// pytest: its short summary names each failed test with the exception; where that is cut off, its blocks and progress lines do.

import { fileAccount } from '../account.ts';
import type { Raised } from '../failure.ts';
import { kept, sight, sightOnce, type Block, type Scene } from '../scene.ts';
import type { LogLine } from '../line.ts';
import type { Rule, Tool } from '../tool.ts';

interface Node {
  readonly file: string;
  readonly method: string | null;
}

/** `tests/test_a.py::Class::test_x[1]` as an id: the parameters are the case, not the test. */
function nodeId(path: string, names: readonly string[]): Node {
  const module = path
    .replaceAll('\\', '/')
    .replace(/^(?:.*\/)?tests?\//, '')
    .replace(/\.py$/, '')
    .replace(/^(?:\.{0,2}\/)+/, '')
    .replaceAll('/', '.');
  return { file: module, method: names.length === 0 ? null : [module, ...names].join('.') };
}

const parts = (path: string): readonly string[] => path.split('::').filter((name) => name !== '');

// A parameter may hold anything; a folder of tests of PyPy's has no ending.
const node = String.raw`([\w./\\+~-]+\.py)((?:::[\w<>.-]+)*)(?:\[.*?\])?(?:@\S+)?`;
const summary = new RegExp(
  String.raw`^(?:FAILED|ERROR|FAIL|SUBFAIL(?:ED)?(?:[[(].*?[\])])*) (?:${node}|([\w./\\-]+)((?:::[\w<>.-]+)+))(?: - (.*))?$`,
);

function onSummary(found: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  const [, file, path = '', bare = '', barePath = '', cause = ''] = found;
  const raised = /^(?:[\w.]+\.)?([A-Z]\w*)(?:: (.*))?$/s.exec(cause);
  const id = file === undefined ? nodeId(bare, parts(barePath)) : nodeId(file, parts(path));
  const crashed = /^worker '\w+' crashed while running /.test(cause);
  const sighting = sight(scene, line, {
    kind: crashed ? 'crash' : 'test-failure',
    ...id,
    message: raised === null ? cause || null : null,
  });
  fileAccount(scene.account, scene.attempt, '').told += 1;
  if (raised !== null)
    sighting.raised.push({ exception: kept(raised[1] ?? ''), message: kept(raised[2] ?? '') });
  return true;
}

/** All passed: what looked otherwise was some test's output. */
function forgetHints({ sightings }: Scene): void {
  const rest = sightings.filter(({ strength, kind }) => strength !== 'hinted' || kind !== 'test-failure');
  if (rest.length < sightings.length) sightings.splice(0, Infinity, ...rest);
}

/** A verbose line, of one process or of many: it counts where the summary is missing. */
function onResult([, file = '', path = '']: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  const id = nodeId(file, parts(path));
  if (id.method === null) return false;
  sightOnce(scene, line, { kind: 'test-failure', strength: 'hinted', ...id });
  return true;
}

const outcomes = /^(?:PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS|RERUN|SUB\w+)\b/;

/** A test begins: its outcome, or what it prints, stands behind its name. */
function onBegin([, file = '', path = '', behind = '']: RegExpExecArray, scene: Scene): false {
  const { file: module, method } = nodeId(file, parts(path));
  scene.node = method === null || outcomes.test(behind) ? null : { file: module, method: kept(method) };
  return false;
}

const results: readonly Rule[] = [
  new RegExp(String.raw`^${node}(?: <- \S+)? (?:FAILED|ERROR)(?: +\[ *\d+%\])?$`),
  new RegExp(String.raw`^\[gw\d+\](?: +\[ *\d+%\])? (?:FAILED|ERROR) ${node} *$`),
].map((pattern) => ({ hint: '.py::', pattern, take: onResult }));

const mostRaised = 12;
const testFile = /(?:^|[\\/])(?:test_\w+|\w+_test)\.py$/;

function begun(names: readonly string[] | null, line: LogLine): Block {
  return { names, file: null, brief: false, raised: [], first: line.number };
}

/** An entry of a test's traceback: file, line, and what was raised there or nothing on the way to the next entry. */
function onPlace([, path = '', exception = '']: RegExpExecArray, scene: Scene, line: LogLine): boolean {
  const { block } = scene;
  if (block === null) return false;
  if (testFile.test(path)) block.file ??= path;
  if (exception === '') return true;
  const said = block.raised.findLast((one) => one.exception === exception);
  return close(scene, line, said ?? { exception: kept(exception), message: '' });
}

/** The block has told what it tells, as far as its test is known. */
function close(scene: Scene, line: LogLine, said: Raised): true {
  const { names = null, file = null, first = line.number } = scene.block ?? {};
  if (file === null || names === null) return true;
  scene.block = null;
  const id = nodeId(file, names);
  const known = scene.sightings.findLast(
    (one) => one.strength === 'hinted' && one.method === id.method && one.file === id.file,
  );
  const sighting = known ?? sight(scene, line, { kind: 'test-failure', strength: 'hinted', ...id, first });
  // While one was handled another was raised: the last is reported.
  sighting.raised = [said];
  sighting.last = line.number;
  return true;
}

/** What pytest shows of one test: its name stands above, or only the source of its function; the file below, where the test was left. */
const blocks: readonly Rule[] = [
  {
    hint: '___ ',
    pattern: /^_{3,} (?:ERROR at (?:setup|teardown) of )?((?:[\w<>-]+\.)*\w+)(?:\[.*\])? _{3,}$/,
    take: ([, name = ''], scene, line) => {
      scene.block = begun(name.split('.'), line);
      return true;
    },
  },
  {
    hint: 'ERROR collecting',
    pattern: /^_{3,} ERROR collecting (\S+\.py) _{3,}$/,
    take: ([, file = ''], scene, line) => {
      scene.block = { ...begun([], line), file: kept(file), brief: true };
      return true;
    },
  },
  {
    // Short entries end with the exception, long ones with the place.
    hint: ': in ',
    pattern: /^([\w./\\+~-]+\.py):\d+: in ([\w<>.]+)$/,
    take: ([, path = '', name = ''], scene, line) => {
      if (!testFile.test(path)) return scene.block !== null;
      scene.block ??= begun(null, line);
      scene.block.file ??= kept(path);
      if (name.startsWith('test')) scene.block.names ??= [kept(name)];
      scene.block.brief = true;
      return true;
    },
  },
  {
    hint: 'def test',
    pattern: /^(?:>|E)? {2,}(?:async )?def (test\w*)\(/,
    take: ([, name = ''], scene, line) => {
      scene.block ??= begun(null, line);
      scene.block.names ??= [name];
      return true;
    },
  },
  {
    hint: 'E  ',
    pattern:
      /^E {2,}(?:(?:[\w.]+\.)?([A-Z]\w*(?:Error|Exception|Exit|Interrupt|Warning|Failed|Timeout)|Failed)(?:: ?(.*))?|(assert .*))$/,
    take: ([, exception = 'AssertionError', message = '', asserted = message], scene, line) => {
      scene.block ??= begun(null, line);
      const said = { exception: kept(exception), message: kept(asserted) };
      if (scene.block.raised.length < mostRaised) scene.block.raised.push(said);
      if (scene.block.brief) close(scene, line, said);
      // It may be the machine's fault, and the block's end may be missing.
      return false;
    },
  },
  { hint: '.py:', pattern: /^([\w./\\+~-]+\.py):\d+: ?(\w*)$/, take: onPlace },
];

export const pytest: Tool = {
  name: 'pytest',
  rules: [
    ...['.py', '::'].map((hint): Rule => ({ hint, pattern: summary, take: onSummary })),
    { hint: '.py::', pattern: new RegExp(String.raw`^${node}(?: <- \S+)?(?: (.*))?$`), take: onBegin },
    ...results,
    ...blocks,
    {
      // pytest-timeout's banner, above the stack of each thread.
      hint: '+ Timeout +',
      pattern: /^\+{10,} Timeout \+{10,}$/,
      take: (_found, scene, line) => {
        const last = scene.sightings.at(-1);
        // It stands below the stacks as well.
        if (last?.kind === 'timeout' && last === scene.open) scene.open = null;
        else scene.open = sight(scene, line, { kind: 'timeout', message: 'the watchdog fired' });
        return true;
      },
    },
    {
      hint: 'crashed while running',
      pattern: new RegExp(String.raw`(?:^|\s)worker '\w+' crashed while running '${node}'$`),
      take: ([, file = '', path = ''], scene, line) => {
        const message = 'worker crashed';
        sightOnce(scene, line, { kind: 'crash', strength: 'hinted', ...nodeId(file, parts(path)), message });
        return true;
      },
    },
    {
      hint: 'while loading conftest',
      pattern: /^ImportError while loading conftest '.{1,500}'\.$/,
      take: ([message], scene, line) => {
        scene.open = sight(scene, line, { kind: 'other', file: null, message });
        return true;
      },
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
      pattern: /^=+ (.*\b(?:passed|failed|errors?)\b.*) in [\d.]+ ?s(?:econds)?(?: \([\d:]+\))? =+$/,
      take: ([, counts = ''], scene) => {
        scene.node = null;
        const failed = [...counts.matchAll(/(\d{1,9}) (?:failed|errors?)\b/g)].map(([, count]) =>
          Number(count),
        );
        fileAccount(scene.account, scene.attempt, '').claimed = failed.reduce((sum, count) => sum + count, 0);
        scene.account.result = failed.length === 0 ? 'OK' : 'FAILED';
        if (failed.length === 0) forgetHints(scene);
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
