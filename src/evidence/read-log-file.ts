// The bytes of a log to its failures.

import { createLogIntake, type IntakeOptions, type LogFileReading } from './log-intake.ts';

/** Reads a log from its first byte to its last, in bounded memory. Rejects with what the source rejects with. */
export async function readLogFile(
  source: AsyncIterable<Uint8Array>,
  options: IntakeOptions,
): Promise<LogFileReading> {
  const intake = createLogIntake(options);
  for await (const chunk of source) intake.write(chunk);
  return intake.end();
}
