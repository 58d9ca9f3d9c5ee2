// A wall clock that a test moves while the daemon runs.

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The environment of a daemon whose wall clock goes as `shiftTo` says, with the monotonic one left alone: Debian's libfaketime. Throws
 * where that is not installed.
 */
export function shiftable(folder: string): Readonly<Record<string, string>> {
  const library = readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'faketime', 'libfaketimeMT.so.1'))
    .find((path) => existsSync(path));
  if (library === undefined) throw new Error('apt-get install faketime');
  const file = join(folder, 'shift');
  writeFileSync(file, '+0');
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

/** Moves the clock of the daemon with that folder, as faketime writes it: `+1d`, `-90s`, `+0`. */
export async function shiftTo(folder: string, text: string): Promise<void> {
  // Never half a line.
  const file = join(folder, 'shift');
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
