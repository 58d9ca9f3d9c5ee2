// A saved file, or standard input, as chunks of bytes.

import { createReadStream } from 'node:fs';

const chunkSize = 256 * 1024;

/** The bytes of a file. Rejects with the error of the file system: ENOENT, EISDIR, EACCES. */
export function fileChunks(file: string): AsyncIterable<Uint8Array> {
  return createReadStream(file, { highWaterMark: chunkSize });
}

/**
 * The bytes of a file; each chunk may be used until the next is asked for. `-` is the input given.
 *
 * @throws the error of the file system: ENOENT, EISDIR, EACCES
 */
export async function* chunks(file: string, input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of file === '-' ? input : fileChunks(file)) yield chunk;
}
