// The way of a job from JOB_ASSIGN_UNIQ through abraxas to its taker, and the steps that lead to it.

import { startAbraxas } from './abraxas-client.ts';
import type { AssignedJob } from './assignment.ts';
import { createGrabAhead } from './grab-ahead.ts';
import { createDance } from './grab-dance.ts';
import { reasonOf } from './printable.ts';

export type SessionJob = Omit<AssignedJob, 'payload'> & { readonly payload: Buffer | 'too-large' };

export interface IntakeOptions {
  mayGrab(): boolean;
  toServer(step: 'PRE_SLEEP' | 'GRAB_JOB_UNIQ'): void;
  /** A job that was accepted has come out of abraxas. */
  job(job: SessionJob): void;
  /** The connection cannot go on. */
  broken(why: string): void;
  /** Milliseconds in which a GRAB must be answered. */
  readonly within: number;
  /** GRABs that may be unanswered at once (grab-ahead.ts). */
  readonly grabs: number;
}

export interface JobIntake {
  noop(): void;
  noJob(): void;
  /** The server assigned a job. False: none had been asked for. To be followed by `accept` or `passOver`. */
  assigned(): boolean;
  accept(job: SessionJob): void;
  passOver(): void;
  /** A GRAB may find something now. */
  wake(): void;
  /** Whether a GRAB is unanswered. */
  isGrabbing(): boolean;
  end(): void;
}

/** Begins with a grab as soon as abraxas is ready. */
export function startIntake(options: IntakeOptions): JobIntake {
  /** Jobs inside abraxas, by the short names that it sees: at most one, as it asks for one at a time. */
  const inside = new Map<string, SessionJob>();
  let given = 0;
  const dance = createDance({
    mayGrab: () => options.mayGrab(),
    toServer(step) {
      if (step === 'GRAB_JOB_UNIQ') ahead.grab();
      else options.toServer(step);
    },
    toAbraxas: (step) => abraxas.step(step),
    overdue: () => options.broken(`GRAB_JOB_UNIQ was not answered within ${options.within} ms`),
    within: options.within,
  });
  const abraxas = startAbraxas({
    preSleep: () => dance.preSleep(),
    grab: () => dance.grab(),
    job(ticket, payload) {
      const job = inside.get(ticket);
      inside.delete(ticket);
      if (job !== undefined) options.job(job.payload === 'too-large' ? job : { ...job, payload });
    },
    trouble: (error) => options.broken(`abraxas: ${reasonOf(error)}`),
  });

  const ahead = createGrabAhead<SessionJob | null>({
    atMost: options.grabs,
    mayGrab: () => options.mayGrab(),
    toServer: () => options.toServer('GRAB_JOB_UNIQ'),
    give(job) {
      dance.assigned();
      if (job === null) {
        // One that is not served: there may be another behind it.
        abraxas.step('NO_JOB');
        return;
      }
      const ticket = `j${(given += 1)}`;
      inside.set(ticket, job);
      abraxas.assign(ticket, job.payload === 'too-large' ? Buffer.alloc(0) : job.payload);
    },
    nothing: () => dance.noJob(),
    early: () => dance.wake(),
  });

  return {
    noop: () => dance.noop(),
    noJob: () => ahead.noJob(),
    assigned: () => ahead.assigned(),
    accept: (job) => ahead.accept(job),
    passOver: () => ahead.accept(null),
    wake: () => dance.wake(),
    isGrabbing: () => ahead.isGrabbing(),
    end() {
      dance.end();
      abraxas.end();
    },
  };
}
