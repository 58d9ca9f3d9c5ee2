// A log's bytes as they come, to its failures: whole files and logs that still grow go the same way.

import type { LogFormat } from '../flakes/line.ts';
import { createLineReader } from '../flakes/line-reader.ts';
import { createLogReader, type LogReader, type LogReading } from '../flakes/read-log.ts';
import type { LineMatcher } from '../flakes/signature/line-pattern.ts';
import { digest } from './digest.ts';

export interface LogFileReading extends LogReading {
  readonly bytes: number;
  readonly lines: number;
}

export interface IntakeOptions {
  readonly format: LogFormat | 'auto';
  /** Goes into the incidents of machines. */
  readonly builder: string | null;
  /** Begins to match signatures, once the format is known; it sees every byte. */
  readonly watch?: (format: LogFormat) => LineMatcher;
}

export interface LogIntake {
  /** Takes the next bytes; they may be used again afterwards. */
  write(bytes: Uint8Array): void;
  /** What the lines so far tell. */
  look(): LogFileReading;
  /** The log has ended; nothing may be written after it. */
  end(): LogFileReading;
}

/** Holds the bytes back until their format is known: as many as the format is guessed from. */
function lateWatch(begin: (format: LogFormat) => LineMatcher) {
  let watch: LineMatcher | null = null;
  let held: Uint8Array[] = [];
  return {
    write(chunk: Uint8Array, format: LogFormat | null): void {
      if (format !== null && watch === null) {
        watch = begin(format);
        for (const early of held) watch.write(early);
        held = [];
      }
      if (watch === null) held.push(chunk.slice());
      else watch.write(chunk);
    },
    end(format: LogFormat): void {
      this.write(new Uint8Array(), format);
      watch?.end();
    },
  };
}

/** Takes in one log in bounded memory. */
export function createLogIntake({ format: given, builder, watch: begin }: IntakeOptions): LogIntake {
  let reader: LogReader | null = null;
  let known = given === 'auto' ? null : given;
  const watch = begin === undefined ? null : lateWatch(begin);
  let bytes = 0;
  let lines = 0;
  const lineReader = createLineReader({
    format: given,
    onLine: (line, format) => {
      known = format;
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
      watch?.write(chunk, known);
    },
    look,
    end() {
      lines = lineReader.end();
      watch?.end(known ?? 'raw');
      return look();
    },
  };
}
