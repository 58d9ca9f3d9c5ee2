// One connection at work as a Gearman worker: what is registered on it, the jobs in work, the way of a job through abraxas.
// Build and control connections are both made of it.

import type { Socket } from 'node:net';
import type { Handle } from '../gate/ids.ts';
import { startAbraxas } from './abraxas-client.ts';
import type { Address } from './address.ts';
import { parseAssignment, type AssignedJob } from './assignment.ts';
import { request, type Frame } from './frame.ts';
import { createDance } from './grab-dance.ts';
import type { GearmanLimits, GearmanLog, GearmanTimes } from './options.ts';
import { packetType } from './packet-type.ts';
import { printable, reasonOf } from './printable.ts';
import { createRegistration } from './registration.ts';
import { sparingly } from './sparing-log.ts';
import { createWire, type Wire } from './wire.ts';

/** What all connections to one server share. */
export interface Surroundings {
  readonly address: Address;
  readonly times: GearmanTimes;
  readonly limits: GearmanLimits;
  readonly log: GearmanLog;
}

/** Milliseconds: gearmand says JOB_NOT_FOUND once for each packet, and one look at all handles is enough. */
const doubtsTogether = 50;

export type SessionJob = Omit<AssignedJob, 'payload'> & { readonly payload: Buffer | 'too-large' };

export interface SessionOptions {
  readonly clientId: string;
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

/** Registers nothing yet; the first `serve` introduces us. */
export function startSession(socket: Socket, around: Surroundings, options: SessionOptions): Session {
  const { address, limits, log, times } = around;
  const registration = createRegistration();
  /** Handle to function of each job in work. */
  const jobs = new Map<Handle, string>();
  /** Jobs on their way through abraxas, by the short names that it sees: at most one, as grabs are asked one at a time. */
  const tickets = new Map<string, SessionJob>();
  let given = 0;
  let introduced = false;
  let doubt: NodeJS.Timeout | undefined;
  const provoked = sparingly(log);

  const wire = createWire(socket, {
    address,
    times,
    limits,
    frame: receive,
    tooLarge: (frame) => assigned(frame, true),
    serverError(code, text) {
      provoked(
        'warn',
        `Gearman server ${address.text} sent ERROR ${code}: ${text}; ${jobs.size} jobs are in work there`,
      );
      if (code === 'JOB_NOT_FOUND') doubtSoon();
    },
    stray: (name) =>
      provoked('warn', `Gearman server ${address.text} sent ${name}, which no worker expects; it is dropped`),
    runningHandle: () => jobs.keys().next().value,
    orphan: doubtSoon,
    lost(why) {
      end();
      options.lost(why);
    },
  });
  const dance = createDance({
    mayGrab: () => jobs.size < limits.openJobs && options.mayGrab(),
    toServer: (step) => wire.outbox.now(request(packetType[step])),
    toAbraxas: (step) => abraxas.step(step),
    overdue: () => wire.lose(`GRAB_JOB_UNIQ was not answered within ${times.grab} ms`),
    within: times.grab,
  });
  const abraxas = startAbraxas({
    preSleep: () => dance.preSleep(),
    grab: () => dance.grab(),
    job: deliver,
    trouble: (error) => wire.lose(`abraxas: ${reasonOf(error)}`),
  });

  function receive(frame: Frame): void {
    if (frame.type === packetType.NOOP) dance.noop();
    else if (frame.type === packetType.NO_JOB) {
      dance.noJob();
      dropLeavers();
    } else assigned(frame, false);
  }

  function assigned(frame: Frame, tooLarge: boolean): void {
    const job = parseAssignment(frame.body);
    if (job === null) wire.lose('a JOB_ASSIGN_UNIQ that has no handle, function and unique id');
    else if (!dance.assigned()) wire.lose(`job ${job.handle} was assigned though none had been asked for`);
    else if (registration.has(job.function)) pass(tooLarge ? { ...job, payload: 'too-large' } : job);
    else refuse(job);
  }

  function pass(job: SessionJob): void {
    if (!jobs.has(job.handle)) registration.began(job.function);
    jobs.set(job.handle, job.function);
    const ticket = `j${(given += 1)}`;
    tickets.set(ticket, job);
    abraxas.assign(ticket, job.payload === 'too-large' ? Buffer.alloc(0) : job.payload);
  }

  function refuse(job: AssignedJob): void {
    provoked(
      'warn',
      `Gearman server ${address.text} assigned job ${job.handle} of function ${printable(job.function)}, which is not registered there; it is failed`,
    );
    wire.outbox.now(request(packetType.WORK_FAIL, job.handle));
    abraxas.step('NO_JOB');
  }

  function deliver(ticket: string, payload: Buffer): void {
    const job = tickets.get(ticket);
    tickets.delete(ticket);
    if (job === undefined || wire.isLost()) return;
    dropLeavers();
    try {
      options.job(job.payload === 'too-large' ? job : { ...job, payload });
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
    jobs.delete(handle);
    registration.ended(name);
    dropLeavers();
  }

  // Never while a GRAB is unanswered: its answer may be a job of the very function.
  function dropLeavers(): void {
    if (dance.isGrabbing() || wire.isLost()) return;
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
    if (added !== null) dance.wake();
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
    dance.end();
    abraxas.end();
    tickets.clear();
    jobs.clear();
  }

  return {
    wire,
    serve,
    wake: () => dance.wake(),
    has: (handle) => jobs.has(handle),
    forget,
    close() {
      end();
      return wire.close();
    },
  };
}
