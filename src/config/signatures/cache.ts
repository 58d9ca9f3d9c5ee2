// Signatures read before, by the digest of their file: saves the reading of a thousand files of YAML. It is never asked about a file whose
// content differs, and a damaged cache is no cache.

import type { Signature } from '../../flakes/signature/signature.ts';
import { keptFile, type KeptFile } from './kept-file.ts';

/** Goes up when a file of the same content is to give another signature. */
const format = 1;

export interface SignatureCache {
  /** The signature of the content with this digest, if it was read and found right before. */
  get(digest: string): Signature | undefined;
  /** Replaces what is kept. */
  keep(signatures: ReadonlyMap<string, Signature>): void;
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
  const place = keptFile(file);
  const known = read(place, engine);
  return {
    get: (digest) => (Object.hasOwn(known, digest) ? known[digest] : undefined),
    keep(signatures) {
      const kept: Kept = { format, engine, signatures: Object.fromEntries(signatures) };
      place.write(Buffer.from(JSON.stringify(kept)));
    },
  };
}

function read(place: KeptFile, engine: string): Kept['signatures'] {
  const content = place.read();
  if (content === null) return {};
  // As we wrote it, but not surely this version of us.
  const kept = JSON.parse(content.toString()) as Kept;
  return kept.format === format && kept.engine === engine ? kept.signatures : {};
}
