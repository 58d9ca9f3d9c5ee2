// The password of the Buildbot user, and those of Redis, read when they are needed: they are in no configuration, log or page.

import { boundedFile, boundedFileNow } from './bounded-file.ts';
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
  try {
    return checked(path, await boundedFile(path, maxBytes));
  } catch (error) {
    throw refusal(path, error);
  }
}

/** The same at once, for a connection that is just being made; throws. */
export function readPasswordNow(configured: string, env: NodeJS.ProcessEnv = process.env): string {
  const path = credentialPath(configured, env);
  try {
    return checked(path, boundedFileNow(path, maxBytes));
  } catch (error) {
    throw refusal(path, error);
  }
}

function checked(path: string, bytes: Buffer): string {
  const text = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (bytes.length > maxBytes)
    throw new PasswordError(`${path} has more than ${maxBytes} bytes, expected one line`);
  if (text === '') throw new PasswordError(`${path} is empty, expected the password in one line`);
  if (/\p{Cc}/u.test(text))
    throw new PasswordError(`${path} has several lines or control characters, expected one line`);
  return text;
}

function refusal(path: string, error: unknown): PasswordError {
  if (error instanceof PasswordError) return error;
  const why = error instanceof Error ? error.message : String(error);
  const message = `${path} cannot be read (${why}), expected a file with the password in one line`;
  return new PasswordError(message, { cause: error });
}
