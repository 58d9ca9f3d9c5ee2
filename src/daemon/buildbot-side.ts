// The master's side of the daemon: the adapter, who minds it, and what its events and answers do to the runs.

import type { Master } from '../buildbot/master.ts';
import { readPassword } from '../config/password.ts';
import { tlsSettings } from '../config/pem.ts';
import type { RunEvent } from '../gate/event.ts';
import type { RequestId, RunId } from '../gate/ids.ts';
import type { Core } from './core.ts';
import { createMinder, type Minder } from './minder.ts';
import { createSweeper } from './sweeper.ts';
import { noteCall } from './timed.ts';
import { createWatcher, type Watcher } from './watcher.ts';

export interface BuildbotSide {
  readonly master: Master;
  readonly minder: Minder;
  readonly watcher: Watcher;
  readonly sweep: () => Promise<void>;
  /** Whether a run in memory has the request, or the sweep has asked Buildbot to cancel it. */
  readonly isTaken: (request: RequestId) => boolean;
  /** Tells a run what came of an effect, and looks for what Buildbot may have said of it before. */
  readonly happen: (run: RunId, event: RunEvent) => void;
}

/** The `gate_stanza` that this version documents (DESIGN.md section 6). */
const stanza = '1';
const mostCancelled = 2_000;

function masterOf({ options: { log, outside }, config, metrics }: Core): Master {
  const { url, username, passwordFile, forceScheduler, tls } = config.get().buildbot;
  const child = log.child({ component: 'buildbot' });
  return outside.master({
    url,
    ...(username === null ? {} : { username }),
    // The file may be another one after a reload.
    ...(passwordFile === null
      ? {}
      : { password: () => readPassword(config.get().buildbot.passwordFile ?? passwordFile) }),
    scheduler: forceScheduler,
    ...(tls === null ? {} : { tls: tlsSettings(tls) }),
    stanza,
    log: ({ level, message }) => {
      child[level]({ why: message }, 'Buildbot');
    },
    report: ({ dependency, outcome, ms }) => {
      noteCall(metrics, dependency, { ok: outcome === 'ok', ms });
    },
  });
}

/** Whether a change in the fleet matters now. */
function isBusy({ register }: Core): boolean {
  return register
    .all()
    .some((run) => run.phase === 'waiting' || run.attempts.some((attempt) => attempt.state !== 'ended'));
}

/** Remembers the newest requests that the sweep has asked Buildbot to cancel; older ones are long complete. */
function createCancelled(): { add(request: RequestId): void; has(request: RequestId): boolean } {
  const cancelled = new Set<RequestId>();
  return {
    add(request) {
      cancelled.add(request);
      if (cancelled.size > mostCancelled)
        for (const oldest of [...cancelled].slice(0, mostCancelled / 2)) cancelled.delete(oldest);
    },
    has: (request) => cancelled.has(request),
  };
}

export function createBuildbotSide(core: Core): BuildbotSide {
  const { register, elsewhere, knowledge, engine, metrics } = core;
  const { log, config } = core.options;
  const mono = (): number => performance.now();
  const master = masterOf(core);
  const minder = createMinder({ master, knowledge, busy: () => isBusy(core), mono, log });
  const happen = (run: RunId, event: RunEvent): void => {
    engine.happen(run, event);
    // Events of a new request may have come before we knew that it is ours.
    if (event.kind === 'force-result') watcher.requestsKnown();
    if (event.kind === 'search-result' || event.kind === 'adoption')
      watcher.look(event.found.map((found) => found.request));
  };
  const fleetChanged = (): void => {
    minder.fleetChanged();
  };
  const watcher = createWatcher({ master, register, knowledge, happen, fleetChanged, log });
  const cancelled = createCancelled();
  const sweep = createSweeper({
    master,
    register,
    knowledge,
    manager: config.manager,
    findRun: core.findRun,
    isElsewhere: (run) => elsewhere.get(run) !== undefined,
    grabbing: () => core.gate.closed().closed === 'no',
    look: (requests) => {
      watcher.look(requests);
    },
    duplicates: (count) => {
      metrics.add('gearbridge_duplicate_requests_total', {}, count);
    },
    cancelling: (request) => {
      cancelled.add(request);
    },
    mono,
    log,
  });
  const isTaken = (request: RequestId): boolean =>
    [register, elsewhere].some((runs) => runs.ofRequest(request) !== undefined) || cancelled.has(request);
  return { master, minder, watcher, sweep, isTaken, happen };
}
