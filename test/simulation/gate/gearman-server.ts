// A simulated Gearman server of either kind, with its own truth about every job (GATEKEEPER.md sections 5 and 7).

import type { Time } from './time.ts';

export type Kind = 'gearmand' | 'geard';

/** Who submitted a job and waits for it. */
export interface Client {
  data(object: string): void;
  /** WORK_COMPLETE or WORK_FAIL: to the gatekeeper they are the same. */
  ended(object: string | null): void;
}

export interface ServerJob {
  readonly handle: string;
  readonly unique: string;
  readonly function: string;
  readonly payload: string;
  /** Empty once every client has gone. */
  clients: Client[];
  state: 'queued' | 'running' | 'over';
  /** The connection that works on it, and since when. */
  worker: string | null;
  since: number;
}

/** The server's end of a worker's connection. */
export interface WorkerSide {
  /** It may grab a job, or have one that it grabs next. */
  noop(): void;
  lost(why: string): void;
}

export interface GearmanServer {
  readonly name: string;
  readonly kind: Kind;
  isUp(): boolean;
  submit(
    client: Client,
    job: { readonly function: string; readonly unique: string; readonly payload: string },
  ): ServerJob;
  /** The first queued job of one of the functions, given to that connection. */
  grab(connection: string, functions: ReadonlySet<string>): ServerJob | null;
  /** Returns the connection's id; of one of several instances with its name in it, as `instanceOf` finds it. */
  connect(worker: WorkerSide, instance?: string): string;
  /** The server sees the connection end: gearmand hands its jobs on, geard ends them. */
  disconnect(connection: string): void;
  isConnected(connection: string): boolean;
  data(connection: string, handle: string, object: string): void;
  /** WORK_COMPLETE; null: WORK_FAIL. */
  complete(connection: string, handle: string, object: string | null): void;
  status(handle: string): 'running' | 'queued' | 'unknown';
  /** Every function with a job, and how many of them wait. */
  waiting(): ReadonlyMap<string, number>;
  open(): readonly ServerJob[];
  /** The gatekeeper's connection is gone. */
  clientLeft(client: Client): void;
  /** The admin line; a gearmand ends a running job as well. */
  cancel(handle: string): boolean;
  /** Everything is forgotten, and handles begin at 1 again. */
  restart(downFor: number): void;
}

export function createGearmanServer(
  time: Time,
  options: { readonly name: string; readonly kind: Kind },
): GearmanServer {
  const { name, kind } = options;
  const jobs = new Map<string, ServerJob>();
  const workers = new Map<string, WorkerSide>();
  let handles = 0;
  let connections = 0;
  let upAt = 0;

  const isUp = (): boolean => time.now() >= upAt;

  const tellWorkers = (): void => {
    for (const worker of workers.values()) worker.noop();
  };

  const over = (job: ServerJob, object: string | null): void => {
    job.state = 'over';
    job.worker = null;
    jobs.delete(job.handle);
    for (const client of job.clients) client.ended(object);
  };

  /** gearmand refuses what another connection works on; geard takes it from anybody. */
  const inWork = (connection: string, handle: string): ServerJob | undefined => {
    const job = jobs.get(handle);
    if (job?.state !== 'running') return undefined;
    return kind === 'geard' || job.worker === connection ? job : undefined;
  };

  return {
    name,
    kind,
    isUp,
    submit(client, wish) {
      const same = [...jobs.values()].find(
        (job) => job.unique === wish.unique && job.function === wish.function,
      );
      // The same unique id twice is one job to gearmand, and both clients get its result.
      if (kind === 'gearmand' && wish.unique !== '' && same !== undefined) {
        same.clients.push(client);
        return same;
      }
      handles += 1;
      const job: ServerJob = {
        ...wish,
        handle: `H:sim:${handles}`,
        clients: [client],
        state: 'queued',
        worker: null,
        since: time.now(),
      };
      jobs.set(job.handle, job);
      tellWorkers();
      return job;
    },
    grab(connection, functions) {
      if (!workers.has(connection)) return null;
      const job = [...jobs.values()].find((each) => {
        const wanted = kind === 'geard' || each.clients.length > 0;
        return each.state === 'queued' && wanted && functions.has(each.function);
      });
      if (job === undefined) return null;
      job.state = 'running';
      job.worker = connection;
      job.since = time.now();
      return job;
    },
    connect(worker, instance) {
      connections += 1;
      const place =
        instance === undefined ? String(connections) : instance + String(connections).padStart(16, '0');
      const id = `${name}/${place}`;
      workers.set(id, worker);
      return id;
    },
    disconnect(connection) {
      const worker = workers.get(connection);
      if (worker === undefined) return;
      workers.delete(connection);
      for (const job of [...jobs.values()].filter((each) => each.worker === connection)) {
        if (kind === 'geard' || job.clients.length === 0) over(job, null);
        else {
          job.state = 'queued';
          job.worker = null;
        }
      }
      worker.lost('the server saw its connection end');
      tellWorkers();
    },
    isConnected: (connection) => workers.has(connection),
    data(connection, handle, object) {
      for (const client of inWork(connection, handle)?.clients ?? []) client.data(object);
    },
    complete(connection, handle, object) {
      const job = inWork(connection, handle);
      if (job !== undefined) over(job, object);
    },
    status: (handle) => {
      const state = jobs.get(handle)?.state;
      return state === undefined || state === 'over' ? 'unknown' : state;
    },
    waiting() {
      const counts = new Map<string, number>();
      for (const { function: name, state } of jobs.values())
        counts.set(name, (counts.get(name) ?? 0) + (state === 'queued' ? 1 : 0));
      return counts;
    },
    open: () => [...jobs.values()],
    clientLeft(client) {
      for (const job of [...jobs.values()]) {
        if (!job.clients.includes(client)) continue;
        job.clients = job.clients.filter((each) => each !== client);
        // geard drops the job and tells nobody; gearmand drops it where it still waits.
        if (job.clients.length === 0 && (kind === 'geard' || job.state === 'queued')) over(job, null);
      }
    },
    cancel(handle) {
      const job = jobs.get(handle);
      if (job === undefined || (kind === 'geard' && job.state !== 'queued')) return false;
      if (kind === 'geard') job.clients = [];
      over(job, null);
      return true;
    },
    restart(downFor) {
      upAt = time.now() + downFor;
      const all = [...jobs.values()];
      const sides = [...workers.values()];
      jobs.clear();
      workers.clear();
      handles = 0;
      for (const side of sides) side.lost('the server went down');
      for (const job of all) over(job, null);
    },
  };
}
