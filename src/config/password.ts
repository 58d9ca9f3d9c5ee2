// The password of the Buildbot user, read when it is needed: it is in no configuration, log or page.

import { boundedFile } from './bounded-file.ts';
import { credentialPath } from './credential.ts';

/** A password is a line; a longer file is another file. */
const maxBytes = 4096;

export class PasswordError extends Error {
  override readonly name = 'PasswordError';
}

/**
 * The first and only line of the file, or of systemd's copy of it (credential.ts), without its line end. Rejects with a
 * `PasswordError` that names the file and never holds any of its text.
 */
export async function readPassword(
  configured: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const path = credentialPath(configured, env);
  const bytes = await firstBytes(path);
  const text = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (bytes.length > maxBytes)
    throw new PasswordError(`${path} has more than ${maxBytes} bytes, expected one line`);
  if (text === '') throw new PasswordError(`${path} is empty, expected the password in one line`);
  if (/\p{Cc}/u.test(text))
    throw new PasswordError(`${path} has several lines or control characters, expected one line`);
  return text;
}

async function firstBytes(path: string): Promise<Buffer> {
  try {
    return await boundedFile(path, maxBytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `${path} cannot be read (${why}), expected a file with the password in one line`;
    throw new PasswordError(message, { cause: error });
  }
}
