// A log's bytes as they come, to its failures: whole files and logs that still grow go the same way.

import type { LogFormat } from '../flakes/line.ts';
import { createLineReader } from '../flakes/line-reader.ts';
import { createLogReader, type LogReader, type LogReading } from '../flakes/read-log.ts';
import { digest } from './digest.ts';

export interface LogFileReading extends LogReading {
  readonly bytes: number;
  readonly lines: number;
}

export interface IntakeOptions {
  readonly format: LogFormat | 'auto';
  /** Goes into the incidents of machines. */
  readonly builder: string | null;
}

export interface LogIntake {
  /** Takes the next bytes; they may be used again afterwards. */
  write(bytes: Uint8Array): void;
  /** What the lines so far tell. */
  look(): LogFileReading;
  /** The log has ended; nothing may be written after it. */
  end(): LogFileReading;
}

/** Takes in one log in bounded memory. */
export function createLogIntake({ format: given, builder }: IntakeOptions): LogIntake {
  let reader: LogReader | null = null;
  let bytes = 0;
  let lines = 0;
  const lineReader = createLineReader({
    format: given,
    onLine: (line, format) => {
      reader ??= createLogReader({ format, builder, hash: digest });
      reader.take(line);
      lines = line.number;
    },
  });
  const look = (): LogFileReading => {
    const format = given === 'auto' ? 'raw' : given;
    reader ??= createLogReader({ format, builder, hash: digest });
    return { ...reader.reading(), bytes, lines };
  };
  return {
    write(chunk) {
      bytes += chunk.length;
      lineReader.write(chunk);
    },
    look,
    end() {
      lines = lineReader.end();
      return look();
    },
  };
}
