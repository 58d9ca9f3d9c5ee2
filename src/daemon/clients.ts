// Whether anybody still waits for a job (RUNS.md 9.2), whether a lost job is on its way back (2.5, 9.1), and handles that live on
// at a gearmand though their connection is gone (9.4). All of it by asking, once in a while.

import type { ConnectionId, Handle } from '../gate/ids.ts';
import { isLive, type GearmanBinding, type Job } from '../gate/job.ts';
import { hasLiveBinding, isUndecided, type Run } from '../gate/run.ts';
import type { BuildConnection, Gearman } from '../gearman/gearman.ts';
import type { Log } from '../observe/log.ts';
import type { KnowledgeStore } from './knowledge.ts';
import type { Register } from './register.ts';

export interface ClientsParts {
  readonly gearman: Gearman;
  readonly register: Register;
  /** Runs of other instances: jobs of theirs may be on connections of ours. */
  readonly elsewhere: Register;
  readonly knowledge: KnowledgeStore;
  readonly left: (where: { readonly connection: ConnectionId; readonly handle: Handle }) => void;
  readonly mono: () => number;
  readonly log: Log;
}

export interface Clients {
  /** One round of questions; how often is said by whoever calls. */
  round(): Promise<void>;
  /** Asks for every open handle of a connection (an ERROR JOB_NOT_FOUND names none). */
  doubt(connection: ConnectionId): void;
  /** The handles of these runs on that connection, or on any, may live on at their server. */
  lost(runs: readonly Run[], connection: ConnectionId | null): void;
  /** A job came whose client was not looked for yet: the first look tells a background job from one whose client leaves later. */
  hasNew(): boolean;
  oursWaits(server: string): boolean;
}

interface Open {
  readonly job: Job;
  readonly binding: GearmanBinding;
}

interface Orphan {
  readonly server: string;
  readonly handle: Handle;
  readonly unique: string;
  readonly since: number;
}

/** Milliseconds that a handle of a lost connection may go on running before it is cancelled (RUNS.md 9.4). */
const orphanPatience = 60_000;
const mostOrphans = 10_000;

function openHandles(runs: readonly Run[]): readonly Open[] {
  const jobs = runs.flatMap((run) => run.jobs.filter((job) => job.state === 'open'));
  return jobs.flatMap((job) =>
    job.bindings
      .filter((binding) => binding.kind === 'gearman')
      .filter(isLive)
      .map((binding) => ({ job, binding })),
  );
}

function place(binding: Pick<GearmanBinding, 'connection' | 'handle'>): string {
  return `${binding.connection} ${binding.handle}`;
}

/** Unique ids of open jobs that lost every binding: a gearmand hands them out again. */
function lostUniques(runs: readonly Run[]): ReadonlySet<string> {
  const lost = runs
    .filter((run) => isUndecided(run) || run.jobs.some((job) => job.state === 'answered'))
    .flatMap((run) => run.jobs.filter((job) => job.state !== 'closed' && !job.bindings.some(isLive)));
  return new Set(lost.map((job) => job.unique).filter((unique) => unique !== ''));
}

