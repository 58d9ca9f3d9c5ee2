// What was read of builds that still run, for page and reports. It decides nothing; the reading of the build's end takes its place.

import type { Reading } from '../flakes/reading.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import type { RunId } from '../gate/ids.ts';

/** Runs that are kept; the oldest goes first. */
const mostRuns = 500;

export interface LiveReadings {
  of(run: RunId): ReadonlyMap<string, Reading>;
  set(run: RunId, builder: BuilderName, reading: Reading): void;
}

export function createLiveReadings(): LiveReadings {
  const runs = new Map<RunId, Map<string, Reading>>();
  const none: ReadonlyMap<string, Reading> = new Map();
  return {
    of: (run) => runs.get(run) ?? none,
    set(run, builder, reading) {
      const builders = runs.get(run) ?? new Map<string, Reading>();
      runs.set(run, builders.set(builder, reading));
      const [oldest] = runs.keys();
      if (runs.size > mostRuns && oldest !== undefined) runs.delete(oldest);
    },
  };
}
