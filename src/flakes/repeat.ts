// One repeat of a measure or a control, and all of them together (FLAKES.md 6.3). Each repeat is a command of its own in the log of
// the step, so that its exit code stands in a header line, which no test can write (config/gearbridge_factory.py).

import { doubtOf } from './doubt.ts';
import type { LogReading } from './read-log.ts';
import type { Repeats } from './reading.ts';

export interface Repeat {
  readonly failed: boolean;
  /** Excuse keys of its failures, each once. */
  readonly keys: readonly string[];
  /** Why its failures may not be all; null: they are. */
  readonly doubt: string | null;
}

/** A header of Buildbot's that ends a command. */
export function endsCommand(line: { readonly header: boolean; readonly text: string }): boolean {
  return line.header && line.text.startsWith('program finished with exit code ');
}

/** What one repeat came to. */
export function repeatOf(reading: LogReading): Repeat {
  const { failures, account } = reading;
  const failed = account.exit !== 0 || failures.length > 0;
  const keys = [...new Set(failures.flatMap(({ excuseKey }) => excuseKey ?? []))];
  if (!failed) return { failed, keys, doubt: null };
  const vague = failures.some(({ excuseKey }) => excuseKey === null);
  return {
    failed,
    keys,
    doubt: doubtOf(reading) ?? (vague ? 'a repeat failed in a way that cannot be compared' : null),
  };
}

/** The sum of the repeats of one build. */
export function sumOf(repeats: readonly Repeat[]): Repeats {
  const byKey: Record<string, number> = {};
  for (const key of repeats.flatMap(({ keys }) => keys)) byKey[key] = (byKey[key] ?? 0) + 1;
  return { ran: repeats.length, failed: repeats.filter(({ failed }) => failed).length, byKey };
}
