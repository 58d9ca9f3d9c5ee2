// What the gatekeeper's side is told at its making, with the times and the bounds that tests may change.

import type { Security } from './open-socket.ts';

/** One line for the log. `message` is printable whatever a server sent. */
export type GearmanLog = (level: 'info' | 'warn' | 'error', message: string) => void;

/** All in milliseconds. */
export interface GearmanTimes {
  /** A TCP connection is made or given up. */
  readonly connect: number;
  /** So long without a byte from the server: ask it. */
  readonly idle: number;
  /** So long without a byte from the server: the connection is lost. */
  readonly dead: number;
  /** GET_STATUS is answered or called silent. */
  readonly answer: number;
  /** The answers around a WORK_COMPLETE have come or it is called unconfirmed. */
  readonly finish: number;
  /** GRAB_JOB_UNIQ is answered or the connection is lost. */
  readonly grab: number;
  /** A packet that has begun has ended or the connection is lost. */
  readonly packet: number;
  /** An admin question, connecting included. */
  readonly admin: number;
  /** Time that what is queued may take to leave at `close`. */
  readonly flush: number;
  /** First pause before connecting again; doubled each time. */
  readonly firstPause: number;
  /** Longest pause while the server cannot be reached. */
  readonly longestPause: number;
  /** Longest pause while connections are made and soon lost. */
  readonly longestPauseAfterShort: number;
  /** A connection that lived so long begins the pauses anew. */
  readonly settled: number;
}

export interface GearmanLimits {
  /** Bytes of a packet that are kept; a longer JOB_ASSIGN_UNIQ is read past (RUNS.md 2.6). */
  readonly packet: number;
  /** Bytes in the socket from which on updates wait, the newest of each job only. */
  readonly congested: number;
  /** Bytes that wait so. Beyond them updates are refused. */
  readonly waiting: number;
  /** Bytes of socket and waiting together, beyond which the connection is lost. */
  readonly backlog: number;
  /** Bytes of one update or answer. */
  readonly update: number;
  /** Jobs in work on one connection. */
  readonly openJobs: number;
  readonly functions: number;
  /** GET_STATUS on their way on one connection. */
  readonly statuses: number;
  /** Bytes of one admin answer. */
  readonly adminAnswer: number;
  /** Bytes of one line of it. */
  readonly adminLine: number;
  /** Admin questions waiting for one server. */
  readonly adminQueue: number;
}

export interface GearmanOptions {
  /** `host:port` of each server; a job that is on several is grabbed from whichever gives it. */
  readonly servers: readonly string[];
  /** Suffix of `stop:` and `set_description:`, stable over restarts (GATEKEEPER.md 2.2). */
  readonly manager: string;
  /** How we are called in the servers' `workers` list: visible characters, no blanks. */
  readonly clientId: string;
  /** Begins the names of our connections, so that others who share the store know whose they are: 8 hex digits. */
  readonly instance?: string;
  readonly log: GearmanLog;
  /** TLS to every server; plain TCP without it. */
  readonly security?: Security;
  readonly times?: Partial<GearmanTimes>;
  readonly limits?: Partial<GearmanLimits>;
}

export const defaultTimes: GearmanTimes = {
  connect: 10_000,
  idle: 15_000,
  dead: 25_000,
  answer: 10_000,
  finish: 30_000,
  grab: 30_000,
  packet: 600_000,
  admin: 5_000,
  flush: 500,
  firstPause: 50,
  longestPause: 2_000,
  longestPauseAfterShort: 10_000,
  settled: 10_000,
};

const KiB = 1024;
const MiB = 1024 * KiB;

export const defaultLimits: GearmanLimits = {
  packet: MiB,
  congested: 256 * KiB,
  waiting: 16 * MiB,
  backlog: 64 * MiB,
  update: 256 * KiB,
  openJobs: 10_000,
  functions: 20_000,
  statuses: 30_000,
  adminAnswer: 16 * MiB,
  adminLine: 64 * KiB,
  adminQueue: 64,
};
