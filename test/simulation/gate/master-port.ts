// The daemon's port to the master, over the simulated network. It says what the master knows, and decides nothing.

import type { ControlOutcome, ForceOutcome, Hint, Master } from '../../../src/buildbot/master.ts';
import type { LogRow } from '../../../src/buildbot/logs.ts';
import { BuildbotError } from '../../../src/buildbot/buildbot-error.ts';
import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import type { BuildFacts, BuildsetFacts, RequestFacts, StepFacts } from '../../../src/gate/facts.ts';
import type { BuildId, BuildsetId, RequestId } from '../../../src/gate/ids.ts';
import type { Build, Buildbot, Request } from './buildbot.ts';
import { failingLog, nothingShown, type Shown } from './failing-log.ts';
import type { Network } from './network.ts';

export interface MasterPortParts {
  readonly buildbot: Buildbot;
  readonly network: Network;
  /** Seconds since 1970 by the master's clock, of a simulated time. */
  readonly seconds: (at: number) => number;
  /** The gate's user may not cancel now. */
  readonly forbidden: () => boolean;
  /** The scheduler does not take our calls now; why. */
  readonly refusal: () => string | null;
  /** What is sent now may have been decided on long before. */
  readonly isStale: () => boolean;
  /** Whether the socket is up; who listens is told by `watch`. */
  readonly watching: () => boolean;
  readonly watch: (listener: (hint: Hint) => void) => void;
}

function stepsOf(build: Build, seconds: (at: number) => number): readonly StepFacts[] {
  const { test, revision } = build.ended?.end ?? build.planned;
  const step = (name: string, number: number, results: BuildFacts['results']): StepFacts => ({
    ...{
      id: build.id * 10 + number,
      number,
      name,
      complete: build.ended !== null,
      results: build.ended === null ? null : results,
    },
    ...{
      startedAt: seconds(build.startedAt),
      completeAt: build.ended === null ? null : seconds(build.ended.at),
      state: '',
    },
  });
  const checkout = step('checkout', 0, revision === null ? 2 : 0);
  return test === null ? [checkout] : [checkout, step('test', 1, test)];
}

export function buildFacts(build: Build, seconds: (at: number) => number, withSteps: boolean): BuildFacts {
  const { id, number, worker, ended, growth } = build;
  return {
    ...{ id: id as BuildId, number, worker: worker as WorkerName, complete: ended !== null },
    results: ended?.end.results ?? null,
    startedAt: seconds(build.startedAt),
    completeAt: ended === null ? null : seconds(ended.at),
    state: ended?.end.state ?? 'building',
    revision: ended?.end.revision ?? null,
    steps: withSteps ? stepsOf(build, seconds) : null,
    stepTimedOut: withSteps && ended !== null ? ended.end.timedOut : null,
    waitsForLock: false,
    growth: withSteps ? String(growth) : '',
  };
}

/** What lies on the master's disk without Buildbot's preamble. */
function buildsetsOf(requests: readonly Request[], withRequests: boolean): readonly BuildsetFacts[] {
  const byId = new Map<number, Request[]>();
  for (const request of requests)
    byId.set(request.buildset, [...(byId.get(request.buildset) ?? []), request]);
  return [...byId].map(([id, all]) => ({
    id: id as BuildsetId,
    marker: all[0]?.reason ?? '',
    complete: all.every(({ complete }) => complete),
    requests: withRequests
      ? all.map((each) => ({
          ...{ id: each.id as RequestId, builder: each.builder as BuilderName },
          ...{ complete: each.complete, claimed: each.claimed },
        }))
      : [],
  }));
}

/** A log has the id of its step. */
function stdioOf(step: number): LogRow {
  return { id: step, slug: 'stdio', type: 's', lines: 100, complete: true };
}

function shownBy(buildbot: Buildbot, log: number): Shown {
  return buildbot.build(Math.floor(log / 10))?.ended?.end.shown ?? nothingShown;
}

async function* pagesOf(text: Promise<string>): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(await text);
}

function notSimulated(what: string): never {
  throw new Error(`${what} is not part of the simulation`);
}

function gone(what: string): BuildbotError {
  const detail = { retry: 'permanent', fault: 'status', method: 'GET', status: 404, sent: true } as const;
  return new BuildbotError({ ...detail, path: what, why: 'not found' });
}

