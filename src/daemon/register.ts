// Every run that something may still happen to, in memory, and where its requests and builds are found again.

import type { Attempt } from '../gate/attempt.ts';
import type { BuildId, ConnectionId, JobNumber, RequestId, RunId } from '../gate/ids.ts';
import { stampsOf } from '../gate/lane.ts';
import type { Run } from '../gate/run.ts';

export interface Register {
  all(): readonly Run[];
  get(id: RunId): Run | undefined;
  /** Takes in the run as it is now, and drops what it no longer has. */
  put(run: Run): void;
  remove(id: RunId): void;
  ofRequest(id: RequestId): RunId | undefined;
  ofBuild(id: BuildId): { readonly run: RunId; readonly request: RequestId } | undefined;
  ofNumber(number: JobNumber): Run | undefined;
  onConnection(connection: ConnectionId): readonly Run[];
  /** Runs other than this one with an attempt on the source stamp (RUNS.md 4.5). */
  onStamp(stamp: string, but: RunId): readonly Run[];
}

/** Whether requests, builds and source stamps lead to the attempt as they did before. */
function isFoundAs(before: Attempt | undefined, { request, builds, task }: Attempt): boolean {
  return before?.request === request && before.builds === builds && before.task === task;
}

/** An empty register. Bounded by what the journal keeps open. */
export function createRegister(): Register {
  const runs = new Map<RunId, Run>();
  const requests = new Map<RequestId, RunId>();
  const builds = new Map<BuildId, { run: RunId; request: RequestId }>();
  const stamps = new Map<string, Set<RunId>>();
  let list: readonly Run[] | null = null;

  const index = (run: Run, known: Run | undefined): void => {
    // Clocks move each second, and are nothing by which an attempt is found.
    const fresh = run.attempts.filter((attempt, at) => !isFoundAs(known?.attempts[at], attempt));
    if (fresh.length === 0) return;
    for (const { request, builds: seen } of fresh) {
      if (request === null) continue;
      requests.set(request, run.id);
      for (const build of seen) builds.set(build.id, { run: run.id, request });
    }
    for (const stamp of stampsOf(run)) stamps.set(stamp, (stamps.get(stamp) ?? new Set()).add(run.id));
  };

  return {
    all: () => (list ??= [...runs.values()]),
    get: (id) => runs.get(id),
    put(run) {
      const known = runs.get(run.id);
      runs.set(run.id, run);
      list = null;
      if (known?.attempts !== run.attempts) index(run, known);
    },
    remove(id) {
      const run = runs.get(id);
      if (run === undefined) return;
      runs.delete(id);
      list = null;
      for (const { request, builds: seen } of run.attempts) {
        if (request !== null) requests.delete(request);
        for (const build of seen) builds.delete(build.id);
      }
      for (const stamp of stampsOf(run)) {
        stamps.get(stamp)?.delete(id);
        if (stamps.get(stamp)?.size === 0) stamps.delete(stamp);
      }
    },
    ofRequest: (id) => requests.get(id),
    ofBuild: (id) => builds.get(id),
    ofNumber: (number) => [...runs.values()].find((run) => run.jobs.some((job) => job.number === number)),
    onConnection: (connection) =>
      [...runs.values()].filter((run) =>
        run.jobs.some((job) =>
          job.bindings.some((each) => each.kind === 'gearman' && each.connection === connection),
        ),
      ),
    onStamp(stamp, but) {
      const there = stamps.get(stamp);
      if (there === undefined || (there.size === 1 && there.has(but))) return [];
      return [...there].flatMap((id) => (id === but ? [] : (runs.get(id) ?? [])));
    },
  };
}
