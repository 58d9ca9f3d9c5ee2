// One connection at work as a Gearman worker: what is registered on it, and the jobs in work. Build and control
// connections are both made of it.

import type { Socket } from 'node:net';
import type { Handle } from '../gate/ids.ts';
import type { Address } from './address.ts';
import { parseAssignment, type AssignedJob } from './assignment.ts';
import { request, type Frame } from './frame.ts';
import { startIntake, type SessionJob } from './job-intake.ts';
import type { GearmanLimits, GearmanLog, GearmanTimes } from './options.ts';
import { packetType } from './packet-type.ts';
import type { Security } from './open-socket.ts';
import { printable, reasonOf } from './printable.ts';
import { createRegistration } from './registration.ts';
import { sparingly } from './sparing-log.ts';
import { createWire, type Wire } from './wire.ts';

/** What all connections to one server share. */
export interface Surroundings {
  readonly address: Address;
  /** Where several share a store: the one whose connections these are (RUNS.md 9.9). */
  readonly instance?: string;
  readonly security: Security;
  readonly times: GearmanTimes;
  readonly limits: GearmanLimits;
  readonly log: GearmanLog;
}

export interface SessionOptions {
  readonly clientId: string;
  /** GRABs that may be unanswered at once; default: 1. */
  readonly grabs?: number;
  mayGrab(): boolean;
  job(job: SessionJob): void;
  /** An ERROR JOB_NOT_FOUND, or a heartbeat to which a running handle was unknown. */
  doubt(): void;
  lost(why: string): void;
}

export interface Session {
  readonly wire: Wire;
  /** Takes the full set of functions and registers what is new; resolves with whether the server has read it. */
  serve(functions: ReadonlySet<string>): Promise<boolean>;
  wake(): void;
  /** Whether that job is in work here. */
  has(handle: Handle): boolean;
  /** The job needs no more of this connection. */
  forget(handle: Handle): void;
  close(): Promise<void>;
}

/** Milliseconds: gearmand says JOB_NOT_FOUND once for each packet, and one look at all handles is enough. */
const doubtsTogether = 50;

/** Registers nothing yet; the first `serve` introduces us. */
export function startSession(socket: Socket, around: Surroundings, options: SessionOptions): Session {
  const { address, limits, log, times } = around;
  const registration = createRegistration();
  /** Handle to function of each job in work. */
  const jobs = new Map<Handle, string>();
  let introduced = false;
  let doubt: NodeJS.Timeout | undefined;
  const provoked = sparingly(log);

  const wire = createWire(socket, {
    ...around,
    frame: receive,
    tooLarge: (frame) => assigned(frame, true),
    serverError(code, text) {
      provoked('warn', `${named()} sent ERROR ${code}: ${text}; ${jobs.size} jobs are in work there`);
      if (code === 'JOB_NOT_FOUND') doubtSoon();
    },
    stray: (name) => provoked('warn', `${named()} sent ${name}, which no worker expects; it is dropped`),
    runningHandle: () => jobs.keys().next().value,
    orphan: doubtSoon,
    lost(why) {
      end();
      options.lost(why);
    },
  });
  const intake = startIntake({
    mayGrab: () => jobs.size < limits.openJobs && options.mayGrab(),
    toServer: (step) => wire.outbox.now(request(packetType[step])),
    job: deliver,
    broken: (why) => wire.lose(why),
    within: times.grab,
    grabs: options.grabs ?? 1,
  });

  function named(): string {
    return `Gearman server ${address.text}`;
  }

  function receive(frame: Frame): void {
    if (frame.type === packetType.NOOP) intake.noop();
    else if (frame.type === packetType.NO_JOB) {
      intake.noJob();
      dropLeavers();
    } else assigned(frame, false);
  }

  function assigned(frame: Frame, tooLarge: boolean): void {
    const job = parseAssignment(frame.body);
    if (job === null) wire.lose('a JOB_ASSIGN_UNIQ that has no handle, function and unique id');
    else if (!intake.assigned()) wire.lose(`job ${job.handle} was assigned though none had been asked for`);
    else if (registration.has(job.function)) accept(tooLarge ? { ...job, payload: 'too-large' } : job);
    else refuse(job);
  }

  function accept(job: SessionJob): void {
    if (!jobs.has(job.handle)) registration.began(job.function);
    jobs.set(job.handle, job.function);
    intake.accept(job);
  }

  function refuse(job: AssignedJob): void {
    const name = printable(job.function);
    provoked(
      'warn',
      `${named()} assigned job ${job.handle} of ${name}, which is not registered; it is failed`,
    );
    wire.outbox.now(request(packetType.WORK_FAIL, job.handle));
    intake.passOver();
  }

  function deliver(job: SessionJob): void {
    dropLeavers();
    try {
      options.job(job);
    } catch (error) {
      // The gatekeeper would wait for ever for a job that nobody took.
      log(
        'error',
        `job ${job.handle} of ${address.text} could not be taken and is failed: ${reasonOf(error)}`,
      );
      wire.outbox.now(request(packetType.WORK_FAIL, job.handle));
      forget(job.handle);
    }
  }

  function forget(handle: Handle): void {
    const name = jobs.get(handle);
    if (name === undefined) return;
    const wasFull = jobs.size >= limits.openJobs;
    jobs.delete(handle);
    registration.ended(name);
    dropLeavers();
    if (wasFull) intake.wake();
  }

  // Never while a GRAB is unanswered: its answer may be a job of the very function.
  function dropLeavers(): void {
    if (intake.isGrabbing() || wire.isLost()) return;
    const bytes = registration.leaving();
    if (bytes !== null) wire.outbox.now(bytes);
  }

  async function serve(functions: ReadonlySet<string>): Promise<boolean> {
    const added = registration.serve(functions);
    const greeting = introduced ? null : request(packetType.SET_CLIENT_ID, options.clientId);
    introduced = true;
    const bytes = [greeting, added].filter((part) => part !== null);
    if (bytes.length > 0) wire.outbox.now(Buffer.concat(bytes));
    dropLeavers();
    if (added !== null) intake.wake();
    return (await wire.status()) !== 'silent';
  }

  function doubtSoon(): void {
    doubt ??= setTimeout(() => {
      doubt = undefined;
      options.doubt();
    }, doubtsTogether);
  }

  function end(): void {
    clearTimeout(doubt);
    intake.end();
    jobs.clear();
  }

  return {
    wire,
    serve,
    wake: () => intake.wake(),
    has: (handle) => jobs.has(handle),
    forget,
    close() {
      end();
      return wire.close();
    },
  };
}