export function createMasterPort(parts: MasterPortParts): Master {
  const { buildbot, network, seconds } = parts;

  const requestFacts = (request: Request): RequestFacts => ({
    ...{
      id: request.id as RequestId,
      buildset: request.buildset as BuildsetId,
      builder: request.builder as BuilderName,
    },
    ...{ claimed: request.claimed, complete: request.complete, results: request.results },
    builds: request.builds.map((build) => buildFacts(build, seconds, false)),
  });

  const force = async ({
    builders,
    marker,
    fields,
  }: Parameters<Master['force']>[0]): Promise<ForceOutcome> => {
    const { branch = '', revision = '', repository = '', project = '' } = fields;
    const make = (late: boolean, left = 0) =>
      buildbot.force(builders.slice(left), { branch, revision, repository, project }, marker, {
        fields,
        late,
      });
    const wasStale = parts.isStale();
    try {
      return await network.call(
        'force',
        (short): ForceOutcome => {
          const why = parts.refusal();
          if (why !== null) return { kind: 'not-ready', why };
          const made = make(wasStale, short && builders.length > 1 ? 1 : 0);
          const requests = made.map(({ id, builder }) => ({ builder, request: id as RequestId }));
          return { kind: 'forced', buildset: (made[0]?.buildset ?? 0) as BuildsetId, requests };
        },
        () => make(true),
      );
    } catch (error) {
      if (!(error instanceof BuildbotError)) throw error;
      return { kind: error.sent ? 'unclear' : 'not-sent', why: error.why };
    }
  };

  const control = async (verb: 'cancel' | 'stop', work: () => void): Promise<ControlOutcome> => {
    try {
      return await network.call(verb, () => {
        if (verb === 'cancel' && parts.forbidden()) return 'forbidden';
        work();
        return 'asked';
      });
    } catch (error) {
      if (error instanceof BuildbotError) return 'failed';
      throw error;
    }
  };

  return {
    check: async () => {
      const why = await network.call('check', parts.refusal);
      return [{ part: 'scheduler', level: why === null ? 'ok' : 'error', sentence: why ?? 'fine' }];
    },
    fleet: () =>
      network.call('fleet', () =>
        buildbot.fleet.map(({ id, name, tags, workers }) => ({
          ...{ id, name: name as BuilderName, tags },
          workers: workers.map((worker) => ({
            ...{
              name: worker.name as WorkerName,
              connected: worker.connected,
              paused: false,
              graceful: false,
            },
          })),
        })),
      ),
    force,
    newestBuildset: () => network.call('newest', () => buildbot.newestBuildset() as BuildsetId),
    buildsets: ({ contains, after, unfinished, withRequests }) =>
      network.call('buildsets', () =>
        buildsetsOf(
          buildbot.requests.filter(
            ({ reason, buildset }) => reason.includes(contains) && (after === undefined || buildset > after),
          ),
          withRequests,
        ).filter(({ complete }) => !unfinished || !complete),
      ),
    requests: (ids) =>
      network.call('requests', () => ids.flatMap((id) => buildbot.request(id) ?? []).map(requestFacts)),
    buildsOf: (id) =>
      network.call('builds-of', () =>
        (buildbot.request(id)?.builds ?? []).map((build) => buildFacts(build, seconds, false)),
      ),
    build: (id) =>
      network.call('build', () => {
        const build = buildbot.build(id);
        if (build === undefined) throw gone(`builds/${id}`);
        return buildFacts(build, seconds, true);
      }),
    unclaimed: (builder) =>
      network.call('unclaimed', () =>
        buildbot.requests
          .filter((each) => each.builder === builder && !each.claimed && !each.complete)
          .map(({ stamp }) => stamp),
      ),
    cancel: (request) => control('cancel', () => buildbot.cancel(request)),
    stop: (build, reason) => control('stop', () => buildbot.stop(build, reason)),
    watch: parts.watch,
    watching: parts.watching,
    raise: async () => notSimulated('raising a request'),
    listenToLog: () => () => undefined,
    nextLines: async () => notSimulated('following a log'),
    failedSteps: () => notSimulated('reading for people'),
    logs: (step) => network.call('logs', () => [stdioOf(step)]),
    logPages: ({ id }) => pagesOf(network.call('log', () => failingLog(shownBy(buildbot, id)))),
    buildProperty: (id, name) =>
      network.call('property', () =>
        name === 'gate_repeated' && buildbot.build(id)?.planned.repeated === true ? '20' : null,
      ),
    builds: () => network.call('builds', () => []),
    newestBuild: () => network.call('newest-build', () => 0),
    firstBuildSince: () => network.call('first-build', () => 1),
    close: async () => undefined,
  };
}
