// Starts the daemon: opens the store, reads the open runs back, opens the doors, talks to Buildbot and Gearman, and ends it all again.

import { createMetrics } from '../observe/metrics.ts';
import { createEmbeddedGearmand } from './embedded-gearmand.ts';
import { createCore } from './core.ts';
import { within } from './deadline.ts';
import { controlSocket } from './host.ts';
import { startLoops, type Loops, type Task } from './loops.ts';
import { openStore } from './open-store.ts';
import type { DaemonOptions } from './options.ts';
import { resume } from './resume.ts';
import { rhythms } from './rhythms.ts';
import { timedStore } from './timed.ts';
import { wire, type Wiring } from './wiring.ts';

export interface Daemon {
  /** Reads the configuration anew and says in the log what came of it; never rejects (SIGHUP). */
  reload(): Promise<void>;
  /** Where it listens. */
  readonly web: { readonly tcp: string | null; readonly socket: string | null };
  /** Stops grabbing, writes, and ends every connection, within 5 s; stops nothing at Buildbot (RUNS.md 9.5). */
  stop(): Promise<void>;
}

/** Milliseconds. */
const flushWithin = 3_000;
const leaveWithin = 500;
const gearmandEvery = 1_000;
const stuckAfter = 300_000;

async function embedded({ config, log }: DaemonOptions): Promise<readonly Task[]> {
  if (config.gearman.kind !== 'embedded') return [];
  const gearmand = await createEmbeddedGearmand(config.gearman.listen, config.store.path, log);
  return [{ name: 'gearmand', every: () => gearmandEvery, run: () => gearmand.mind() }];
}

async function openDoors(
  wiring: Wiring,
  { config, env, log }: DaemonOptions,
): Promise<{ close(): Promise<void>; address: Daemon['web'] }> {
  const { createWeb } = await import('../web/web.ts');
  const web = await createWeb({
    views: wiring.views,
    actions: wiring.actions,
    listen: config.web.listen,
    socketPath: controlSocket(env, config.store.path),
    publicUrl: config.web.publicUrl,
    log: log.child({ component: 'web' }),
  });
  return { close: () => web.close(), address: web.address() };
}

/** A sign of life for systemd goes out only while every loop comes round: a daemon that hangs is started again. */
function startWatchdog({ notifier, log }: DaemonOptions, loops: Loops): NodeJS.Timeout | undefined {
  if (notifier.watchdogEvery === null) return undefined;
  return setInterval(() => {
    const stuck = loops.stuck(stuckAfter);
    if (stuck.length === 0) notifier.watchdog();
    else
      log.error({ why: stuck.join(', ') }, 'a loop does not come round; systemd will start the daemon again');
  }, notifier.watchdogEvery);
}

/** Other instances need not wait until this one counts as dead. */
async function leave({ core, gatekeeper }: Wiring): Promise<void> {
  try {
    await within(
      leaveWithin,
      'the farewell to other instances',
      gatekeeper.instances?.leave() ?? Promise.resolve(),
    );
  } catch (error) {
    core.options.log.warn(
      { component: 'store', err: error },
      'ended without a word to other instances; they take its runs over in some seconds',
    );
  }
}

/**
 * Starts everything. Resolves when the store is open and functions are being registered; Buildbot and Gearman may be away.
 * Rejects with a `StoreError`, or with the error of an address that cannot be listened on; nothing stays open then.
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { config, log, notifier } = options;
  const [store, metrics, tasks] = await Promise.all([
    openStore(config, log),
    createMetrics(options.version),
    embedded(options),
  ]);
  const wiring = wire(createCore(options, timedStore(store, metrics), metrics));
  const closeAll = async (): Promise<void> => {
    await Promise.all([
      wiring.gatekeeper.gearman.close(),
      wiring.buildbot.master.close(),
      wiring.reading.reader.close(),
    ]);
    wiring.buildbot.watcher.close();
    metrics.close();
    await store.close();
  };
  let doors: Awaited<ReturnType<typeof openDoors>>;
  try {
    await resume(wiring);
    doors = await openDoors(wiring, options);
  } catch (error) {
    await closeAll();
    throw error;
  }
  wiring.start();
  await wiring.past.importer.resume();
  const loops = startLoops([...rhythms(wiring), ...tasks], log);
  const signs = startWatchdog(options, loops);
  notifier.ready();
  log.info({ address: doors.address.tcp ?? '' }, 'the daemon serves');
  const reload = async (): Promise<void> => {
    notifier.reloading();
    try {
      await wiring.core.config.reload();
    } catch (error) {
      log.error({ err: error }, 'the configuration could not be read anew; the old one stays in force');
    }
    notifier.ready();
  };
  return {
    web: doors.address,
    reload,
    async stop() {
      notifier.stopping();
      wiring.core.state.stopping = true;
      loops.stop();
      clearInterval(signs);
      try {
        await wiring.core.engine.flush(flushWithin);
      } catch (error) {
        log.error(
          { component: 'store', err: error },
          'stopped without the last writes; what they said is found again at Buildbot',
        );
      }
      await leave(wiring);
      await Promise.all([doors.close(), closeAll(), notifier.idle()]);
      log.info({}, 'the daemon has stopped');
    },
  };
}
