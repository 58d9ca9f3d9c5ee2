// One Gearman packet as bytes: a header of 12 bytes (NUL and magic, type, length), then arguments parted by NUL.

import type { PacketType } from './packet-type.ts';

export type Magic = 'REQ' | 'RES';

export const headerLength = 12;

export interface Frame {
  readonly magic: Magic;
  readonly type: number;
  readonly body: Buffer;
}

/** The bytes of a packet; its parts are joined by one NUL each, text as UTF-8. */
export function encodeFrame(magic: Magic, type: PacketType, parts: readonly (string | Buffer)[]): Buffer {
  const header = Buffer.alloc(headerLength);
  header.write(magic, 1, 'latin1');
  header.writeUInt32BE(type, 4);
  const pieces: Buffer[] = [header];
  for (const [index, part] of parts.entries()) {
    if (index > 0) pieces.push(Buffer.from([0]));
    pieces.push(typeof part === 'string' ? Buffer.from(part) : part);
  }
  const bytes = Buffer.concat(pieces);
  bytes.writeUInt32BE(bytes.length - headerLength, 8);
  return bytes;
}

/** What a worker or a client sends. */
export function request(type: PacketType, ...parts: readonly (string | Buffer)[]): Buffer {
  return encodeFrame('REQ', type, parts);
}

/** What a server sends. */
export function response(type: PacketType, ...parts: readonly (string | Buffer)[]): Buffer {
  return encodeFrame('RES', type, parts);
}

/**
 * Cuts a body into its first `count` arguments, the last of which takes all that is left (also NULs).
 * null: it has fewer than that.
 */
export function splitArguments(body: Buffer, count: number): Buffer[] | null {
  const found: Buffer[] = [];
  let start = 0;
  while (found.length < count - 1) {
    const end = body.indexOf(0, start);
    if (end < 0) return null;
    found.push(body.subarray(start, end));
    start = end + 1;
  }
  found.push(body.subarray(start));
  return found;
}
