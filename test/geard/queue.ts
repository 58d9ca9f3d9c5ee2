// The jobs of the stand-in for OpenStack's geard: one line for each precedence, over all functions together.

import type { GeardConnection } from './connection.ts';

export type Precedence = 'high' | 'normal' | 'low';

export interface GeardJob {
  readonly handle: string;
  readonly function: string;
  readonly unique: string;
  readonly payload: Buffer;
  readonly precedence: Precedence;
  /** null: a background job. */
  readonly client: GeardConnection | null;
  /** null: queued. */
  worker: GeardConnection | null;
  numerator: string;
  denominator: string;
}

export interface JobQueue {
  add(job: GeardJob): void;
  get(handle: string): GeardJob | undefined;
  /** The first queued job of one of these functions; strictly high before normal before low. */
  next(functions: ReadonlySet<string>): GeardJob | undefined;
  remove(job: GeardJob): void;
  all(): readonly GeardJob[];
}

const order: readonly Precedence[] = ['high', 'normal', 'low'];

/** An empty queue. */
export function createJobQueue(): JobQueue {
  // A Map keeps the order of arrival.
  const jobs = new Map<string, GeardJob>();
  return {
    add: (job) => void jobs.set(job.handle, job),
    get: (handle) => jobs.get(handle),
    next(functions) {
      const queued = [...jobs.values()].filter((job) => job.worker === null && functions.has(job.function));
      return order
        .map((precedence) => queued.find((job) => job.precedence === precedence))
        .find((job) => job !== undefined);
    },
    remove: (job) => void jobs.delete(job.handle),
    all: () => [...jobs.values()],
  };
}
