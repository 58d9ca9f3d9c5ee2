// JOB_ASSIGN_UNIQ taken apart: handle, function, unique id, payload. All of it was written by strangers.

import type { Handle } from '../gate/ids.ts';
import { splitArguments } from './frame.ts';
import { handleOf, textOf } from './wire-text.ts';

export interface AssignedJob {
  readonly handle: Handle;
  readonly function: string;
  readonly unique: string;
  readonly payload: Buffer;
}

/** Reads the body of a JOB_ASSIGN_UNIQ, or its beginning; null when it is none. */
export function parseAssignment(body: Buffer): AssignedJob | null {
  const parts = splitArguments(body, 4);
  if (parts === null) return null;
  const [handleBytes, functionBytes, uniqueBytes, payload] = parts as [Buffer, Buffer, Buffer, Buffer];
  const handle = handleOf(handleBytes);
  if (handle === null) return null;
  return { handle, function: textOf(functionBytes), unique: textOf(uniqueBytes), payload };
}
