// Tells systemd how the daemon is (sd_notify(3)). Node has no unix datagram sockets, so `systemd-notify` is spawned: one
// child at a time, with a deadline, never waited for. Whatever goes wrong here is told and must not stop the gate.
// The child is not given --no-block: systemd looks a sender up by its pid, and a child that does not wait for the
// barrier is often gone by then, so that READY=1 is lost. The unit needs NotifyAccess=all, as the sender is a child.

import { spawn } from 'node:child_process';

export interface Notifier {
  /** The service is up, or a reload is over. */
  ready(): void;
  /** One line for `systemctl status`; control characters become spaces, at most 200 characters. */
  status(text: string): void;
  /** A sign of progress; to be called every `watchdogEvery`, and only while there is progress. */
  watchdog(): void;
  stopping(): void;
  reloading(): void;
  /** Milliseconds between two signs of progress: half of what systemd allows; null when it watches nothing. */
  readonly watchdogEvery: number | null;
  /** Resolves when no child runs and none is due at once: within two deadlines. To be awaited before the process ends. */
  idle(): Promise<void>;
}

/** Times in milliseconds. */
export interface NotifyLimits {
  readonly program: string;
  /** Above the 5 s for which systemd-notify itself waits for its barrier. */
  readonly deadline: number;
  /** Pause before a failed message is tried again. */
  readonly again: number;
}

const LIMITS: NotifyLimits = { program: 'systemd-notify', deadline: 8_000, again: 2_000 };
const LONGEST_STATUS = 200;
const LONGEST_COMPLAINT = 500;
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;

/** What is to be said next. A newer value takes the place of an older one, so that nothing can queue up. */
type Assignments = Map<'state' | 'STATUS' | 'WATCHDOG', string>;

/**
 * Without NOTIFY_SOCKET in `env` every call does nothing. `tell` gets one sentence when telling systemd begins to fail,
 * and one when it works again.
 */
export function createNotifier(
  env: NodeJS.ProcessEnv,
  tell: (sentence: string) => void,
  limits: NotifyLimits = LIMITS,
): Notifier {
  const socket = env['NOTIFY_SOCKET'];
  const send = socket === undefined || socket === '' ? null : createSender(env, tell, limits);
  const say = (key: 'state' | 'STATUS' | 'WATCHDOG', assignment: string): void => send?.say(key, assignment);
  return {
    ready: () => say('state', 'READY=1'),
    reloading: () => say('state', 'RELOADING=1'),
    stopping: () => say('state', 'STOPPING=1'),
    status: (text) => say('STATUS', `STATUS=${text.replace(CONTROL, ' ').slice(0, LONGEST_STATUS)}`),
    watchdog: () => say('WATCHDOG', 'WATCHDOG=1'),
    watchdogEvery: send === null ? null : watchdogEvery(env),
    idle: () => send?.idle() ?? Promise.resolve(),
  };
}

// sd_watchdog_enabled(3): WATCHDOG_USEC counts only for the process that WATCHDOG_PID names.
function watchdogEvery(env: NodeJS.ProcessEnv): number | null {
  const usec = Number(env['WATCHDOG_USEC']);
  const pid = env['WATCHDOG_PID'];
  if (!Number.isSafeInteger(usec) || usec <= 0) return null;
  if (pid !== undefined && pid !== String(process.pid)) return null;
  return Math.max(1, Math.floor(usec / 2_000));
}

interface Sender {
  say(key: 'state' | 'STATUS' | 'WATCHDOG', assignment: string): void;
  idle(): Promise<void>;
}

function createSender(
  env: NodeJS.ProcessEnv,
  tell: (sentence: string) => void,
  limits: NotifyLimits,
): Sender {
  const next: Assignments = new Map();
  const report = onChange(tell);
  let under: 'nothing' | 'a-child' | 'a-pause' = 'nothing';
  const waiting: (() => void)[] = [];

  const rest = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  const pump = (): void => {
    under = 'nothing';
    if (next.size === 0) {
      rest();
      return;
    }
    const sent: Assignments = new Map(next);
    next.clear();
    under = 'a-child';
    notify([...sent.values()], env, limits, (trouble) => {
      report(trouble);
      if (trouble === null) {
        pump();
        return;
      }
      keep(next, sent);
      under = 'a-pause';
      rest();
      setTimeout(pump, limits.again).unref();
    });
  };
  return {
    say: (key, assignment) => {
      next.set(key, assignment);
      if (under === 'nothing') pump();
    },
    idle: () => new Promise((resolve) => (under === 'a-child' ? waiting.push(resolve) : resolve())),
  };
}

/** Tells the first trouble of a row and its end, not each one. */
function onChange(tell: (sentence: string) => void): (trouble: string | null) => void {
  let failing = false;
  return (trouble) => {
    if (trouble !== null && !failing) tell(`systemd was not told how the daemon is: ${trouble}`);
    if (trouble === null && failing) tell('systemd is told again how the daemon is');
    failing = trouble !== null;
  };
}

// What failed is said again unless something newer was said meanwhile. An old sign of progress proves nothing any more.
function keep(next: Assignments, sent: Assignments): void {
  for (const [key, assignment] of sent) {
    if (key !== 'WATCHDOG' && !next.has(key)) next.set(key, assignment);
  }
}

/** Runs one `systemd-notify`; `done` is called once, with null or with what went wrong. */
function notify(
  assignments: readonly string[],
  env: NodeJS.ProcessEnv,
  limits: NotifyLimits,
  done: (trouble: string | null) => void,
): void {
  let complaint = '';
  let late = false;
  let over = false;
  const finish = (trouble: string | null): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    done(trouble);
  };
  // Only what it needs: the daemon's environment is nobody else's business.
  const child = spawn(limits.program, assignments, {
    env: { NOTIFY_SOCKET: env['NOTIFY_SOCKET'], PATH: env['PATH'] ?? '/usr/bin:/bin' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limits.deadline);
  timer.unref();
  child.unref();
  child.on('error', (error) => finish(`${limits.program} cannot be run (${error.message}); install systemd`));
  // Not earlier: a child that could not be made for want of descriptors has no stderr.
  child.once('spawn', () => {
    child.stderr.on('data', (bytes: Buffer) => {
      complaint = (complaint + bytes.toString()).slice(0, LONGEST_COMPLAINT);
    });
  });
  child.on('exit', (code, signal) => {
    if (code === 0) {
      finish(null);
      return;
    }
    const how = late ? `no end within ${limits.deadline} ms` : `it ended with ${code ?? signal ?? 'nothing'}`;
    finish(`${limits.program}: ${how} ${complaint.replace(CONTROL, ' ').trim()}`.trim());
  });
}
