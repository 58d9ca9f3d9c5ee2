// The simulated Buildbot: its own truth about every request and build, with the quirks of BUILDBOT.md. It knows nothing of the daemon.

import { below, type Chance } from '../flakes/chance.ts';
import { nothingShown, type Shown } from './failing-log.ts';
import type { Time } from './time.ts';

export type Results = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export interface Stamp {
  readonly branch: string;
  readonly revision: string;
  readonly repository: string;
  readonly project: string;
}

/** How a build ends, if nothing comes between. */
export interface End {
  readonly results: Results;
  /** Of the step `test`; null: it is not there. */
  readonly test: Results | null;
  /** `got_revision`; null: the checkout failed, or nobody sets it. */
  readonly revision: string | null;
  readonly timedOut: boolean;
  readonly state: string;
  /** Milliseconds. */
  readonly takes: number;
  /** Steps and logs do not grow. */
  readonly silent: boolean;
  /** By the log of the test step; left out: nothing. */
  readonly shown?: Shown;
  /** The build property `gate_repeated`. */
  readonly repeated?: boolean;
}

export interface Build {
  readonly id: number;
  readonly number: number;
  readonly worker: string;
  readonly request: Request;
  readonly startedAt: number;
  readonly planned: End;
  /** Set at its end. */
  ended: { readonly at: number; readonly end: End } | null;
  growth: number;
}

export interface Request {
  readonly id: number;
  readonly buildset: number;
  readonly builder: string;
  readonly stamp: Stamp;
  readonly reason: string;
  /** Properties, as they were forced. */
  readonly fields: Readonly<Record<string, string>>;
  readonly madeAt: number;
  /** Made by a packet that came long after its call was given up. */
  readonly late: boolean;
  readonly builds: Build[];
  claimed: boolean;
  complete: boolean;
  results: Results | null;
  /** When somebody asked to cancel it, or to stop its build. */
  endAskedAt: number | null;
  /** A person meddled with it. */
  personal: boolean;
}

export interface Worker {
  readonly name: string;
  connected: boolean;
  busy: Build | null;
}

export interface FleetBuilder {
  readonly name: string;
  readonly tags: readonly string[];
  readonly workers: readonly Worker[];
  id: number;
}

/** What the master tells its listeners; nothing is told twice, or late, or not at all but by whoever carries it. */
export type News =
  | { readonly kind: 'build'; readonly build: Build; readonly grew: boolean }
  | { readonly kind: 'request'; readonly request: Request }
  | { readonly kind: 'workers' };

export interface Buildbot {
  readonly fleet: readonly FleetBuilder[];
  readonly requests: readonly Request[];
  force(
    builders: readonly string[],
    stamp: Stamp,
    reason: string,
    more?: Partial<Pick<Request, 'fields' | 'late'>>,
  ): readonly Request[];
  request(id: number): Request | undefined;
  build(id: number): Build | undefined;
  newestBuildset(): number;
  cancel(id: number): void;
  stop(id: number, reason: string): void;
  /** All running builds end 5, or 6 as a polite restart may have it. */
  restart(politely: boolean): void;
  loseWorker(worker: Worker): void;
  connectWorker(worker: Worker): void;
  renumber(): void;
  watch(listener: (news: News) => void): void;
}

export interface BuildbotParts {
  readonly time: Pick<Time, 'now' | 'after'>;
  readonly chance: Chance;
  readonly fleet: readonly FleetBuilder[];
  /** Queued requests with equal stamps are merged (BUILDBOT.md section 4). */
  readonly merges: boolean;
  /** What the next build of a request will do. */
  readonly endOf: (request: Request) => End;
  readonly requested: (request: Request) => void;
}

const growsEvery = 15_000;

function isSame(one: Stamp, other: Stamp): boolean {
  return (
    one.branch === other.branch &&
    one.revision === other.revision &&
    one.repository === other.repository &&
    one.project === other.project
  );
}

