// How a record lies in the database: a checksum, a colon, JSON. LevelDB checks its blocks only where asked to, and a record with
// one wrong digit could turn a verdict; a damaged one must say so instead.

import { crc32 } from 'node:zlib';
import { StoreError } from '../store-error.ts';

/** Text to store for a value that is plain JSON. */
export function seal(value: unknown): string {
  const json = JSON.stringify(value);
  return `${checksum(json)}:${json}`;
}

/** The value of a stored text; a `StoreError` (`broken-record`) that names `key` where it is damaged. The caller knows the shape. */
export function unseal(key: string, text: string): unknown {
  const json = text.slice(9);
  if (text[8] !== ':' || text.slice(0, 8) !== checksum(json)) {
    throw new StoreError(
      'broken-record',
      `the record ${printable(key)} is damaged: its checksum does not fit. Other records are not affected; restore the store from a copy, or forget this one`,
    );
  }
  return JSON.parse(json);
}

/** A key in which control characters are visible and which is not longer than a line. */
export function printable(key: string): string {
  return JSON.stringify(key.length > 200 ? `${key.slice(0, 200)}...` : key);
}

/** A count or time in milliseconds as a text that sorts like the number; a `StoreError` (`bad-record`) for what is no such number. */
export function sortable(value: number, what: string): string {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new StoreError('bad-record', `${what} is ${value}, expected a whole number from 0 on`);
  }
  return value.toString().padStart(16, '0');
}

function checksum(json: string): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/** The value of a stored text in a list; none where there is no text, or where it is damaged: then it is passed over, and stays. */
export function readable(key: string, text: string | undefined): readonly unknown[] {
  if (text === undefined) return [];
  try {
    return [unseal(key, text)];
  } catch (error) {
    if (error instanceof StoreError && error.code === 'broken-record') return [];
    throw error;
  }
}
