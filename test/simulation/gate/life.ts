// One life of the daemon: the real composition over the simulated outside, from its start on the store to its death.

import type { Master } from '../../../src/buildbot/master.ts';
import type { Config } from '../../../src/config/config.ts';
import { createCore } from '../../../src/daemon/core.ts';
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
import { jobWait } from '../../../src/views/waits.ts';
import type { Shown } from './oracle.ts';
import { plant, type Defect } from './defect.ts';
import { logReader, signature } from './log-reader.ts';

export interface LifeParts {
  readonly config: Config;
  readonly store: Store;
  readonly master: Master;
  readonly gearman: (listener: GearmanListener) => Gearman;
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
  shown(): readonly Shown[];
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

function shownOf(
  { core: { around, register } }: Wiring,
  simulated: LifeParts['simulated'],
): readonly Shown[] {
  return register.all().flatMap((run) =>
    run.jobs
      .filter(({ state }) => state === 'open')
      .map((job) => {
        const wait = jobWait(run, job, contextFor(around, run));
        const until = wait?.until == null ? null : simulated(Date.parse(wait.until));
        return { number: job.number, what: wait?.what ?? null, until };
      }),
  );
}

/** Starts the daemon as `startDaemon` does, without its doors. */
export async function startLife(parts: LifeParts): Promise<Life> {
  const { config, checkpoint, defect } = parts;
  const store = defect?.store?.(parts.store) ?? parts.store;
  const log = logTo(parts.say);
  const outside = {
    master: () => defect?.master?.(parts.master) ?? parts.master,
    gearman: (_: unknown, listener: GearmanListener) => {
      const gearman = parts.gearman(defect?.listener?.(listener) ?? listener);
      return defect?.gearman?.(gearman) ?? gearman;
    },
    reader: () => defect?.reader?.(logReader) ?? logReader,
    machine: () => ({ freeBytes: () => Promise.resolve(2 ** 40), lag: () => 0 }),
  };
  const load = (): Promise<never> => Promise.reject(new Error('no configuration is read anew here'));
  const options = { config, load, version: 'simulated', log, notifier, env: {}, outside, checkpoint };
  const core = createCore(options, store, metrics);
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
    runs: () => wiring.core.register.all(),
    shown: () => shownOf(wiring, parts.simulated),
    recheck: async (number) =>
      (await wiring.actions.recheck(number, 'https://bugs.example.org/1', { name: 'somebody' })).kind,
  };
}
