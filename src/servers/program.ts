// Where a program of Debian's is, and which package brings it when it is missing.

import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

// gearmand lives in sbin, which an ordinary user's PATH does not have.
const alsoIn = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Full path of a program, or null where there is none. */
export function optionalProgram(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return [...folders, ...alsoIn].map((folder) => join(folder, name)).find(executable) ?? null;
}

/** Full path of a program; throws an error that names the Debian package to install. */
export function program(name: string, debianPackage: string): string {
  const found = optionalProgram(name);
  if (found !== null) return found;
  throw new Error(`${name} is not installed: sudo apt-get install ${debianPackage}`);
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us: the next folder of PATH decides.
    return false;
  }
}
