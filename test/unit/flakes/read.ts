// Reads a log given as text, in chunks of any size, as the command does.

import type { Failure } from '../../../src/flakes/failure.ts';
import { readLogFile } from '../../../src/evidence/read-log-file.ts';

export interface ReadOptions {
  readonly format?: 'auto' | 'contents' | 'raw';
  readonly builder?: string | null;
  readonly chunk?: number;
}

async function* chunked(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The failures of a log. */
export async function read(log: string | Uint8Array, options: ReadOptions = {}): Promise<readonly Failure[]> {
  const { format = 'auto', builder = null, chunk = 65_536 } = options;
  const bytes = typeof log === 'string' ? Buffer.from(log) : log;
  return (await readLogFile(chunked(bytes, chunk), { format, builder })).failures;
}

/** `kind test_id`, as the tables of the tests have it. */
export function brief(failures: readonly Failure[]): string[] {
  return failures.map(({ kind, testId }) => `${kind} ${testId ?? '-'}`);
}
