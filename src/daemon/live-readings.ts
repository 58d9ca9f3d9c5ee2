// What was read of builds that still run, for page and reports. It decides nothing; the reading of the build's end takes its place.

import type { Reading } from '../flakes/reading.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import type { BuildId, RunId } from '../gate/ids.ts';

/** Runs that are kept; the oldest goes first. */
const mostRuns = 500;

export interface LiveReadings {
  of(run: RunId): ReadonlyMap<string, Reading>;
  set(run: RunId, builder: BuilderName, of: { readonly build: BuildId; readonly reading: Reading }): void;
  /** The tests of a build have begun: what an earlier build of the builder showed is over. */
  begin(run: RunId, builder: BuilderName, build: BuildId): void;
}

interface Shown {
  readonly readings: Map<string, Reading>;
  readonly builds: Map<string, BuildId>;
}

export function createLiveReadings(): LiveReadings {
  const runs = new Map<RunId, Shown>();
  const none: ReadonlyMap<string, Reading> = new Map();
  return {
    of: (run) => runs.get(run)?.readings ?? none,
    set(run, builder, { build, reading }) {
      const shown = runs.get(run) ?? { readings: new Map(), builds: new Map() };
      shown.readings.set(builder, reading);
      shown.builds.set(builder, build);
      runs.set(run, shown);
      const [oldest] = runs.keys();
      if (runs.size > mostRuns && oldest !== undefined) runs.delete(oldest);
    },
    begin(run, builder, build) {
      const shown = runs.get(run);
      if (shown?.builds.get(builder) !== build) shown?.readings.delete(builder);
    },
  };
}
