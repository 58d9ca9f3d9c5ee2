// Certificates and keys, read when a connection is made: a renewed file needs no restart.

import { readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { GearmanTls, ServerTls, TlsFiles } from './config.ts';
import { credentialPath } from './credential.ts';

export class PemError extends Error {
  override readonly name = 'PemError';
}

const mostBytes = 1024 * 1024;

function checked(path: string, bytes: Buffer): Buffer {
  if (bytes.length > mostBytes)
    throw new PemError(`${path} has more than ${mostBytes} bytes, expected a PEM file`);
  if (!bytes.includes('-----BEGIN ')) throw new PemError(`${path} holds no PEM block, expected -----BEGIN …`);
  return bytes;
}

function refusal(path: string, error: unknown): PemError {
  if (error instanceof PemError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new PemError(`${path} cannot be read (${why}), expected a PEM file`, { cause: error });
}

/** The file, or systemd's copy of it (credential.ts). Rejects with a `PemError` that names it and holds nothing of it. */
export async function readPem(configured: string, env: NodeJS.ProcessEnv = process.env): Promise<Buffer> {
  const path = credentialPath(configured, env);
  try {
    return checked(path, await readFile(path));
  } catch (error) {
    throw refusal(path, error);
  }
}

function readNow(path: string): Buffer {
  try {
    return checked(path, readFileSync(path));
  } catch (error) {
    throw refusal(path, error);
  }
}

function stampOf(path: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return `${path} ${size} ${mtimeMs} ${ino}`;
  } catch (error) {
    throw refusal(path, error);
  }
}

/**
 * Gives the settings of a TLS connection from the files as they are now, and the same object while they are the same. Throws a
 * `PemError`. The files have some kilobytes and are read only when they changed: this may block.
 */
export function tlsSettings(
  { ca, certificate, key }: TlsFiles,
  env: NodeJS.ProcessEnv = process.env,
): () => ConnectionOptions {
  const named = Object.entries({ ca, cert: certificate, key }).flatMap(([name, configured]) =>
    configured === null ? [] : [{ name, path: credentialPath(configured, env) }],
  );
  let stamp: string | null = null;
  let settings: ConnectionOptions = {};
  return () => {
    const now = named.map(({ path }) => stampOf(path)).join('\n');
    if (now !== stamp) {
      settings = Object.fromEntries(named.map(({ name, path }) => [name, readNow(path)]));
      stamp = now;
    }
    return settings;
  };
}

/** The same for servers whose certificates need not bear the names by which we know them. */
export function serverTlsSettings(tls: ServerTls): () => ConnectionOptions {
  const files = tlsSettings(tls);
  // The chain is checked all the same.
  return () => ({ ...files(), ...(tls.hostNames ? {} : { checkServerIdentity: () => undefined }) });
}

/** The same for a Gearman server. What is older than TLS 1.2 asks OpenSSL 3 for its lowest security level as well (GATEKEEPER.md 5.5). */
export function gearmanTlsSettings(tls: GearmanTls): () => ConnectionOptions {
  const settings = serverTlsSettings(tls);
  const old = tls.oldest === 'TLSv1' || tls.oldest === 'TLSv1.1';
  return () => ({
    ...settings(),
    minVersion: tls.oldest,
    ...(old ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
  });
}
