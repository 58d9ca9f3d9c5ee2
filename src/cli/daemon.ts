// `gearbridge daemon`: runs in the foreground until it is told to stop; systemd minds it.

import { formatFinding } from '../config/finding.ts';
import { load } from '../config/load.ts';
import { createNotifier } from '../daemon/notify.ts';
import { startDaemon, type DaemonOptions } from '../daemon/start-daemon.ts';
import { createLog, type LogLevel, type RootLog } from '../observe/log.ts';
import { StoreError } from '../store/store-error.ts';

export interface DaemonCommand {
  /** Path of the configuration. */
  readonly config: string;
  readonly version: string;
  readonly level: LogLevel;
  readonly env: NodeJS.ProcessEnv;
  readonly complain: (line: string) => void;
  readonly checkpoint?: DaemonOptions['checkpoint'];
}

/** Milliseconds; the process ends by then whatever hangs (RUNS.md 9.5). */
const stopWithin = 4_800;

/** 2 where only a person can help, so that systemd does not try again for ever; 3 where time may. */
function exitCodeOf(error: unknown): number {
  const lasting =
    error instanceof StoreError && ['other-manager', 'schema', 'unreadable'].includes(error.code);
  return lasting ? 2 : 3;
}

function untilStopped(log: RootLog): Promise<string> {
  process.on('SIGHUP', () => {
    log.warn({}, 'this version does not read its configuration anew; restart it, running jobs are kept');
  });
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

function minded(log: RootLog): void {
  // A broken invariant: nothing that the daemon believes can be trusted any more. Started again, it reads what was written.
  const die = (what: string) => (error: unknown) => {
    log.error({ err: error }, what);
    log.flush();
    process.exit(1);
  };
  process.on('uncaughtException', die('an error that nobody expected ends the daemon'));
  process.on('unhandledRejection', die('a failure that nobody took ends the daemon'));
}

/** Runs the daemon and gives its exit code: 0 after a stop that was asked for. */
export async function runDaemon(command: DaemonCommand): Promise<number> {
  const loaded = await load(command.config);
  for (const finding of loaded.findings) command.complain(formatFinding(finding));
  if (loaded.kind === 'refused') return 2;
  const log = await createLog({ level: command.level });
  minded(log);
  const stopped = untilStopped(log);
  const notifier = createNotifier(command.env, (why) => {
    log.warn({ component: 'systemd', why }, 'systemd');
  });
  const { config } = loaded;
  const { version, env, checkpoint } = command;
  try {
    const daemon = await startDaemon({
      config,
      version,
      log,
      notifier,
      env,
      ...(checkpoint === undefined ? {} : { checkpoint }),
    });
    const signal = await stopped;
    log.info({ why: signal }, 'the daemon is asked to stop');
    setTimeout(() => {
      log.error({}, 'the daemon did not come to its end in time');
      log.flush();
      process.exit(1);
    }, stopWithin).unref();
    await daemon.stop();
    log.flush();
    return 0;
  } catch (error) {
    log.error({ err: error }, 'the daemon cannot start');
    log.flush();
    command.complain(error instanceof Error ? error.message : String(error));
    return exitCodeOf(error);
  }
}