export function createBuildbot(parts: BuildbotParts): Buildbot {
  const { time, chance, fleet } = parts;
  const requests: Request[] = [];
  const requestById = new Map<number, Request>();
  const builds = new Map<number, Build>();
  const queued = new Map<string, Request[]>(fleet.map(({ name }) => [name, []]));
  const listeners: ((news: News) => void)[] = [];
  const ids = { buildset: below(chance, 50), request: below(chance, 500), build: below(chance, 900) };

  const tell = (news: News): void => {
    for (const listener of listeners) listener(news);
  };
  const later = (milliseconds: number, task: () => void): void => {
    time.after(milliseconds, task, 'world');
  };
  const lineOf = (builder: string): Request[] => queued.get(builder) ?? [];
  const leaveLine = (request: Request): void => {
    const line = lineOf(request.builder);
    const at = line.indexOf(request);
    if (at >= 0) line.splice(at, 1);
  };

  const complete = (request: Request, results: Results): void => {
    leaveLine(request);
    request.complete = true;
    // As measured: also one that was cancelled unclaimed reads claimed afterwards.
    request.claimed = true;
    request.results = results;
    tell({ kind: 'request', request });
  };

  /** The older of two equal unclaimed requests is skipped, without a build of its own (BUILDBOT.md section 4). */
  const merge = (request: Request): void => {
    if (!parts.merges) return;
    for (const older of [...lineOf(request.builder)])
      if (older !== request && isSame(older.stamp, request.stamp)) complete(older, 3);
  };

  const endBuild = (build: Build, end: End): void => {
    if (build.ended !== null) return;
    build.ended = { at: time.now(), end };
    const worker = workerOf(build);
    if (worker !== undefined) worker.busy = null;
    const { request } = build;
    tell({ kind: 'build', build, grew: true });
    if (end.results === 5) {
      request.claimed = false;
      lineOf(request.builder).push(request);
      look(request.builder);
    } else later(5 + 40 * chance(), () => !request.complete && complete(request, end.results));
    for (const { name } of fleet) if (worker !== undefined) look(name);
  };

  const workerOf = (build: Build): Worker | undefined =>
    fleet.flatMap(({ workers }) => workers).find(({ name }) => name === build.worker);

  const grow = (build: Build): void => {
    if (build.ended !== null || build.planned.silent) return;
    build.growth += 1;
    tell({ kind: 'build', build, grew: true });
    later(growsEvery, () => grow(build));
  };

  const claim = (request: Request, worker: Worker): void => {
    leaveLine(request);
    request.claimed = true;
    ids.build += 1 + below(chance, 3);
    const planned = parts.endOf(request);
    const build: Build = {
      ...{ id: ids.build, number: ids.build % 1000, worker: worker.name, request, startedAt: time.now() },
      ...{ planned, ended: null, growth: 0 },
    };
    worker.busy = build;
    builds.set(build.id, build);
    request.builds.push(build);
    tell({ kind: 'build', build, grew: false });
    later(growsEvery * chance(), () => grow(build));
    later(planned.takes, () => endBuild(build, planned));
  };

  const asked = new Set<string>();
  const look = (name: string): void => {
    if (asked.has(name) || lineOf(name).length === 0) return;
    asked.add(name);
    later(100 + 900 * chance(), () => {
      asked.delete(name);
      const builder = fleet.find((each) => each.name === name);
      const worker = builder?.workers.find((each) => each.connected && each.busy === null);
      const [first] = lineOf(name);
      if (worker !== undefined && first !== undefined) claim(first, worker);
      if (worker !== undefined) look(name);
    });
  };

  const cancelEnd = (build: Build, reason: string): End => ({
    ...build.planned,
    ...{ results: 6, test: null, state: `cancelled (${reason})` },
  });

  const stop = (build: Build, reason: string): void => {
    later(100 + 200 * chance(), () => endBuild(build, cancelEnd(build, reason)));
  };

  return {
    fleet,
    requests,
    force(builders, stamp, reason, { fields = {}, late = false } = {}) {
      ids.buildset += 1 + below(chance, 2);
      const made = builders.map((builder): Request => {
        ids.request += 1 + below(chance, 2);
        return {
          ...{ id: ids.request, buildset: ids.buildset, builder, stamp, reason, fields, late },
          ...{
            madeAt: time.now(),
            builds: [],
            claimed: false,
            complete: false,
            results: null,
            endAskedAt: null,
            personal: false,
          },
        };
      });
      for (const request of made) {
        requests.push(request);
        requestById.set(request.id, request);
        parts.requested(request);
        lineOf(request.builder).push(request);
        merge(request);
        look(request.builder);
      }
      return made;
    },
    request: (id) => requestById.get(id),
    build: (id) => builds.get(id),
    newestBuildset: () => ids.buildset,
    cancel(id) {
      const request = requestById.get(id);
      if (request === undefined || request.complete) return;
      request.endAskedAt ??= time.now();
      const running = request.builds.find(({ ended }) => ended === null);
      if (running !== undefined) stop(running, 'cancelled');
      else complete(request, 6);
    },
    stop(id, reason) {
      const build = builds.get(id);
      if (build === undefined || build.ended !== null) return;
      build.request.endAskedAt ??= time.now();
      stop(build, reason);
    },
    restart(politely) {
      for (const build of builds.values()) {
        if (build.ended !== null) continue;
        const cancels = politely && chance() < 0.4;
        const state = cancels ? 'cancelled (Master Shutdown)' : 'retry lost connection';
        endBuild(build, { ...build.planned, results: cancels ? 6 : 5, test: null, state });
      }
    },
    loseWorker(worker) {
      worker.connected = false;
      const build = worker.busy;
      tell({ kind: 'workers' });
      if (build === null) return;
      // What the test step had shown before its worker went away stays to be seen.
      const test = build.planned.test === 2 && chance() < 0.5 ? 2 : null;
      const shown = { ...nothingShown, ...build.planned.shown, cut: true };
      endBuild(build, { ...build.planned, results: 5, test, shown, state: 'retry lost connection' });
    },
    connectWorker(worker) {
      worker.connected = true;
      tell({ kind: 'workers' });
      for (const { name } of fleet) look(name);
    },
    renumber() {
      for (const builder of fleet) builder.id = 1 + ((builder.id * 7 + 3) % 101);
    },
    watch: (listener) => void listeners.push(listener),
  };
}
