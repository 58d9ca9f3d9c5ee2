// `gearbridge daemon`: runs in the foreground until it is told to stop; systemd minds it.

import { formatFinding } from '../config/finding.ts';
import { load } from '../config/load.ts';
import { createNotifier } from '../daemon/notify.ts';
import type { DaemonOptions } from '../daemon/options.ts';
import { realOutside } from '../daemon/outside.ts';
import { startDaemon } from '../daemon/start-daemon.ts';
import { createLog, logLevels, type LogLevel, type RootLog } from '../observe/log.ts';
import { StoreError } from '../store/store-error.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { version } from './version.ts';

/** Milliseconds; the process ends by then whatever hangs (RUNS.md 9.5). */
const stopWithin = 4_800;

/** 2 where only a person can help, so that systemd does not try again for ever; 3 where time may. */
function exitCodeOf(error: unknown): ExitCode {
  const lasting =
    error instanceof StoreError && ['other-manager', 'schema', 'unreadable'].includes(error.code);
  return lasting ? exitCodes.usage : exitCodes.unreachable;
}

function untilStopped(): Promise<string> {
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

function endAnyway(log: RootLog): void {
  setTimeout(() => {
    log.error({}, 'the daemon did not come to its end in time');
    log.flush();
    process.exit(1);
  }, stopWithin).unref();
}

function levelOf(env: Call['terminal']['env']): LogLevel {
  const named = env['GEARBRIDGE_LOG'];
  return logLevels.find((level) => level === named) ?? 'info';
}

/** Runs the daemon until it is told to stop; its exit code is 0 then. `checkpoint` is for tests that end it at a certain step. */
export async function daemon(
  { terminal, common }: Call,
  checkpoint?: DaemonOptions['checkpoint'],
): Promise<ExitCode> {
  const loaded = await load(common.config);
  for (const finding of loaded.findings) terminal.err(`${formatFinding(finding)}\n`);
  if (loaded.kind === 'refused') return exitCodes.usage;
  const { env } = terminal;
  const log = await createLog({ level: levelOf(env) });
  minded(log);
  const stopped = untilStopped();
  // Before the daemon serves there is nothing to reload, and the signal must not end it.
  let reload = (): void => undefined;
  process.on('SIGHUP', () => {
    reload();
  });
  const notifier = createNotifier(env, (why) => {
    log.warn({ component: 'systemd', why }, 'systemd');
  });
  const options = {
    config: loaded.config,
    load: () => load(common.config),
    version: version(),
    log,
    notifier,
    env,
    outside: realOutside,
  };
  try {
    const running = await startDaemon(checkpoint === undefined ? options : { ...options, checkpoint });
    reload = () => void running.reload();
    log.info({ why: await stopped }, 'the daemon is asked to stop');
    endAnyway(log);
    await running.stop();
    log.flush();
    return exitCodes.yes;
  } catch (error) {
    log.error({ err: error }, 'the daemon cannot start');
    log.flush();
    throw new CommandError(exitCodeOf(error), error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}
