// The lists of the REST interface over the stand-in's truth.

import type { Request, Results } from '../simulation/gate/buildbot.ts';
import { offlineWorkers, type Builder } from './fleet.ts';
import { linesBy, type Log } from './logs.ts';
import type { Table } from './query.ts';
import { stepAt, workerOf, type BuildRecord, type Buildset, type Properties, type World } from './world.ts';

/** One step of a build as far as it came. */
export interface StepItem {
  readonly record: BuildRecord;
  readonly at: number;
}

export interface LogItem extends StepItem {
  readonly log: Log;
  readonly number: number;
}

export interface Tables {
  readonly builders: Table<Builder>;
  readonly workers: Table<Builder>;
  readonly buildsets: Table<Buildset>;
  readonly buildrequests: Table<Request>;
  readonly builds: Table<BuildRecord>;
  /** The steps of one build, the logs of one step. */
  readonly steps: (record: BuildRecord) => Table<StepItem>;
  readonly logs: (item: StepItem) => Table<LogItem>;
}

/** Seconds since 1970 of a time of this process. */
function seconds(at: number | null): number | null {
  return at === null ? null : Math.floor((performance.timeOrigin + at) / 1_000);
}

/** Ids of steps and logs say where they belong: a build has less than twenty steps, a step less than ten logs. */
export function stepId({ record, at }: StepItem): number {
  return record.build.id * 20 + at;
}

export function stepOf(world: World, id: number): StepItem | undefined {
  const record = world.builds.get(Math.floor(id / 20));
  return record === undefined || id % 20 >= record.begun.length ? undefined : { record, at: id % 20 };
}

export function logId(item: LogItem): number {
  return stepId(item) * 10 + item.number;
}

export function logsOf(item: StepItem): readonly LogItem[] {
  return stepAt(item.record, item.at).logs.map((log, number) => ({ ...item, log, number }));
}

function stepEnd({ record: { build, begun }, at }: StepItem): number | null {
  return begun[at + 1] ?? build.ended?.at ?? null;
}

/** What the running step of a stopped build ends as. */
function wasCut({ record: { build, begun }, at }: StepItem): boolean {
  return build.ended !== null && build.ended.end !== build.planned && at === begun.length - 1;
}

function stepResults(item: StepItem): Results | null {
  if (stepEnd(item) === null) return null;
  return wasCut(item) ? (item.record.build.ended?.end.results ?? null) : stepAt(item.record, item.at).results;
}

function stepState(item: StepItem): string {
  const { name, says, waits } = stepAt(item.record, item.at);
  if (wasCut(item)) return `${name} (cancelled)`;
  if (stepEnd(item) !== null) return says;
  return performance.now() - beganAt(item) < waits ? 'pending' : `${name} running`;
}

function beganAt({ record, at }: StepItem): number {
  return record.begun[at] ?? 0;
}

/** Lines of a log that the master has by now. */
export function lineCount(item: LogItem): number {
  const end = stepEnd(item);
  const { waits } = stepAt(item.record, item.at);
  const elapsed = Math.max(0, (end ?? performance.now()) - beganAt(item) - waits);
  return linesBy(item.log, elapsed, end !== null && !wasCut(item));
}

/** The worst of its requests, in Buildbot's own order. */
function setResults({ requests, completeAt }: Buildset): number {
  if (completeAt === null) return -1;
  const worst = [6, 5, 4, 2, 1].find((results) => requests.some((request) => request.results === results));
  return worst ?? 0;
}

function propertiesOf({ build, begun }: BuildRecord, set: Buildset): Properties {
  const { branch, revision, repository, project } = set.stamp;
  const own: Properties = {
    ...set.properties,
    branch: [branch, 'Build'],
    revision: [revision, 'Build'],
    project: [project, 'Build'],
    repository: [repository, 'Build'],
    workername: [workerOf(build), 'Worker'],
    buildername: [build.request.builder, 'Builder'],
    buildnumber: [build.number, 'Build'],
  };
  const git = build.planned.revision;
  const checkedOut = git !== null && (build.ended?.end === build.planned || begun.length > 2);
  return checkedOut ? { ...own, got_revision: [git, 'Git'] } : own;
}

const stepColumns: Table<StepItem>['columns'] = {
  stepid: stepId,
  buildid: ({ record }) => record.build.id,
  number: ({ at }) => at,
  name: ({ record, at }) => stepAt(record, at).name,
  hidden: ({ record, at }) => stepAt(record, at).hidden,
  started_at: (item) => seconds(beganAt(item)),
  complete: (item) => stepEnd(item) !== null,
  complete_at: (item) => seconds(stepEnd(item)),
  results: stepResults,
  state_string: stepState,
  urls: () => [],
};

const logColumns: Table<LogItem>['columns'] = {
  logid: logId,
  stepid: stepId,
  name: ({ log }) => log.name,
  slug: ({ log }) => log.slug,
  type: ({ log }) => log.type,
  num_lines: lineCount,
  complete: (item) => stepEnd(item) !== null,
};

