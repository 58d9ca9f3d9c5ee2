// One life of the daemon: the real composition over the simulated outside, from its start on the store to its death.

import type { Master } from '../../../src/buildbot/master.ts';
import type { Config } from '../../../src/config/config.ts';
import { createCore, type Core } from '../../../src/daemon/core.ts';
import type { Checkpoint } from '../../../src/daemon/engine.ts';
import { startLoops } from '../../../src/daemon/loops.ts';
import { resume } from '../../../src/daemon/resume.ts';
import { rhythms } from '../../../src/daemon/rhythms.ts';
import { contextFor } from '../../../src/daemon/view-context.ts';
import { wire, type Wiring } from '../../../src/daemon/wiring.ts';
import type { Run } from '../../../src/gate/run.ts';
import type { Gearman, GearmanListener } from '../../../src/gearman/gearman.ts';
import type { RootLog } from '../../../src/observe/log.ts';
import type { Metrics } from '../../../src/observe/metrics.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Wait } from '../../../src/views/document.ts';
import { builderWait, jobWait } from '../../../src/views/waits.ts';
import { plant, type Defect } from './defect.ts';
import { logReader, signature } from './log-reader.ts';
import type { Said, Shown } from './silence.ts';

export interface LifeParts {
  readonly config: Config;
  readonly store: Store;
  readonly master: Master;
  readonly gearman: (listener: GearmanListener, instance: string | undefined) => Gearman;
  readonly checkpoint: Checkpoint;
  /** Something to do wrong; null: the daemon as it is. */
  readonly defect: Defect | null;
  /** One line of its log. */
  readonly say: ((line: string) => void) | null;
  /** Simulated time of a moment in milliseconds since 1970. */
  readonly simulated: (wall: number) => number;
}

export interface Life {
  runs(): readonly Run[];
  /** What is shown of the open jobs of all runs, or of those that changed since this was last asked. */
  shown(of: 'all' | 'changed'): readonly Shown[];
  /** `jobs recheck`; the outcome in a word. */
  recheck(number: string): Promise<string>;
}

/** What has nothing to do with the promises, or looks at the real machine: systemd, signatures, logs of builds that run, builds of the fleet, disk and load. */
const leftOut = ['systemd', 'signatures', 'live', 'builds', 'findings', 'machine'];

const metrics: Metrics = {
  set: () => undefined,
  add: () => undefined,
  time: () => undefined,
  read: async () => ({ contentType: '', text: '' }),
  close: () => undefined,
};

const inForce = [signature];

const quiet = (): undefined => undefined;
const notifier = {
  ...{ ready: quiet, status: quiet, watchdog: quiet, stopping: quiet, reloading: quiet },
  ...{ watchdogEvery: null, idle: async () => undefined },
};

function logTo(say: LifeParts['say']): RootLog {
  const line: RootLog['info'] = (fields, sentence) => {
    if (say === null) return;
    const { err, ...rest } = fields;
    const why = err instanceof Error ? { err: err.message } : {};
    say(`${sentence} ${JSON.stringify({ ...rest, ...why })}`);
  };
  const log: RootLog = { debug: line, info: line, warn: line, error: line, child: () => log, flush: quiet };
  return log;
}

type Simulated = LifeParts['simulated'];

function saidOf(wait: Wait, simulated: Simulated): Said {
  const at = (time: string | null): number | null => (time === null ? null : simulated(Date.parse(time)));
  return { what: wait.what, since: at(wait.since), until: at(wait.until), next: wait.next };
}

/** What `jobs show` says of the open jobs of a run. */
function shownOf({ core: { around, knowledge } }: Wiring, run: Run, simulated: Simulated): readonly Shown[] {
  const open = run.jobs.filter(({ state }) => state === 'open');
  if (open.length === 0) return [];
  const context = contextFor(around, run);
  const { buildbot, since } = knowledge.get();
  const steadySince = buildbot === 'up' ? simulated(since) : Infinity;
  const voting = run.plan?.builders.filter(({ counts }) => counts === 'voting') ?? [];
  const waits = voting.flatMap((planned) => {
    const wait = builderWait(run, planned, context);
    return wait === null ? [] : [[planned.name, saidOf(wait, simulated)] as const];
  });
  return open.map((job) => {
    const wait = jobWait(run, job, context);
    const said = wait === null ? null : saidOf(wait, simulated);
    return { number: job.number, job: said, builders: Object.fromEntries(waits), steadySince };
  });
}

/** Gathers the runs that have changed since it was last asked. */
function noteChanges({ register }: Core): () => ReadonlySet<Run['id']> {
  let changed = new Set<Run['id']>();
  const put = register.put.bind(register);
  Object.assign(register, {
    put(run: Run) {
      if (register.get(run.id)?.changedAt !== run.changedAt) changed.add(run.id);
      put(run);
    },
  });
  return () => {
    const since = changed;
    if (since.size > 0) changed = new Set();
    return since;
  };
}

/** Starts the daemon as `startDaemon` does, without its doors. */
export async function startLife(parts: LifeParts): Promise<Life> {
  const { config, checkpoint, defect } = parts;
  const store = defect?.store?.(parts.store) ?? parts.store;
  const log = logTo(parts.say);
  const outside = {
    master: () => defect?.master?.(parts.master) ?? parts.master,
    gearman: ({ instance }: { readonly instance?: string }, listener: GearmanListener) => {
      const gearman = parts.gearman(defect?.listener?.(listener) ?? listener, instance);
      return defect?.gearman?.(gearman) ?? gearman;
    },
    reader: () => defect?.reader?.(logReader) ?? logReader,
    machine: () => ({ freeBytes: () => Promise.resolve(2 ** 40), lag: () => 0 }),
  };
  const load = (): Promise<never> => Promise.reject(new Error('no configuration is read anew here'));
  const options = { config, load, version: 'simulated', log, notifier, env: {}, outside, checkpoint };
  const core = createCore(options, store, metrics);
  const changes = noteChanges(core);
  if (defect !== null) plant(core, defect);
  const wiring = wire(core);
  // In place of the folder of files.
  Object.assign(wiring.reading.signatures, { get: () => inForce });
  await resume(wiring);
  wiring.start();
  startLoops(
    rhythms(wiring).filter(({ name }) => !leftOut.includes(name)),
    log,
  );
  return {
    runs: () => core.register.all(),
    shown(of) {
      const since = changes();
      if (of === 'changed' && since.size === 0) return [];
      const runs = core.register.all().filter(({ id }) => of === 'all' || since.has(id));
      return runs.flatMap((run) => shownOf(wiring, run, parts.simulated));
    },
    recheck: async (number) =>
      (await wiring.actions.recheck(number, 'https://bugs.example.org/1', { name: 'somebody' })).kind,
  };
}
