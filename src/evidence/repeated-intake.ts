// The log of a step that repeats: one command after another, each read by itself.

import { createLineReader } from '../flakes/line-reader.ts';
import { createLogReader, type LogReader, type LogReading } from '../flakes/read-log.ts';
import type { Failure } from '../flakes/failure.ts';
import { endsCommand, repeatOf, type Repeat } from '../flakes/repeat.ts';
import { digest } from './digest.ts';
import type { LogFileReading, LogIntake } from './log-intake.ts';

/** Repeats of one build (DESIGN.md section 6 says 20), and failures that are kept of all. */
const mostRepeats = 100;
const mostFailures = 200;

export interface RepeatedReading extends LogFileReading {
  readonly repeats: readonly Repeat[];
}

/** Takes in a log in the contents format; a command that did not end counts as a failed repeat in doubt. */
export function createRepeatedIntake(builder: string): LogIntake & { end(): RepeatedReading } {
  const repeats: Repeat[] = [];
  const failures: Failure[] = [];
  let dropped = 0;
  let bytes = 0;
  let reader: LogReader | null = null;
  /** Whether the command at hand has printed anything: what Buildbot writes behind an end is no command. */
  let began = false;
  const start = (): LogReader => createLogReader({ format: 'contents', builder, hash: digest });
  const close = (reading: LogReading): void => {
    dropped += reading.dropped;
    if (repeats.length < mostRepeats) repeats.push(repeatOf(reading));
    else dropped += 1;
    failures.push(...reading.failures.slice(0, mostFailures - failures.length));
    reader = null;
    began = false;
  };
  const lineReader = createLineReader({
    format: 'contents',
    onLine: (line) => {
      reader ??= start();
      reader.take(line);
      began ||= !line.header && line.text !== '';
      if (endsCommand(line)) close(reader.reading());
    },
  });
  let lines = 0;
  const look = (): RepeatedReading => {
    const { account, recognised } = (reader ?? start()).reading();
    return { failures, dropped, account, recognised, bytes, lines, repeats };
  };
  return {
    write(chunk) {
      bytes += chunk.length;
      lineReader.write(chunk);
    },
    look,
    end() {
      lines = lineReader.end();
      if (reader !== null && began) close(reader.reading());
      return look();
    },
  };
}
