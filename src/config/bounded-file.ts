// The bytes of a small file that a user named, whatever stands there: a pipe must not block, nor a device give without end.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** At most `maxBytes + 1` bytes, so that the caller sees a file that is too long. Rejects with an Error that says why not. */
export async function boundedFile(path: string, maxBytes: number): Promise<Buffer> {
  // Without O_NONBLOCK the opening of a pipe waits for its writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is no file');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The same at once, for whoever cannot wait; throws what the other rejects with. */
export function boundedFileNow(path: string, maxBytes: number): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) throw new Error('it is no file');
    const bytes = Buffer.alloc(maxBytes + 1);
    return bytes.subarray(0, readSync(file, bytes, 0, maxBytes + 1, 0));
  } finally {
    closeSync(file);
  }
}
