// The stand-in's own truth: the simulated Buildbot by a real clock, and around it what REST shows besides: buildsets, properties, steps.

import {
  createBuildbot,
  type Build,
  type Buildbot,
  type End,
  type FleetBuilder,
  type Request,
  type Stamp,
  type Worker,
} from '../simulation/gate/buildbot.ts';
import { asText } from './query.ts';
import { courseOf, lengthOf, type Course, type Step } from './course.ts';
import { offlineWorkers, type Builder } from './fleet.ts';
import { scenarioOf, type Steer } from './scenarios.ts';
import { seeded } from '../simulation/flakes/chance.ts';

/** `[value, source]` by name. */
export type Properties = Readonly<Record<string, readonly [unknown, string]>>;

export interface Buildset {
  readonly id: number;
  readonly reason: string;
  readonly stamp: Stamp;
  readonly properties: Properties;
  readonly submittedAt: number;
  readonly requests: readonly Request[];
  completeAt: number | null;
}

export interface BuildRecord {
  readonly build: Build;
  readonly course: Course;
  /** When each step began, as far as it came. */
  readonly begun: number[];
}

export type Event =
  | { readonly kind: 'buildset'; readonly what: 'new' | 'complete'; readonly set: Buildset }
  | { readonly kind: 'request'; readonly what: RequestEvent; readonly request: Request }
  | { readonly kind: 'build'; readonly what: 'new' | 'update' | 'finished'; readonly record: BuildRecord }
  | {
      readonly kind: 'step';
      readonly what: 'started' | 'finished';
      readonly record: BuildRecord;
      readonly at: number;
    };
export type RequestEvent = 'new' | 'claimed' | 'unclaimed' | 'complete' | 'cancel';

export interface Forced {
  readonly builders: readonly string[];
  readonly stamp: Stamp;
  readonly reason: string;
  readonly properties: Properties;
}

export interface World {
  readonly fleet: readonly Builder[];
  readonly core: Buildbot;
  readonly buildsets: Map<number, Buildset>;
  readonly builds: Map<number, BuildRecord>;
  readonly openSets: ReadonlySet<Buildset>;
  readonly openRequests: ReadonlySet<Request>;
  /** When a request was last asked for by its id, milliseconds of this process. */
  readonly looked: Map<number, number>;
  losesAnswers(): boolean;
  /** When the last build or request of a revision ended, milliseconds of this process. */
  readonly ends: ReadonlyMap<string, number>;
  /** Requests beside the first of their revision and builder that were not a retry's. */
  duplicates(): number;
  setOf(request: Request): Buildset;
  force(wanted: Forced): Buildset;
  steer(table: Steer): void;
  watch(listener: (event: Event) => void): void;
}

/** A step that runs or has run. */
export function stepAt({ course }: BuildRecord, at: number): Step {
  const step = course.steps[at];
  if (step === undefined) throw new Error(`a course has no step ${at}`);
  return step;
}

/** In one process `performance.now()` is time enough. */
const clock = {
  now: () => performance.now(),
  after: (delay: number, task: () => void) => void setTimeout(task, Math.min(delay, 2 ** 31 - 1)),
};

/** The model knows workers that do one build at a time: a worker of more is several of one name there. */
function fleetFor(builders: readonly Builder[]): readonly FleetBuilder[] {
  const workers = new Map<string, readonly Worker[]>();
  for (const { worker, atOnce } of builders) {
    const connected = !offlineWorkers.has(worker);
    const seats = Array.from({ length: atOnce }, (_none, at) => ({
      name: seat(worker, at),
      connected,
      busy: null,
    }));
    if (!workers.has(worker)) workers.set(worker, seats);
  }
  return builders.map(({ id, name, tags, worker }) => ({
    id,
    name,
    tags,
    workers: workers.get(worker) ?? [],
  }));
}

function seat(worker: string, at: number): string {
  return `${worker}#${at}`;
}

/** The worker's own name. */
export function workerOf(build: Build): string {
  return build.worker.slice(0, build.worker.indexOf('#'));
}

/** Milliseconds that a test may be silent where the force call does not say. */
const usualSilence = 60_000;
const usualSeconds = 10;

