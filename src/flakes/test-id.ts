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
  return where === name || where.endsWith(`.${name}`) ? where : `${where}.${name}`;
}

const testFile = /(?:^|[\\/])(test_\w+)\.py$/;

/** The module of a test's source file: its packages count from the last folder `test` or `tests` on, else from the first `test_*` folder. */
function fileModule(path: string): string | null {
  if (!testFile.test(path)) return null;
  const parts = path.slice(0, -3).split(/[\\/]/);
  const home = Math.max(parts.lastIndexOf('test'), parts.lastIndexOf('tests'));
  const first = home === -1 ? parts.findIndex((part) => part.startsWith('test_')) : home + 1;
  const names = parts.slice(first);
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

/** Whether an id or file name lies in a file or package. */
export function liesIn(id: string, file: string): boolean {
  return id === file || id.startsWith(`${file}.`);
}

/** The file of an id: up to the last part that names a module. */
export function fileOf(id: string): string {
  const parts = id.split('.');
  let end = 1;
  while (end < parts.length - 1 && /^test_\w+$/.test(parts[end] ?? '')) end += 1;
  return parts.slice(0, end).join('.');
}
