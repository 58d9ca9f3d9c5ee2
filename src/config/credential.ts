// Where a secret is read from. Under systemd its file belongs to root, and the daemon sees the copy that LoadCredential= makes.

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * The path to read instead of `path`: the file of the same name in CREDENTIALS_DIRECTORY (systemd.exec(5)) where there is one,
 * else `path` itself. So the configuration names one path, and `config check --online` works with it before the service runs.
 */
export function credentialPath(path: string, env: NodeJS.ProcessEnv): string {
  const folder = env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined || folder === '') return path;
  const copy = join(folder, basename(path));
  return existsSync(copy) ? copy : path;
}
