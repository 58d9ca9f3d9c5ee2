// Where a secret is read from. Under systemd its file belongs to root, and the daemon sees the copy that LoadCredential= makes.

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * The path to read instead of `path`: the file of the same name in CREDENTIALS_DIRECTORY (systemd.exec(5)) where there is one,
 * else `path` itself. So the configuration names one path, and `config check --online` works with it before the service runs.
 * systemd copies at a start only: a file that we may read ourselves and that is newer than its copy has been replaced since.
 */
export function credentialPath(path: string, env: NodeJS.ProcessEnv): string {
  const folder = env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined || folder === '') return path;
  const copy = join(folder, basename(path));
  if (!existsSync(copy)) return path;
  return isNewer(path, copy) ? path : copy;
}

function isNewer(path: string, copy: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).mtimeMs > statSync(copy).mtimeMs;
  } catch {
    // It is root's alone, as the README has it, or it is gone: then the copy is what there is.
    return false;
  }
}
