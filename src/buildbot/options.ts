// What the adapter is told at its start.

import type { ConnectionOptions } from 'node:tls';
import { systemClock } from './clock.ts';
import type { Clock } from './clock.ts';

/** Milliseconds that each kind of call may take, from its start to the last byte of the answer. */
export interface Deadlines {
  readonly login: number;
  readonly read: number;
  /** Cancel and stop, which may be asked twice; from the moment at which it is their turn. */
  readonly control: number;
  readonly force: number;
  /** WebSocket: upgrade, acknowledgement of the subscriptions, answer to a ping. */
  readonly socket: number;
}

/** One HTTP call, for the metrics. `outcome` is `ok`, `http-<status>`, or a `Fault`. */
export interface CallReport {
  readonly dependency: 'buildbot';
  readonly verb: string;
  readonly outcome: string;
  readonly ms: number;
}

export interface LogEntry {
  readonly level: 'info' | 'warn';
  readonly message: string;
}

export interface MasterOptions {
  /** The master's address, with the path prefix if it has one. */
  readonly url: string;
  readonly username?: string;
  /** Gives the password of this moment; asked at each login, so that a changed file needs no restart. */
  readonly password?: () => string | Promise<string>;
  /** The ForceScheduler's name. */
  readonly scheduler: string;
  /** The `gate_stanza` that this version documents. */
  readonly stanza: string;
  readonly deadlines?: Partial<Deadlines>;
  readonly clock?: Clock;
  /** TLS settings (own CA, client certificate) for an `https:` master as they are now: the same object while they are the same. */
  readonly tls?: () => ConnectionOptions;
  readonly log?: (entry: LogEntry) => void;
  readonly report?: (call: CallReport) => void;
}

/** Options with every default filled in. */
export interface Settings {
  /** Ends with a slash. */
  readonly base: URL;
  readonly username: string | null;
  readonly password: () => string | Promise<string>;
  readonly scheduler: string;
  readonly stanza: string;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  readonly tls: () => ConnectionOptions;
  readonly log: (entry: LogEntry) => void;
  readonly report: (call: CallReport) => void;
}

const defaultDeadlines: Deadlines = {
  login: 20_000,
  read: 30_000,
  control: 60_000,
  force: 60_000,
  socket: 10_000,
};

const none: ConnectionOptions = {};

/** Fills in the defaults. Throws a TypeError for an address that is none; the configuration has checked it before. */
export function settle(options: MasterOptions): Settings {
  const base = new URL(options.url);
  if (base.protocol !== 'http:' && base.protocol !== 'https:') {
    throw new TypeError(`buildbot.url must begin with http:// or https://, not ${base.protocol}`);
  }
  base.search = '';
  base.hash = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return {
    base,
    username: options.username ?? null,
    password: options.password ?? (() => ''),
    scheduler: options.scheduler,
    stanza: options.stanza,
    deadlines: { ...defaultDeadlines, ...options.deadlines },
    clock: options.clock ?? systemClock,
    tls: options.tls ?? (() => none),
    log: options.log ?? (() => undefined),
    report: options.report ?? (() => undefined),
  };
}
