// Whether the files that hold secrets can be read where the configuration says they are.

import { resolve } from 'node:path';
import type { CrossRemark } from './cross-checks.ts';
import { valueAt } from './issues.ts';
import { formatKey, type KeyPath } from './keys.ts';
import { PasswordError, readPassword } from './password.ts';
import { PemError, readPem } from './pem.ts';
import type { Source } from './source.ts';

const passwords: readonly KeyPath[] = [
  ['buildbot', 'password_file'],
  ['store', 'password_file'],
  ['store', 'sentinel_password_file'],
];

/** One error for each file that is named and cannot be used; relative paths count from the folder. */
export async function secretFiles(source: Source, folder: string): Promise<readonly CrossRemark[]> {
  const pems = ['gearman', 'buildbot', 'store'].flatMap((part) =>
    (['ca', 'certificate', 'key'] as const).map((name) => [part, 'tls', name]),
  );
  const found = await Promise.all([
    ...passwords.map((path) => lookAt(source, path, (file) => passwordTrouble(resolve(folder, file)))),
    ...pems.map((path) => lookAt(source, path, (file) => pemTrouble(resolve(folder, file)))),
  ]);
  return found.flat();
}

async function lookAt(
  source: Source,
  path: KeyPath,
  trouble: (file: string) => Promise<string | null>,
): Promise<readonly CrossRemark[]> {
  const given = valueAt(source.raw, path);
  if (typeof given !== 'string' || given === '') return [];
  const sentence = await trouble(given);
  return sentence === null ? [] : [{ ...source.at(path), key: formatKey(path), sentence, level: 'error' }];
}

async function passwordTrouble(path: string): Promise<string | null> {
  try {
    await readPassword(path);
    return null;
  } catch (error) {
    if (error instanceof PasswordError) return error.message;
    throw error;
  }
}

async function pemTrouble(path: string): Promise<string | null> {
  try {
    await readPem(path);
    return null;
  } catch (error) {
    if (error instanceof PemError) return error.message;
    throw error;
  }
}
