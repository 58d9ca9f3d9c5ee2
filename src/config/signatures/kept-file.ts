// A file of a cache: what stands in it is as this user wrote it, or it is nothing.

import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

const maxBytes = 64 * 1024 * 1024;
/** SHA-256 in hexadecimal, and the line's end. */
const headBytes = 65;

export interface KeptFile {
  /** null: not there, damaged, half written, too long, or of somebody else. */
  read(): Buffer | null;
  /** Replaces it; where it cannot be written, nothing is kept. */
  write(content: Uint8Array): void;
}

/** The digest of a content, in hexadecimal. */
export function contentDigest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function read(file: string): Buffer | null {
  try {
    const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size, uid } = fstatSync(handle);
      // What others may write says nothing, whatever its digest.
      if (size > maxBytes || uid !== (process.geteuid?.() ?? uid)) return null;
      const whole = readFileSync(handle);
      const content = whole.subarray(headBytes);
      return whole.toString('latin1', 0, headBytes) === `${contentDigest(content)}\n` ? content : null;
    } finally {
      closeSync(handle);
    }
  } catch {
    // A cache that cannot be read is none.
    return null;
  }
}

function write(file: string, content: Uint8Array): void {
  const near = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    try {
      writeFileSync(near, Buffer.concat([Buffer.from(`${contentDigest(content)}\n`), content]), {
        mode: 0o600,
      });
      renameSync(near, file);
    } finally {
      rmSync(near, { force: true });
    }
  } catch {
    // A cache that cannot be written costs time and nothing else.
  }
}

/** The file at a path; it need not be there. */
export function keptFile(path: string): KeptFile {
  return { read: () => read(path), write: (content) => write(path, content) };
}
