// The middle of the daemon: the runs and their engine, and what is known of the outside. The sides are tied to it once they are
// made, for they need it and it needs them.

import type { Effect } from '../gate/effect.ts';
import type { Moment, RequestId, RunId } from '../gate/ids.ts';
import type { Run } from '../gate/run.ts';
import type { Gearman } from '../gearman/gearman.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Store } from '../store/store.ts';
import { createConfigInForce, type ConfigInForce } from './config-in-force.ts';
import type { Health, SignaturesRefused } from './dependencies.ts';
import { createEngine, type Engine } from './engine.ts';
import { createFunctions, type Functions } from './functions.ts';
import { createGrabGate, type GrabGate } from './grab-gate.ts';
import { thisHost } from './host.ts';
import { createKnowledge, type KnowledgeStore } from './knowledge.ts';
import { createLiveReadings } from './live-readings.ts';
import type { DaemonOptions } from './options.ts';
import { createPastBuilds, type PastBuilds } from './past-builds.ts';
import { handOver } from './lost-run.ts';
import { createPressure, type Pressure } from './pressure.ts';
import { createRegister, type Register } from './register.ts';
import { createTell, type Tell } from './tell.ts';
import type { Around } from './view-context.ts';

/** What the sides give to the middle. */
export interface Ties {
  readonly carry: (run: Run, effect: Effect) => void;
  readonly changed: (before: Run | null, after: Run) => void;
  readonly shown: (run: Run) => void;
  readonly gearman: Pick<Gearman, 'state'>;
  readonly oursWaits: (server: string) => boolean;
  /** Asked of a run that is next in line, where instances share the slots. */
  readonly hasSlot: (run: RunId) => boolean;
  readonly signaturesRefused: () => SignaturesRefused | null;
  /** Asks Buildbot for requests of which events may have been missed. */
  readonly look: (requests: readonly RequestId[]) => void;
  /** Of the store that instances share, where nothing had to be written yet. */
  readonly storeTrouble: () => Health['storeTrouble'];
  /** Another configuration is in force. */
  readonly reloaded: () => void;
}

export interface Core {
  readonly options: DaemonOptions;
  readonly config: ConfigInForce;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly register: Register;
  /** Runs that other instances hold, as they were last written. */
  readonly elsewhere: Register;
  readonly tell: Tell;
  readonly look: (requests: readonly RequestId[]) => void;
  /** Whether the run is still ours at this moment: asked again right before every force call (DESIGN.md section 2). */
  readonly mayForce: (run: RunId) => Promise<boolean>;
  readonly knowledge: KnowledgeStore;
  readonly past: PastBuilds;
  readonly functions: Functions;
  readonly engine: Engine;
  readonly gate: GrabGate;
  readonly pressure: Pressure;
  /** Switched by an operator, and by the end of the daemon. */
  readonly state: { draining: boolean; stopping: boolean; started: boolean };
  readonly around: Around;
  /** A run in memory or in the journal. */
  readonly findRun: (id: RunId) => Promise<Run | null>;
  tie(ties: Ties): void;
}

function now(): Moment {
  return { wall: Date.now(), mono: performance.now() };
}

/** Makes the middle. Nothing may happen to a run before `tie`. */
export function createCore(options: DaemonOptions, store: Store, metrics: Metrics): Core {
  const { log } = options;
  const startedAt = Date.now();
  const state = { draining: false, stopping: false, started: false };
  const register = createRegister();
  const elsewhere = createRegister();
  const knowledge = createKnowledge(() => Date.now());
  let ties: Ties | null = null;
  const tied = (): Ties => {
    if (ties === null) throw new Error('something happened before the daemon was put together');
    return ties;
  };
  const config = createConfigInForce({
    initial: options.config,
    load: options.load,
    changed: () => {
      tied().reloaded();
    },
    wall: () => Date.now(),
    log,
  });
  const past = createPastBuilds(store.history, () => Date.now());
  const engine = createEngine({
    register,
    elsewhere,
    mayStart: (id) => store.sharing === null || tied().hasSlot(id),
    journal: store,
    knowledge: () => knowledge.get(),
    terms: () => {
      const { manager, maxJobs, fleet } = config.get();
      return {
        manager,
        maxJobs,
        ...fleet,
        startsNew: !state.draining && !state.stopping,
        usual: () => past.usual(),
      };
    },
    past: () => past.get(),
    now,
    log,
    carry: (run, effect) => {
      tied().carry(run, effect);
    },
    changed: (before, after) => {
      tied().changed(before, after);
    },
    shown: (run) => {
      tied().shown(run);
    },
    checkpoint: options.checkpoint ?? (() => undefined),
    lost: async (run, outcome) => {
      const { sharing } = store;
      if (sharing === null) throw new Error(`run ${run.id} is ${outcome.kind} by ${outcome.by}`);
      await handOver({ store, sharing }, run, outcome);
    },
  });
  const pressure = createPressure(options.config.store.path, options.outside.machine());
  const storeTrouble = (): Health['storeTrouble'] => engine.trouble() ?? tied().storeTrouble();
  const gate = createGrabGate({
    register,
    elsewhere,
    knowledge: () => knowledge.get(),
    maxJobs: () => config.get().maxJobs,
    draining: () => state.draining,
    pressure: () => pressure.get(),
    storeTakes: () => storeTrouble() === null && state.started && !state.stopping,
    oursWaits: (server) => tied().oursWaits(server),
  });
  const health = (): Health => ({
    knowledge: knowledge.get(),
    gearman: tied().gearman,
    storeTrouble: storeTrouble(),
    storeDoubts: store.doubts,
    pressure: pressure.get(),
    reloadRefused: config.refused(),
    signaturesRefused: tied().signaturesRefused(),
    startedAt,
  });
  return {
    options,
    config,
    store,
    metrics,
    register,
    elsewhere,
    look: (requests) => {
      tied().look(requests);
    },
    mayForce: (run) => store.sharing?.holds(run) ?? Promise.resolve(true),
    tell: createTell({ engine, register, sharing: store.sharing }),
    knowledge,
    past,
    functions: createFunctions(() => config.get().jobs),
    engine,
    gate,
    pressure,
    state,
    around: {
      config: () => config.get(),
      version: options.version,
      host: thisHost(),
      register,
      elsewhere,
      health,
      live: createLiveReadings(),
    },
    findRun: async (id) => register.get(id) ?? store.run(id),
    tie: (given) => {
      ties = given;
    },
  };
}