export function createWorld(fleet: readonly Builder[]): World {
  const byName = new Map(fleet.map((builder) => [builder.name, builder]));
  const buildsets = new Map<number, Buildset>();
  const builds = new Map<number, BuildRecord>();
  const openSets = new Set<Buildset>();
  const openRequests = new Set<Request>();
  const ends = new Map<string, number>();
  const looked = new Map<number, number>();
  const listeners: ((event: Event) => void)[] = [];
  const coming = new Map<Request, Course>();
  const onRack = new Set<BuildRecord>();
  let table: Steer = {};
  const chance = seeded(1);

  const tell = (event: Event): void => {
    for (const listener of listeners) listener(event);
  };
  const setOf = (request: Request): Buildset => {
    const set = buildsets.get(request.buildset);
    if (set === undefined) throw new Error(`request ${request.id} has no buildset`);
    return set;
  };

  const differs = (): number => 1 + (2 * chance() - 1) * (table.spread ?? 0);
  const rackFree = (): number => {
    const lasts = [...onRack].map(({ build }) => build.startedAt + build.planned.takes);
    return Math.max(0, ...lasts.map((last) => last - clock.now()));
  };
  const endOf = (request: Request): End => {
    const builder = byName.get(request.builder);
    if (builder === undefined) throw new Error(`there is no builder ${request.builder}`);
    const { properties } = setOf(request);
    const { revision } = request.stamp;
    const text = (name: string): string => asText(properties[name]?.[0]);
    const drawn = chance() < (table.failing ?? 0) ? 'fail-new' : text('scenario');
    const scenario = scenarioOf(table, { builder: builder.name, revision, scenario: drawn });
    const seconds = Number(text('duration')) || (table.duration ?? usualSeconds);
    const course = courseOf({
      ...{
        builder,
        revision,
        scenario,
        duration: seconds * differs() * 1_000,
        before: request.builds.length,
      },
      ...{ silence: Number(text('step_timeout')) * 1_000 || usualSilence, rackFree: rackFree() },
    });
    coming.set(request, course);
    const { results, state } = course;
    // Growth is told by the steps and logs here, so the model need not tell it.
    return {
      results,
      test: null,
      revision: course.revision,
      timedOut: false,
      state,
      takes: lengthOf(course),
      silent: true,
    };
  };

  const core = createBuildbot({
    ...{ time: clock, chance: () => 0, fleet: fleetFor(fleet), merges: true },
    ...{ endOf, requested: () => undefined },
  });

  const begin = (record: BuildRecord): void => {
    const { build, course, begun } = record;
    if (build.ended !== null) return;
    if (begun.length > 0) tell({ kind: 'step', what: 'finished', record, at: begun.length - 1 });
    const step = course.steps[begun.length];
    if (step === undefined) return;
    begun.push(clock.now());
    tell({ kind: 'step', what: 'started', record, at: begun.length - 1 });
    // The last step ends with its build.
    if (begun.length < course.steps.length) clock.after(step.takes, () => begin(record));
  };
  const claimed = (build: Build): void => {
    const course = coming.get(build.request);
    if (course === undefined) throw new Error(`build ${build.id} has no course`);
    coming.delete(build.request);
    const record = { build, course, begun: [] };
    builds.set(build.id, record);
    if (byName.get(build.request.builder)?.rack === true) onRack.add(record);
    tell({ kind: 'request', what: 'claimed', request: build.request });
    // As measured: what a build does is told before that there is one (BUILDBOT.md section 8).
    begin(record);
    tell({ kind: 'build', what: 'update', record });
    tell({ kind: 'build', what: 'new', record });
  };
  const finished = (record: BuildRecord): void => {
    const { build, course, begun } = record;
    onRack.delete(record);
    const now = clock.now();
    ends.set(build.request.stamp.revision, now);
    // Timers of one moment come in any order: what ended as it was to end has all its steps.
    while (build.ended?.end === build.planned && begun.length < course.steps.length) {
      tell({ kind: 'step', what: 'finished', record, at: begun.length - 1 });
      begun.push(now);
      tell({ kind: 'step', what: 'started', record, at: begun.length - 1 });
    }
    if (begun.length > 0) tell({ kind: 'step', what: 'finished', record, at: begun.length - 1 });
    tell({ kind: 'build', what: 'finished', record });
    if (build.ended?.end.results === 5) tell({ kind: 'request', what: 'unclaimed', request: build.request });
  };
  const completed = (request: Request): void => {
    openRequests.delete(request);
    looked.delete(request.id);
    ends.set(request.stamp.revision, clock.now());
    tell({ kind: 'request', what: 'complete', request });
    if (request.builds.length === 0 && request.results === 6)
      tell({ kind: 'request', what: 'cancel', request });
    const set = setOf(request);
    if (!set.requests.every(({ complete }) => complete)) return;
    set.completeAt = clock.now();
    openSets.delete(set);
    tell({ kind: 'buildset', what: 'complete', set });
  };

  core.watch((news) => {
    if (news.kind === 'request') completed(news.request);
    if (news.kind !== 'build') return;
    const record = builds.get(news.build.id);
    if (record === undefined) claimed(news.build);
    else if (news.build.ended !== null) finished(record);
  });

  return {
    ...{ fleet, core, buildsets, builds, openSets, openRequests, ends, looked, setOf },
    duplicates() {
      const seen = new Set<string>();
      for (const { stamp, builder } of core.requests) seen.add(`${stamp.revision} ${builder}`);
      return core.requests.length - seen.size;
    },
    force({ builders, stamp, reason, properties }) {
      const requests = core.force(builders, stamp, reason);
      const submittedAt = clock.now();
      const id = core.newestBuildset();
      const set: Buildset = { id, reason, stamp, properties, submittedAt, requests, completeAt: null };
      buildsets.set(id, set);
      openSets.add(set);
      tell({ kind: 'buildset', what: 'new', set });
      for (const request of requests) {
        openRequests.add(request);
        tell({ kind: 'request', what: 'new', request });
      }
      return set;
    },
    losesAnswers: () => table.losesAnswers === true,
    steer(next) {
      table = next;
    },
    watch: (listener) => void listeners.push(listener),
  };
}
