// How a defect is planted: from outside, around ports and around what `transition` gives. There is no switch for it in src.

import type { Master } from '../../../src/buildbot/master.ts';
import type { Core } from '../../../src/daemon/core.ts';
import type { Reader } from '../../../src/evidence/reader/create-reader.ts';
import type { Attempt } from '../../../src/gate/attempt.ts';
import type { RunEvent } from '../../../src/gate/event.ts';
import type { Run } from '../../../src/gate/run.ts';
import type { Gearman, GearmanListener } from '../../../src/gearman/gearman.ts';
import type { Store } from '../../../src/store/store.ts';

export interface Defect {
  /** The rule of RUNS.md that it breaks. */
  readonly rule: string;
  readonly store?: (store: Store) => Store;
  readonly master?: (master: Master) => Master;
  readonly reader?: (reader: Reader) => Reader;
  readonly gearman?: (gearman: Gearman) => Gearman;
  readonly listener?: (listener: GearmanListener) => GearmanListener;
  /** What happens to a run, before `transition` hears of it; null: it does not hear of it. */
  readonly event?: (run: Run, event: RunEvent) => RunEvent | null;
  /** What `transition` has made of a run. */
  readonly result?: (run: Run) => Run;
}

/** Puts the defect around the engine and the register of a daemon that is not wired yet. */
export function plant(core: Core, { event, result }: Defect): void {
  const { engine, register } = core;
  const happen = engine.happen.bind(engine);
  const put = register.put.bind(register);
  if (event !== undefined) {
    Object.assign(engine, {
      happen: (id: Run['id'], what: RunEvent) => {
        const run = register.get(id);
        const changed = run === undefined ? what : event(run, what);
        if (changed !== null) happen(id, changed);
      },
    });
  }
  if (result !== undefined) Object.assign(register, { put: (run: Run) => put(result(run)) });
}

/** A defect in what becomes of attempts. */
export function inAttempts(change: (attempt: Attempt, run: Run) => Attempt): NonNullable<Defect['result']> {
  return (run) => {
    const attempts = run.attempts.map((attempt) => change(attempt, run));
    return attempts.some((attempt, at) => attempt !== run.attempts[at]) ? { ...run, attempts } : run;
  };
}
