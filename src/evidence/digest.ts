// The hash behind fingerprints and incidents.

import { createHash } from 'node:crypto';

/** The first 16 hexadecimal digits of SHA-256: enough for millions of failures, short enough to be read. */
export function digest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16);
}
