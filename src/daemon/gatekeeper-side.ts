// The gatekeeper's side of the daemon: the adapter, the intake behind it, and who still waits for an answer.

import { formatAddress } from '../config/address.ts';
import type { Config } from '../config/config.ts';
import { gearmanTlsSettings } from '../config/pem.ts';
import type { Gearman } from '../gearman/gearman.ts';
import { likelyClasses } from '../views/builder-view.ts';
import { progressData } from '../views/gatekeeper.ts';
import { createClients, type Clients } from './clients.ts';
import type { Core } from './core.ts';
import { clientLeft, createGearmanSide } from './gearman-side.ts';
import { takeIn, type Incoming, type IntakeParts, type Taken } from './intake.ts';
import type { RunId } from '../gate/ids.ts';
import { createAbroad } from './abroad.ts';
import type { Instances } from './instances.ts';
import { createStopsFirst, type StopsFirst } from './stops-first.ts';
import { createSharingSide } from './sharing-side.ts';
import { createReports, type Reports } from './reports.ts';
import { timedGearman } from './timed.ts';
import { afterThisTurn } from './turn.ts';
import { contextFor } from './view-context.ts';

export interface GatekeeperSide {
  readonly gearman: Gearman;
  readonly clients: Clients;
  readonly reports: Reports;
  readonly takeIn: (incoming: Incoming) => Promise<Taken>;
  /** A slot is free, or something else that waiting runs and jobs wait for has come: after this turn they are looked at. */
  readonly room: () => void;
  readonly stopsFirst: StopsFirst;
  /** null: no other daemon shares the store. */
  readonly instances: Instances | null;
  readonly hasSlot: (run: RunId) => boolean;
}

function servers({ gearman }: Config): readonly string[] {
  return gearman.kind === 'servers' ? gearman.servers.map(formatAddress) : [formatAddress(gearman.listen)];
}

function intakeParts(core: Core, serve: () => void, look: () => Promise<void>): IntakeParts {
  const { engine, register, elsewhere, tell, store, functions } = core;
  const { log } = core.options;
  let arrival = 0;
  return {
    engine,
    register,
    elsewhere,
    look,
    tell,
    journal: store,
    jobs: () => core.config.get().jobs,
    policies: () => core.config.get().policies,
    sawBranch: (job, branch) => {
      if (functions.sawBranch(job, branch)) serve();
    },
    // Grows over restarts as well.
    nextArrival: () => (arrival = Math.max(arrival + 1, Date.now())),
    wall: () => Date.now(),
    log,
  };
}

export function createGatekeeperSide(core: Core): GatekeeperSide {
  const { engine, register, elsewhere, tell, knowledge, functions, metrics } = core;
  const { config, log } = core.options;
  const child = log.child({ component: 'gearman' });
  const sharing = createSharingSide(core);
  const serve = (): void => {
    gearman.serve(functions.names());
  };
  const parts = intakeParts(core, serve, sharing.look);
  const take = (incoming: Incoming): Promise<Taken> => takeIn(parts, incoming);
  const room = afterThisTurn(() => {
    for (const run of register.all()) if (run.phase === 'waiting') engine.happen(run.id, { kind: 'poke' });
    gearman.wake();
  });
  const abroad = createAbroad({ elsewhere, tell, log });
  const stopsFirst = createStopsFirst(() => {
    gearman.wake();
  });
  const listener = createGearmanSide({
    engine,
    register,
    elsewhere,
    abroad,
    tell,
    journal: core.store,
    gate: core.gate,
    gearman: () => gearman,
    takeIn: take,
    connectionChanged: room,
    lostHandles: (connection) => {
      clients.lost(register.onConnection(connection), connection);
    },
    doubted: (connection) => {
      clients.doubt(connection);
    },
    grabbed: (server) => {
      metrics.add('gearbridge_grabs_total', { server });
    },
    stopsFirst,
    log,
  });
  const options = {
    servers: servers(config),
    ...(config.gearman.kind === 'servers' && config.gearman.tls !== null
      ? { security: gearmanTlsSettings(config.gearman.tls) }
      : {}),
    manager: config.manager,
    clientId: `gearbridge-${config.manager}`,
    log: (level: 'info' | 'warn' | 'error', message: string) => {
      child[level]({ why: message }, 'Gearman');
    },
  };
  const own = core.options.outside.gearman({ ...options, ...sharing.instance }, listener);
  const gearman = sharing.over(timedGearman(own, metrics));
  const mono = (): number => performance.now();
  const left: Parameters<typeof createClients>[0]['left'] = (where) => {
    clientLeft({ engine, register, abroad }, where);
  };
  const clients = createClients({ gearman, register, elsewhere, knowledge, left, mono, log });
  const reports = createReports({
    gearman: () => gearman,
    progress: (run, job) => progressData(run, job, contextFor(core.around, run)),
    classes: (run) => likelyClasses(run, core.around.live.of(run.id)),
    mono,
  });
  const instances = sharing.start(clients);
  return { gearman, clients, reports, takeIn: take, room, stopsFirst, instances, hasSlot: sharing.hasSlot };
}
