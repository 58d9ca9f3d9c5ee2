// Ties the parts of the daemon to one another. Some need each other both ways; those are tied by functions that look a part up when called.

import { createMaster } from '../buildbot/create-master.ts';
import type { Master } from '../buildbot/master.ts';
import { formatAddress } from '../config/address.ts';
import type { Config } from '../config/config.ts';
import { readPassword } from '../config/password.ts';
import type { RunEvent } from '../gate/event.ts';
import type { Moment, RunId } from '../gate/ids.ts';
import type { Run } from '../gate/run.ts';
import { takesSlot } from '../gate/slots.ts';
import { createGearman } from '../gearman/create-gearman.ts';
import type { Gearman } from '../gearman/gearman.ts';
import { createAudit } from '../observe/audit.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { LevelStore } from '../store/level/open-level-journal.ts';
import type { Actions } from '../views/actions.ts';
import { finalData, firstData, progressData } from '../views/gatekeeper.ts';
import type { Views } from '../views/views.ts';
import { createActions } from './actions.ts';
import { createCarrier } from './carrier.ts';
import { createClients, type Clients } from './clients.ts';
import { createEngine, type Engine } from './engine.ts';
import { createFollow } from './follow.ts';
import { createFunctions, type Functions } from './functions.ts';
import { clientLeft, createGearmanSide } from './gearman-side.ts';
import { createGrabGate, type GrabGate } from './grab-gate.ts';
import { thisHost } from './host.ts';
import { takeIn, type Incoming } from './intake.ts';
import { createKnowledge, type KnowledgeStore } from './knowledge.ts';
import { createMinder, type Minder } from './minder.ts';
import { createRegister, type Register } from './register.ts';
import { createReports, type Reports } from './reports.ts';
import type { DaemonOptions } from './start-daemon.ts';
import { planOf } from './submission.ts';
import { afterThisTurn } from './turn.ts';
import { createSweeper } from './sweeper.ts';
import { contextFor, createViews, type ViewsParts } from './views.ts';
import { createWatcher, type Watcher } from './watcher.ts';

/** Everything that loops and doors need. */
export interface Wiring {
  readonly store: LevelStore;
  readonly metrics: Metrics;
  readonly register: Register;
  readonly knowledge: KnowledgeStore;
  readonly engine: Engine;
  readonly master: Master;
  readonly gearman: Gearman;
  readonly gate: GrabGate;
  readonly clients: Clients;
  readonly functions: Functions;
  readonly reports: Reports;
  readonly watcher: Watcher;
  readonly minder: Minder;
  readonly sweep: () => Promise<void>;
  readonly views: Views;
  readonly actions: Actions;
  readonly mode: ViewsParts['mode'];
  /** Registers the functions and listens to Buildbot's events. */
  start(): void;
  stopGrabbing(): void;
}

/** The `gate_stanza` that this version documents (DESIGN.md section 6). */
export const stanza = '1';

function now(): Moment {
  return { wall: Date.now(), mono: performance.now() };
}

function servers(config: Config): readonly string[] {
  const { gearman } = config;
  return gearman.kind === 'servers' ? gearman.servers.map(formatAddress) : [formatAddress(gearman.listen)];
}

function masterOf({ config, log }: DaemonOptions, metrics: Metrics): Master {
  const { url, username, passwordFile, forceScheduler } = config.buildbot;
  const child = log.child({ component: 'buildbot' });
  return createMaster({
    url,
    ...(username === null ? {} : { username }),
    ...(passwordFile === null ? {} : { password: () => readPassword(passwordFile) }),
    scheduler: forceScheduler,
    stanza,
    log: ({ level, message }) => {
      child[level]({ why: message }, 'Buildbot');
    },
    report: ({ dependency, outcome, ms }) => {
      metrics.add('gearbridge_requests_total', { dependency });
      if (outcome !== 'ok') metrics.add('gearbridge_request_errors_total', { dependency });
      metrics.time('gearbridge_request_seconds', { dependency }, ms / 1000);
    },
  });
}