export function createClients(parts: ClientsParts): Clients {
  const { gearman, register, elsewhere, knowledge, log, left } = parts;
  const everyRun = (): readonly Run[] => [...register.all(), ...elsewhere.all()];
  /** Handles that somebody waited for when we first looked; false: a background job, served to the end. */
  let waitedFor = new Map<string, boolean>();
  let waitingServers = new Set<string>();
  const orphans = new Map<string, Orphan>();

  const gone = (binding: GearmanBinding): void => {
    log.info({ component: 'gearman', server: binding.server }, 'the client of a job is gone');
    left({ connection: binding.connection, handle: binding.handle });
  };

  const askHandles = async (open: readonly Open[]): Promise<void> => {
    for (const { binding } of open) {
      const status = await gearman.status({ connection: binding.connection }, binding.handle);
      if (status === 'unknown') gone(binding);
    }
  };

  const askGearmand = async (server: string, open: readonly Open[]): Promise<void> => {
    const jobs = await gearman.jobs(server);
    if (jobs === null) return;
    const ignored = new Map(jobs.map((job) => [job.handle, job.ignored]));
    for (const { binding } of open) {
      const now = ignored.get(binding.handle);
      if (now === undefined) continue;
      const first = waitedFor.get(place(binding));
      if (first === undefined) waitedFor.set(place(binding), !now);
      else if (first && now) gone(binding);
    }
  };

  const askClients = async (connections: readonly BuildConnection[]): Promise<void> => {
    const open = openHandles(everyRun());
    const places = new Set(open.map(({ binding }) => place(binding)));
    waitedFor = new Map([...waitedFor].filter(([where]) => places.has(where)));
    for (const { connection, server, serverKind } of connections) {
      const mine = open.filter(({ binding }) => binding.connection === connection);
      if (mine.length === 0) continue;
      if (serverKind === 'geard') await askHandles(mine);
      else await askGearmand(server, mine);
    }
  };

  /** Only while a run is in its grace is it worth asking what waits. */
  const askWaiting = async (servers: readonly string[]): Promise<void> => {
    const inGrace = register.all().some((run) => isUndecided(run) && !hasLiveBinding(run));
    if (!inGrace) {
      knowledge.waiting(null);
      return;
    }
    const found = new Set<string>();
    let all = servers.length > 0;
    for (const server of servers) {
      const waiting = await gearman.waiting(server);
      if (waiting === null) all = false;
      else for (const [name, count] of waiting) if (count > 0) found.add(name);
    }
    knowledge.waiting(all ? found : null);
  };

  const askOurs = async (connections: readonly BuildConnection[]): Promise<void> => {
    const lost = lostUniques(everyRun());
    const servers = new Set<string>();
    if (lost.size > 0) {
      for (const { server, serverKind } of connections) {
        if (serverKind !== 'gearmand') continue;
        const listed = await gearman.uniqueJobs(server);
        if (listed !== null && [...lost].some((unique) => listed.has(unique))) servers.add(server);
      }
    }
    waitingServers = servers;
    if (servers.size > 0) gearman.wake();
  };

  const isBoundAgain = (unique: string): boolean =>
    openHandles(everyRun()).some(({ job }) => job.unique === unique) || unique === '';

  const endOrphan = async (orphan: Orphan): Promise<'wait' | 'over'> => {
    const { server, handle, unique } = orphan;
    if (isBoundAgain(unique)) return 'over';
    const status = await gearman.status({ server }, handle);
    if (status === 'silent') return 'wait';
    if (status !== 'running') return 'over';
    if (parts.mono() - orphan.since < orphanPatience) return 'wait';
    const listed = await gearman.uniqueJobs(server);
    if (listed === null) return 'wait';
    if (!listed.has(unique)) return 'over';
    const done = await gearman.cancelJob(server, handle);
    log.warn(
      { component: 'gearman', server, unique },
      'cancelled a job that its server still counts to a connection that is gone',
    );
    return done ? 'over' : 'wait';
  };

  const askOrphans = async (connections: readonly BuildConnection[]): Promise<void> => {
    const kinds = new Map(connections.map(({ server, serverKind }) => [server, serverKind]));
    for (const [where, orphan] of orphans) {
      const kind = kinds.get(orphan.server);
      if (kind === undefined) continue;
      // At geard nothing safe can be done: a handle may be a stranger's by now.
      if (kind === 'geard' || (await endOrphan(orphan)) === 'over') orphans.delete(where);
    }
  };

  return {
    async round() {
      const connections = gearman.connections();
      await askClients(connections);
      await askWaiting(gearman.state().map(({ server }) => server));
      await askOurs(connections);
      await askOrphans(connections);
    },
    doubt(connection) {
      const mine = openHandles(everyRun()).filter(({ binding }) => binding.connection === connection);
      askHandles(mine).catch((error: unknown) => {
        log.warn(
          { component: 'gearman', err: error },
          'could not ask for the handles of a connection; the next round does',
        );
      });
    },
    lost(runs, connection) {
      const since = parts.mono();
      for (const job of runs.flatMap((run) => run.jobs)) {
        if (job.confirmed) continue;
        for (const binding of job.bindings) {
          if (binding.kind !== 'gearman' || binding.serverKind !== 'gearmand' || orphans.size >= mostOrphans)
            continue;
          if (connection !== null && binding.connection !== connection) continue;
          const { server, handle } = binding;
          orphans.set(place(binding), { server, handle, unique: job.unique, since });
        }
      }
    },
    hasNew() {
      const ours = new Set(gearman.connections().map(({ connection }) => connection));
      return openHandles(everyRun()).some(
        ({ binding }) =>
          ours.has(binding.connection) && binding.serverKind === 'gearmand' && !waitedFor.has(place(binding)),
      );
    },
    oursWaits: (server) => waitingServers.has(server),
  };
}
