// Ties the sides of the daemon to its middle, and the ports for people to both.

import { draftSignature } from '../flakes/signature/draft.ts';
import { createAudit } from '../observe/audit.ts';
import type { Actions } from '../views/actions.ts';
import { finalData, firstData } from '../views/gatekeeper.ts';
import type { Views } from '../views/views.ts';
import { createActions } from './actions.ts';
import { createBuildbotSide, type BuildbotSide } from './buildbot-side.ts';
import { createCarrier } from './carrier.ts';
import { createChangedFiles } from './changed-files.ts';
import type { Core } from './core.ts';
import { createFlakesViews } from './flakes-views.ts';
import { createFollow } from './follow.ts';
import { createGatekeeperSide, type GatekeeperSide } from './gatekeeper-side.ts';
import { createHistorySide, type HistorySide } from './history-side.ts';
import { createReadingSide, type ReadingSide } from './reading-side.ts';
import { refreshMetrics } from './refresh-metrics.ts';
import { planOf } from './submission.ts';
import { afterThisTurn } from './turn.ts';
import { contextFor, jobIn } from './view-context.ts';
import { createViews, type ViewsParts } from './views.ts';

/** Everything that loops and doors need. */
export interface Wiring {
  readonly core: Core;
  readonly buildbot: BuildbotSide;
  readonly gatekeeper: GatekeeperSide;
  readonly reading: ReadingSide;
  /** Fills the history with builds of the fleet. */
  readonly past: HistorySide;
  readonly views: Views;
  readonly actions: Actions;
  readonly mode: ViewsParts['mode'];
  /** Registers the functions and listens to Buildbot's events. */
  start(): void;
}

/** Whether it takes new work, in the words of the status. */
function modeOf({ state, gate }: Core): ReturnType<ViewsParts['mode']> {
  if (state.draining) return { mode: 'draining', why: 'asked to drain; resume ends it' };
  const { closed, why } = gate.closed();
  return closed === 'no' ? { mode: 'serving', why: '' } : { mode: 'paused', why };
}

function createCarry(
  core: Core,
  { buildbot, gatekeeper, reading }: Pick<Wiring, 'buildbot' | 'gatekeeper' | 'reading'>,
): ReturnType<typeof createCarrier> {
  const { options, knowledge, around } = core;
  const { log } = options;
  const { master } = buildbot;
  return createCarrier({
    buildbot: {
      master,
      knowledge,
      manager: options.config.manager,
      findRun: core.findRun,
      isTaken: buildbot.isTaken,
      read: reading.read,
      changedFiles: createChangedFiles(log),
    },
    gearman: () => gatekeeper.gearman,
    firstData: (run, number) => firstData(run, jobIn(run, number), contextFor(around, run)),
    finalData: (run, number) => {
      const job = jobIn(run, number);
      if (job.answer === null) throw new Error(`job ${number} has no answer to give`);
      return finalData(run, job, { context: contextFor(around, run), answer: job.answer });
    },
    happen: buildbot.happen,
    log,
    mayForce: core.mayForce,
    mayCall: () => gatekeeper.stopsFirst.over(),
    checkpoint: options.checkpoint ?? (() => undefined),
  });
}

function createDoors(
  core: Core,
  {
    buildbot: { master, sweep, watcher },
    gatekeeper,
    past,
  }: Pick<Wiring, 'buildbot' | 'gatekeeper' | 'past'>,
) {
  const { gearman, takeIn, room, clients } = gatekeeper;
  const { around, store, metrics, knowledge, state, engine, tell, register, gate } = core;
  const { log } = core.options;
  const { config } = core;
  const mode = () => modeOf(core);
  const { views, changed } = createViews({
    around,
    journal: store,
    master,
    metrics,
    refreshMetrics: () => {
      refreshMetrics(core, { gearman, master, findings: past.findings });
    },
    mode,
    plan: (submission) => planOf(config.get(), knowledge.get(), submission),
    flakes: createFlakesViews({
      history: store.history,
      buildbotUrl: config.get().buildbot.url,
      knowledge: () => knowledge.get(),
      draft: ({ failure }) => draftSignature({ ...failure, exception: null }, Date.now()),
      importer: past.importer,
      findings: () => past.findings.get(),
    }),
  });
  const draining = {
    get: () => state.draining,
    set: (on: boolean) => {
      state.draining = on;
      room();
    },
  };
  const actions = createActions({
    config,
    engine,
    tell,
    register,
    journal: store,
    gate,
    takeIn,
    master,
    gearman,
    room,
    manager: () => config.get().manager,
    findRun: core.findRun,
    lookNow: async () => {
      await sweep();
      await watcher.poll();
      await clients.round();
    },
    draining,
    importer: past.importer,
    audit: createAudit(log),
  });
  return { views, changed, actions, mode };
}

/** Wires a daemon up. Nothing is grabbed or forced before `start`. */
export function wire(core: Core): Wiring {
  const { register, engine, metrics, store, functions, knowledge, state } = core;
  const { log } = core.options;
  const buildbot = createBuildbotSide(core);
  const gatekeeper = createGatekeeperSide(core);
  const { gearman, clients, reports, room } = gatekeeper;
  const reading = createReadingSide(core, buildbot.master, {
    shown: (run) => {
      reports.changed(run);
      viewsChanged(run);
    },
    prior: (builder) => past.findings.get()?.priors.get(builder) ?? null,
  });
  const { reader, signatures } = reading;
  const past = createHistorySide(core, { master: buildbot.master, reader, signatures });
  const { views, changed: viewsChanged, actions, mode } = createDoors(core, { buildbot, gatekeeper, past });
  core.tie({
    carry: createCarry(core, { buildbot, gatekeeper, reading }),
    changed: createFollow({
      log,
      metrics,
      history: store.history,
      past: core.past,
      reports,
      viewsChanged,
      room,
    }),
    shown: viewsChanged,
    gearman,
    oursWaits: (server) => clients.oursWaits(server),
    hasSlot: (run) => gatekeeper.hasSlot(run),
    signaturesRefused: reading.refused,
    look: (requests) => {
      buildbot.watcher.look(requests);
    },
    storeTrouble: () => gatekeeper.instances?.trouble() ?? null,
    reloaded: () => {
      gearman.serve(functions.names());
      room();
    },
  });
  // Buildbot came or went, the fleet is known: what waits for that is looked at.
  const lookAtAll = afterThisTurn(() => {
    for (const run of register.all()) engine.happen(run.id, { kind: 'poke' });
    gearman.wake();
  });
  knowledge.watch(lookAtAll);
  return {
    core,
    buildbot,
    gatekeeper,
    reading,
    past,
    views,
    actions,
    mode,
    start() {
      state.started = true;
      gearman.serve(functions.names());
      buildbot.master.watch((hint) => {
        buildbot.watcher.hint(hint);
        reading.live.hint(hint);
        past.hint(hint);
      });
    },
  };
}
