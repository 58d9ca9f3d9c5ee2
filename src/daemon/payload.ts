// Payload bytes of Gearman jobs to text, and their fingerprint.

import { createHash } from 'node:crypto';
import { maxArguments } from '../gate/arguments.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a payload; null when it is too large or no UTF-8. */
export function textOf(payload: Buffer | 'too-large'): string | null {
  if (payload === 'too-large' || payload.length > maxArguments) return null;
  try {
    return utf8.decode(payload);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** SHA-256, hex. Payloads too large to be kept all have the same one: their ids alone tell them apart. */
export function digestOf(payload: Buffer | string): string {
  return createHash('sha256').update(payload).digest('hex');
}
