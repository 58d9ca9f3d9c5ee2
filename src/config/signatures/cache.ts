// Signatures read before, by the digest of their file: saves the reading of a thousand files of YAML. It is never asked about a file whose
// content differs, and a damaged cache is no cache.

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Signature } from '../../flakes/signature/signature.ts';

/** Goes up when a file of the same content is to give another signature. */
const format = 1;
const maxBytes = 64 * 1024 * 1024;

export interface SignatureCache {
  /** The signature of the content with this digest, if it was read and found right before. */
  get(digest: string): Signature | undefined;
  /** Replaces what is kept. */
  keep(signatures: ReadonlyMap<string, Signature>): void;
}

/** The digest of a file's content. */
export function contentDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Kept {
  readonly format: number;
  readonly engine: string;
  readonly signatures: Readonly<Record<string, Signature>>;
}

/**
 * The cache in a file.
 *
 * @param engine the name of the line engine that took the regexes: another one may not
 */
export function openCache(file: string, engine: string): SignatureCache {
  const known = read(file, engine);
  return {
    get: (digest) => (Object.hasOwn(known, digest) ? known[digest] : undefined),
    keep(signatures) {
      const kept: Kept = { format, engine, signatures: Object.fromEntries(signatures) };
      const text = JSON.stringify(kept);
      write(file, `${contentDigest(Buffer.from(text))}\n${text}`);
    },
  };
}

function read(file: string, engine: string): Kept['signatures'] {
  try {
    if (statSync(file).size > maxBytes) return {};
    const text = readFileSync(file, 'utf8');
    const end = text.indexOf('\n');
    const body = text.slice(end + 1);
    if (contentDigest(Buffer.from(body)) !== text.slice(0, end)) return {};
    // The digest says that it is as we wrote it.
    const kept = JSON.parse(body) as Kept;
    return kept.format === format && kept.engine === engine ? kept.signatures : {};
  } catch {
    // Not there, not ours to read, half written: then the files are read instead.
    return {};
  }
}

function write(file: string, text: string): void {
  const near = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(near, text, { mode: 0o600 });
      renameSync(near, file);
    } finally {
      rmSync(near, { force: true });
    }
  } catch {
    // A cache that cannot be written costs time and nothing else.
  }
}
