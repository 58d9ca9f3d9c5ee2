// Names, handles and unique ids between bytes and text.

import { isUtf8 } from 'node:buffer';
import type { Handle } from '../gate/ids.ts';

/**
 * Text of a name or a unique id. What is no UTF-8 is read byte by byte, so that two different ids never become one text.
 */
export function textOf(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

/** A handle, or null for what can be none: handles stand in admin lines, which end at a blank. */
export function handleOf(bytes: Buffer): Handle | null {
  const text = bytes.toString('latin1');
  return /^[\x21-\x7e]{1,255}$/.test(text) ? (text as Handle) : null;
}

/** Whether a function name can be registered: at most 512 bytes (gearmand's bound), no control character. */
export function isFunctionName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= 512 && !/\p{Cc}/u.test(name);
}