function fleetTables(world: World): Pick<Tables, 'builders' | 'workers'> {
  const workers = [...new Map(world.fleet.map((builder) => [builder.worker, builder])).values()];
  const served = ({ worker }: Builder) => world.fleet.filter((builder) => builder.worker === worker);
  return {
    builders: {
      ...{ plural: 'builders', key: 'builderid', all: () => world.fleet },
      columns: {
        ...{ builderid: ({ id }) => id, name: ({ name }) => name, tags: ({ tags }) => tags },
        ...{ masterids: () => [1], description: () => null },
      },
    },
    workers: {
      ...{ plural: 'workers', key: 'workerid', all: () => workers },
      columns: {
        workerid: ({ id }) => id,
        name: ({ worker }) => worker,
        connected_to: ({ worker }) => (offlineWorkers.has(worker) ? [] : [{ masterid: 1 }]),
        configured_on: (one) => served(one).map(({ id }) => ({ builderid: id, masterid: 1 })),
        paused: () => false,
        graceful: () => false,
      },
    },
  };
}

function buildsetTable(world: World): Tables['buildsets'] {
  const found = (id: number): readonly Buildset[] => [world.buildsets.get(id) ?? []].flat();
  return {
    ...{ plural: 'buildsets', key: 'bsid', by: { bsid: found } },
    ...{ all: () => world.buildsets.values(), open: () => world.openSets },
    columns: {
      ...{ bsid: ({ id }) => id, reason: ({ reason }) => reason },
      ...{ complete: ({ completeAt }) => completeAt !== null, complete_at: (set) => seconds(set.completeAt) },
      ...{ results: setResults, submitted_at: ({ submittedAt }) => seconds(submittedAt) },
      ...{ external_idstring: () => null, parent_buildid: () => null, parent_relationship: () => null },
      sourcestamps: ({ id, stamp }) => [{ ...stamp, codebase: '', patch: null, ssid: id }],
    },
  };
}

function requestTable(world: World, builderId: (name: string) => number): Tables['buildrequests'] {
  const { core } = world;
  return {
    ...{ plural: 'buildrequests', key: 'buildrequestid' },
    ...{ all: () => core.requests, open: () => world.openRequests },
    by: {
      buildrequestid(id) {
        const request = core.request(id);
        if (request?.complete === false) world.looked.set(id, performance.now());
        return request === undefined ? [] : [request];
      },
      buildsetid: (id) => world.buildsets.get(id)?.requests ?? [],
    },
    columns: {
      ...{ buildrequestid: ({ id }) => id, buildsetid: ({ buildset }) => buildset, priority: () => 0 },
      ...{ builderid: ({ builder }) => builderId(builder), claimed: ({ claimed }) => claimed },
      ...{ complete: ({ complete }) => complete, results: ({ results }) => results ?? -1 },
      ...{ claimed_by_masterid: ({ claimed }) => (claimed ? 1 : null), waited_for: () => false },
      submitted_at: ({ madeAt }) => seconds(madeAt),
    },
  };
}

function buildTable(world: World, builderId: (name: string) => number): Tables['builds'] {
  const record = (id: number): readonly BuildRecord[] => [world.builds.get(id) ?? []].flat();
  return {
    ...{ plural: 'builds', key: 'buildid', all: () => world.builds.values() },
    by: {
      buildid: record,
      buildrequestid: (id) => (world.core.request(id)?.builds ?? []).flatMap((build) => record(build.id)),
    },
    properties: (one) => propertiesOf(one, world.setOf(one.build.request)),
    columns: {
      buildid: ({ build }) => build.id,
      number: ({ build }) => build.number,
      builderid: ({ build }) => builderId(build.request.builder),
      buildrequestid: ({ build }) => build.request.id,
      workerid: ({ build }) => builderId(build.request.builder),
      masterid: () => 1,
      started_at: ({ build }) => seconds(build.startedAt),
      complete: ({ build }) => build.ended !== null,
      complete_at: ({ build }) => seconds(build.ended?.at ?? null),
      results: ({ build }) => build.ended?.end.results ?? null,
      state_string: ({ build }) => build.ended?.end.state ?? 'building',
    },
  };
}

export function tablesOf(world: World): Tables {
  const ids = new Map(world.fleet.map(({ id, name }) => [name, id]));
  const builderId = (name: string): number => ids.get(name) ?? 0;
  return {
    ...fleetTables(world),
    buildsets: buildsetTable(world),
    buildrequests: requestTable(world, builderId),
    builds: buildTable(world, builderId),
    steps: (record) => ({
      ...{ plural: 'steps', key: 'stepid', columns: stepColumns },
      all: () => record.begun.map((_time, at) => ({ record, at })),
    }),
    logs: (item) => ({ plural: 'logs', key: 'logid', columns: logColumns, all: () => logsOf(item) }),
  };
}
