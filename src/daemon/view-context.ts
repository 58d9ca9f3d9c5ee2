// The context in which a run is shown (views/context.ts), from what the daemon knows at this moment.

import type { Config } from '../config/config.ts';
import type { Job } from '../gate/job.ts';
import type { Run } from '../gate/run.ts';
import { inOrder, isInLine, takesSlot } from '../gate/slots.ts';
import type { ViewContext } from '../views/context.ts';
import type { Health } from './dependencies.ts';
import type { LiveReadings } from './live-readings.ts';
import type { Register } from './register.ts';

export interface Around {
  readonly config: () => Config;
  readonly version: string;
  readonly host: ViewContext['host'];
  readonly register: Register;
  readonly elsewhere: Register;
  readonly health: () => Health;
  readonly live: LiveReadings;
}

/** Milliseconds that a run may still take (RUNS.md 5.1). */
function leftOf({ terms, age }: Run): number {
  return Math.max(0, (terms?.policy.deadlines.run ?? 0) - age);
}

/** Milliseconds: a slot that has become free is taken at the next look (rhythms.ts), and in a shared store once that was written. */
const slotLook = 2_000;

/** When a run with so many before it has a slot at the latest, milliseconds since 1970. */
function slotUntil(runs: readonly Run[], run: Run, line: { ahead: number; maxJobs: number }): number {
  const left = runs.filter(takesSlot).map(leftOf);
  const free = Array.from({ length: Math.max(0, line.maxJobs - left.length) }, () => 0);
  const slots = [...left, ...free].sort((one, other) => one - other);
  const turn = line.ahead + slots.length - line.maxJobs;
  // Who is before it may in its turn take as long as a run may.
  const rounds = Math.floor(turn / slots.length);
  return (
    Date.now() +
    slotLook +
    (slots[turn % slots.length] ?? 0) +
    rounds * (run.terms?.policy.deadlines.run ?? 0)
  );
}

/** The place of a waiting run in the line; null for any other. */
function lineOf({ register, elsewhere, config }: Around, run: Run): ViewContext['line'] {
  if (run.phase !== 'waiting') return null;
  const runs = [...register.all(), ...elsewhere.all()];
  const ahead = runs.filter((each) => isInLine(each) && inOrder(each, run) < 0).length;
  return { ahead, slotUntil: slotUntil(runs, run, { ahead, maxJobs: config().maxJobs }) };
}

export function contextFor(around: Around, run: Run): ViewContext {
  const { version, host, live } = around;
  const { knowledge } = around.health();
  const config = around.config();
  return {
    now: Date.now(),
    manager: config.manager,
    version,
    publicUrl: config.web.publicUrl,
    buildbotUrl: config.buildbot.url,
    fleet: knowledge.fleet === null ? null : { builders: knowledge.fleet },
    buildbotAway: knowledge.buildbot === 'away' ? { since: knowledge.since, why: knowledge.awayWhy } : null,
    live: live.of(run.id),
    line: lineOf(around, run),
    host,
  };
}

/** The job of that number; it must be one of the run's. */
export function jobIn(run: Run, number: string): Job {
  const job = run.jobs.find((each) => each.number === number);
  if (job === undefined) throw new Error(`run ${run.id} has no job ${number} to tell of`);
  return job;
}
