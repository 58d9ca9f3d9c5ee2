// Names of tests, however they are printed: `module.Class.method` without a leading `test.`.

import type { Frame } from './failure.ts';

/** A module or file name of regrtest as ids have it. */
export function moduleName(name: string): string {
  return name.replace(/^(?:Lib\.)?test\.(?=test_|[a-z_]+\.)/, '');
}

/**
 * The id in a unittest header.
 *
 * @param name what stands before the brackets: a method, `setUpClass`, `setUpModule`
 * @param place what stands in them: `mod.Class` up to Python 3.10, `mod.Class.method` from 3.11 on, the module for setUpModule
 */
export function headerId(name: string, place: string): string {
  // A module that cannot be imported is reported as a test of the loader's own class.
  if (place.startsWith('unittest.loader.')) return moduleName(name);
  const where = moduleName(place);
  if (where === '' || where === name || where.endsWith(`.${name}`)) return where || name;
  // A module's own doctests stand as a test of its package.
  return moduleName(`${where}.${name}`);
}

/** Packages of the library that carry their tests, and the file by which regrtest runs them; null: there are several. */
const carriers: Readonly<Record<string, string | null>> = {
  bsddb: 'test_bsddb3',
  ctypes: 'test_ctypes',
  distutils: 'test_distutils',
  email: 'test_email',
  idlelib: 'test_idle',
  importlib: 'test_importlib',
  json: 'test_json',
  lib2to3: 'test_lib2to3',
  sqlite3: 'test_sqlite',
  tkinter: null,
  unittest: 'test_unittest',
};

function isCarrier(name: string | undefined): name is string {
  return name !== undefined && Object.hasOwn(carriers, name);
}

const testFile = /(?:^|[\\/])test_\w+(?:[\\/]__init__)?\.py$/;

/** The first part that belongs to the tests: behind the last folder `test` or `tests`, a package that carries them included, else the first `test_*`. */
function firstPart(parts: readonly string[]): number {
  const home = parts.findLastIndex((part) => /^(?:tests?|idle_test)$/.test(part));
  if (home === -1) return parts.findIndex((part) => part.startsWith('test_'));
  return isCarrier(parts[home - 1]) ? home - 1 : home + 1;
}

/** The module of a test's source file. */
function fileModule(path: string): string | null {
  if (!testFile.test(path)) return null;
  const parts = path
    .slice(0, -3)
    .split(/[\\/]/)
    .filter((part) => part !== '__init__');
  const names = parts.slice(firstPart(parts));
  // A folder that is no package name stands outside the tests.
  return names.every((part) => /^\w+$/.test(part)) ? names.join('.') : (parts.at(-1) ?? null);
}

/** `module.method` of the outermost `test_*` function in a frame of a `test_*.py` file; frames have the newest call last. */
export function frameId(frames: readonly Frame[]): string | null {
  for (const { file, name } of frames) {
    // Python 3.11 and later may print the qualified name.
    const method = name.split('.').at(-1) ?? name;
    const place = /^test\w*$/.test(method) ? fileModule(file) : null;
    if (place !== null) return `${place}.${method}`;
  }
  return null;
}

/** The id of a test in a file that was run as a script, by the file of its frames; as it is where they show none. */
export function scriptId(id: string, frames: readonly Frame[]): string {
  if (!id.startsWith('__main__.')) return id;
  const method = id.split('.').at(-1);
  const own = frames.find(({ file, name }) => name.split('.').at(-1) === method && testFile.test(file));
  const module = fileModule((own ?? frames.find(({ file }) => testFile.test(file)))?.file ?? '');
  return module === null ? id : id.replace('__main__', module);
}

/** Whether an id or file name lies in a file or package. */
export function liesIn(id: string, file: string): boolean {
  return id === file || id.startsWith(`${file}.`);
}

/** The file of an id: up to the last part that names a module. */
export function fileOf(id: string): string {
  const parts = id.split('.');
  // Below a package that carries its tests every name of a module is in small letters.
  const module = isCarrier(parts[0]) ? /^[a-z]\w*$/ : /^test_\w+$/;
  let end = 1;
  while (end < parts.length - 1 && module.test(parts[end] ?? '')) end += 1;
  return parts.slice(0, end).join('.');
}

/** A method in its file, whatever its class: what is printed of it where no more is known. */
export function shortId(id: string): string {
  return `${fileOf(id)}.${id.split('.').at(-1) ?? ''}`;
}

/**
 * The name by which the runner runs the file of a test again; null: it is not known.
 *
 * @param under the file in whose output the runner showed the test; null where none is known
 */
export function runFile(id: string, under: string | null): string | null {
  const first = id.split('.')[0] ?? '';
  if (first.startsWith('test_')) return fileOf(id);
  if (under !== null && (under.startsWith('test_') || (liesIn(id, under) && !isCarrier(first)))) return under;
  return isCarrier(first) ? (carriers[first] ?? null) : fileOf(id);
}
