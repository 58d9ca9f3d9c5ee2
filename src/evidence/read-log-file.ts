// The bytes of a log to its failures.

import type { LogFormat } from '../flakes/line.ts';
import { createLineReader } from '../flakes/line-reader.ts';
import { createLogReader, type LogReader, type LogReading } from '../flakes/read-log.ts';
import { digest } from './digest.ts';

export interface LogFileReading extends LogReading {
  readonly bytes: number;
  readonly lines: number;
}

interface Options {
  readonly format: LogFormat | 'auto';
  readonly builder: string | null;
}

/** Reads a log from its first byte to its last, in bounded memory. Rejects with what the source rejects with. */
export async function readLogFile(
  source: AsyncIterable<Uint8Array>,
  options: Options,
): Promise<LogFileReading> {
  const { builder } = options;
  let reader: LogReader | null = null;
  const lineReader = createLineReader({
    format: options.format,
    onLine: (line, format) => {
      reader ??= createLogReader({ format, builder, hash: digest });
      reader.take(line);
    },
  });
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    lineReader.write(chunk);
  }
  const lines = lineReader.end();
  // `reader` is set by the callback, which the compiler does not see.
  const last = reader as LogReader | null;
  const { failures, dropped } = last?.reading() ?? { failures: [], dropped: 0 };
  return { failures, dropped, bytes, lines };
}