/** Wires a daemon up. Nothing is grabbed or forced before `start`. */
export function wire(options: DaemonOptions, store: LevelStore, metrics: Metrics): Wiring {
  const { config, log } = options;
  const checkpoint = options.checkpoint ?? (() => undefined);
  const startedAt = Date.now();
  const state = { draining: false, stopping: false, started: false };
  const host = thisHost();
  const register = createRegister();
  const knowledge = createKnowledge(() => Date.now());
  const functions = createFunctions(() => config.jobs);
  const master = masterOf(options, metrics);
  let arrival = 0;
  const publicUrl = (): string => config.web.publicUrl;

  const findRun = async (id: RunId): Promise<Run | null> => register.get(id) ?? store.run(id);
  const health = () => ({ knowledge: knowledge.get(), gearman, storeTrouble: engine.trouble(), startedAt });
  const around = {
    config: () => config,
    version: options.version,
    host,
    register,
    health,
    publicUrl,
    wall: () => Date.now(),
  };
  const jobOf = (run: Run, number: string) => run.jobs.find((job) => job.number === number);
  const told = (run: Run, number: string, tell: (job: Run['jobs'][number]) => object): object => {
    const job = jobOf(run, number);
    if (job === undefined) throw new Error(`run ${run.id} has no job ${number} to tell of`);
    return tell(job);
  };

  const happen = (run: RunId, event: RunEvent): void => {
    engine.happen(run, event);
    // Events of a new request may have come before we knew that it is ours.
    if (event.kind === 'force-result') watcher.requestsKnown();
    if (event.kind === 'search-result' || event.kind === 'adoption')
      watcher.look(event.found.map((found) => found.request));
  };

  const carrier = createCarrier({
    buildbot: { master, knowledge, manager: config.manager, findRun },
    gearman: () => gearman,
    firstData: (run, number) => told(run, number, (job) => firstData(run, job, contextFor(around, run))),
    finalData: (run, number) =>
      told(run, number, (job) => {
        if (job.answer === null) throw new Error(`job ${number} has no answer to give`);
        return finalData(run, job, { context: contextFor(around, run), answer: job.answer });
      }),
    happen,
    log,
    checkpoint,
  });

  const reports = createReports({
    gearman: () => gearman,
    progress: (run, job) => progressData(run, job, contextFor(around, run)),
    mono: () => performance.now(),
  });

  const room = afterThisTurn(() => {
    for (const run of register.all()) if (run.phase === 'waiting') engine.happen(run.id, { kind: 'poke' });
    gearman.wake();
  });

  const engine: Engine = createEngine({
    register,
    journal: store,
    knowledge: () => knowledge.get(),
    terms: () => ({
      manager: config.manager,
      maxJobs: config.maxJobs,
      stability: config.fleet.stability,
      platforms: config.fleet.platforms,
      startsNew: !state.draining && !state.stopping,
    }),
    now,
    log,
    carry: carrier,
    changed: createFollow({
      log,
      metrics,
      history: store.history,
      reports,
      viewsChanged: (run) => {
        seen.changed(run);
      },
      room,
    }),
    checkpoint,
  });

  const gate = createGrabGate({
    register,
    knowledge: () => knowledge.get(),
    maxJobs: () => config.maxJobs,
    draining: () => state.draining,
    storeTakes: () => engine.trouble() === null && !state.stopping && state.started,
    oursWaits: (server) => clients.oursWaits(server),
  });

  const take = (incoming: Incoming) =>
    takeIn(
      {
        engine,
        register,
        journal: store,
        jobs: () => config.jobs,
        policies: () => config.policies,
        sawBranch: (job, branch) => {
          if (functions.sawBranch(job, branch)) gearman.serve(functions.names());
        },
        nextArrival: () => (arrival = Math.max(arrival + 1, Date.now())),
        wall: () => Date.now(),
        log,
      },
      incoming,
    );

  const gearman: Gearman = createGearman(
    {
      servers: servers(config),
      manager: config.manager,
      clientId: `gearbridge-${config.manager}`,
      log: (level, message) => {
        log.child({ component: 'gearman' })[level]({ why: message }, 'Gearman');
      },
    },
    createGearmanSide({
      engine,
      register,
      journal: store,
      gate,
      gearman: () => gearman,
      takeIn: take,
      connectionChanged: () => {
        room();
      },
      lostHandles: (connection) => {
        clients.lost(register.onConnection(connection), connection);
      },
      doubted: (connection) => {
        clients.doubt(connection);
      },
      grabbed: (server) => {
        metrics.add('gearbridge_grabs_total', { server });
      },
      log,
    }),
  );

  const clients = createClients({
    gearman,
    register,
    knowledge,
    left: (where) => {
      clientLeft({ engine, register }, where);
    },
    mono: () => performance.now(),
    log,
  });

  const minder = createMinder({
    master,
    knowledge,
    busy: () =>
      register
        .all()
        .some((run) => run.attempts.some((attempt) => attempt.state !== 'ended') || run.phase === 'waiting'),
    mono: () => performance.now(),
    log,
  });

  const watcher = createWatcher({
    master,
    register,
    knowledge,
    happen,
    fleetChanged: () => {
      minder.fleetChanged();
    },
    log,
  });

  const sweep = createSweeper({
    master,
    register,
    knowledge,
    manager: config.manager,
    findRun,
    grabbing: () => gate.closed().closed === 'no',
    look: (requests) => {
      watcher.look(requests);
    },
    duplicates: (count) => {
      metrics.add('gearbridge_duplicate_requests_total', {}, count);
    },
    mono: () => performance.now(),
    log,
  });

  const mode = (): ReturnType<ViewsParts['mode']> => {
    if (state.draining) return { mode: 'draining', why: 'asked to drain; resume ends it' };
    const { closed, why } = gate.closed();
    return closed === 'no' ? { mode: 'serving', why: '' } : { mode: 'paused', why };
  };

  const seen = createViews({
    ...around,
    journal: store,
    master,
    metrics: () => Promise.resolve(metrics),
    refreshMetrics: () => {
      refresh();
    },
    mode,
    plan: (submission) => planOf(config, knowledge.get(), submission),
  });

  const refresh = (): void => {
    const runs = register.all();
    const count = (state: 'waiting' | 'running' | 'answered', value: number) => {
      metrics.set('gearbridge_jobs', { state }, value);
    };
    count('waiting', runs.filter((run) => run.phase === 'waiting').length);
    count('running', runs.filter((run) => run.phase === 'started').length);
    count('answered', runs.flatMap((run) => run.jobs).filter((job) => job.state === 'answered').length);
    metrics.set('gearbridge_slots', { kind: 'max' }, config.maxJobs);
    metrics.set('gearbridge_slots', { kind: 'taken' }, runs.filter(takesSlot).length);
    const links = gearman.state();
    metrics.set(
      'gearbridge_gearman_connections',
      { kind: 'build' },
      links.filter((link) => link.build).length,
    );
    metrics.set(
      'gearbridge_gearman_connections',
      { kind: 'control' },
      links.filter((link) => link.control).length,
    );
    metrics.set('gearbridge_websocket_up', {}, master.watching() ? 1 : 0);
  };

  const actions = createActions({
    config: () => config,
    engine,
    register,
    journal: store,
    gate,
    takeIn: take,
    publicUrl,
    draining: {
      get: () => state.draining,
      set: (on) => {
        state.draining = on;
        room();
      },
    },
    audit: createAudit(log),
  });

  knowledge.watch(
    afterThisTurn(() => {
      for (const run of register.all()) engine.happen(run.id, { kind: 'poke' });
      gearman.wake();
    }),
  );

  return {
    store,
    metrics,
    register,
    knowledge,
    engine,
    master,
    gearman,
    gate,
    clients,
    functions,
    reports,
    watcher,
    minder,
    sweep,
    views: seen.views,
    actions,
    mode,
    start() {
      state.started = true;
      gearman.serve(functions.names());
      master.watch((hint) => {
        watcher.hint(hint);
      });
    },
    stopGrabbing() {
      state.stopping = true;
    },
  };
}
