// Runs, jobs, worlds and Buildbot's facts for tests, with defaults that a reader can forget, and a course that plays events.

import type { Reading } from '../../../src/flakes/reading.ts';
import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import type { Attempt } from '../../../src/gate/attempt.ts';
import type { Effect } from '../../../src/gate/effect.ts';
import type { ForceResult, RunEvent, World } from '../../../src/gate/event.ts';
import type { BuildFacts, RequestFacts, Results, StepFacts } from '../../../src/gate/facts.ts';
import type {
  BuildId,
  BuildsetId,
  ConnectionId,
  EffectId,
  Handle,
  JobNumber,
  RequestId,
  RunId,
} from '../../../src/gate/ids.ts';
import type { GearmanBinding, Job } from '../../../src/gate/job.ts';
import { newRun } from '../../../src/gate/new-run.ts';
import type { Change, JobDefinition, Policy } from '../../../src/gate/request.ts';
import type { PlannedBuilder, Run } from '../../../src/gate/run.ts';
import { transition } from '../../../src/gate/transition.ts';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const commit = 'a1'.repeat(20);
export const keyHash = 'c0ffee00c0ffee00';

export const name = (text: string) => text as BuilderName;
export const linux = name('linux');
export const windows = name('windows');

export function aDefinition(wish: Partial<JobDefinition> = {}): JobDefinition {
  return {
    name: 'gate',
    project: 'cpython',
    builders: { names: ['*'] },
    policy: 'gate',
    vcs: 'git',
    testSteps: ['test'],
    revision: 'proved',
    resultText: 'plain',
    ...wish,
  };
}

export const deadlines = {
  offline: 30 * minute,
  queued: 4 * hour,
  running: 4 * hour,
  silent: 45 * minute,
  run: 8 * hour,
};

export function aPolicy(wish: Partial<Policy> = {}): Policy {
  return { coverage: null, retries: 2, unheard: 'withdraw', deadlines, ...wish };
}

export const aChange: Change = {
  project: 'cpython',
  repository: 'https://example.org/cpython',
  branch: 'main',
  revision: commit,
  changeRef: 'refs/zuul/main/Zabc',
  forceBranch: 'refs/zuul/main/Zabc',
  files: null,
};

let handles = 0;

export function aBinding(wish: Partial<GearmanBinding> = {}): GearmanBinding {
  return {
    kind: 'gearman',
    connection: 'c1' as ConnectionId,
    server: '127.0.0.1:4730',
    serverKind: 'gearmand',
    handle: `H:${++handles}` as Handle,
    state: 'live',
    announced: false,
    answered: false,
    ...wish,
  };
}

export function aJob(number: string, wish: Partial<Job> = {}): Job {
  return {
    number: number as JobNumber,
    unique: number,
    argumentsHash: 'hash',
    function: 'build:gate',
    parameters: {},
    receivedAt: 0,
    state: 'open',
    bindings: [aBinding()],
    answer: null,
    answeredAt: null,
    answeredFor: 0,
    confirmed: false,
    description: null,
    ...wish,
  };
}

export interface RunWish {
  readonly definition?: Partial<JobDefinition>;
  readonly policy?: Partial<Policy>;
  readonly job?: Job;
  readonly id?: string;
  readonly arrival?: number;
}

/** A waiting run with one job. */
export function aRun(wish: RunWish = {}): Run {
  const terms = {
    definition: aDefinition(wish.definition),
    policy: aPolicy(wish.policy),
    change: aChange,
  };
  const birth = {
    id: (wish.id ?? '00000000000000aa') as RunId,
    jobName: 'gate',
    resultText: 'plain' as const,
    job: wish.job ?? aJob('u1'),
    at: 0,
    arrival: wish.arrival ?? 1,
  };
  return newRun(birth, terms, { text: 'key', hash: keyHash });
}

export function aPlanned(
  builder: string,
  counts: PlannedBuilder['counts'] = 'voting',
  platform = builder,
): PlannedBuilder {
  return { name: name(builder), platform, counts, workers: [`${builder}-1` as WorkerName] };
}

export function aWorld(wish: Partial<World> = {}): World {
  return {
    elapsed: 0,
    buildbot: 'up',
    notReady: null,
    slotFree: true,
    planning: null,
    present: new Set([linux, windows, name('extra')]),
    busy: new Set(),
    spent: { byBuilder: new Map(), byOwner: new Map(), inAll: 0 },
    medians: new Map(),
    newestBuildset: 7 as BuildsetId,
    nonces: ['00000001', '00000002', '00000003', '00000004'],
    manager: 'gate.example.org',
    functionWaits: false,
    ...wish,
  };
}

export function aStep(wish: Partial<StepFacts> = {}): StepFacts {
  return {
    id: 1,
    number: 1,
    name: 'test',
    complete: true,
    results: 0,
    startedAt: 1,
    completeAt: 2,
    state: '',
    ...wish,
  };
}

/** A build that has ended well; `tests` is the result of its test step, null for none. */
export function aBuild(wish: Partial<BuildFacts> & { readonly tests?: Results | null } = {}): BuildFacts {
  const { tests = 0, ...facts } = wish;
  return {
    id: 1 as BuildId,
    number: 1,
    worker: 'w1' as WorkerName,
    complete: true,
    results: 0,
    startedAt: 1,
    completeAt: 2,
    state: 'build successful',
    revision: commit,
    steps: tests === null ? [] : [aStep({ results: tests })],
    stepTimedOut: false,
    waitsForLock: false,
    growth: 'end',
    ...facts,
  };
}

/** What was read of a build in which nothing was found. */
export function aReading(wish: Partial<Reading> = {}): Reading {
  return { failures: [], more: 0, doubt: null, repeats: null, base: null, ...wish };
}

/** A build that is under way. */
export function underWay(wish: Partial<BuildFacts> = {}): BuildFacts {
  return aBuild({
    complete: false,
    results: null,
    completeAt: null,
    steps: null,
    stepTimedOut: null,
    growth: '1',
    ...wish,
  });
}

export const ids = {
  build: (id: number) => id as BuildId,
  buildset: (id: number) => id as BuildsetId,
  request: (id: number) => id as RequestId,
  effect: (id: number) => id as EffectId,
  connection: (id: string) => id as ConnectionId,
  number: (id: string) => id as JobNumber,
};

type Deed<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

/** A run that is played through transition: each call is one event and gives what it asked for. */
export class Course {
  run: Run;
  world: World;
  /** Every effect that was ever asked for. */
  readonly effects: Effect[] = [];
  /** Every change of a phase or of an attempt's state, such as `attempt queued running`. */
  readonly edges = new Set<string>();
  /** What is read of a failed build, at once; null: a test answers the effect itself. By default nothing is found, and nothing excused. */
  reads: ((effect: Deed<'read'>) => Reading) | null = () => aReading({ doubt: 'nothing was found' });
  private mono = 0;
  private requests = 100;
  private builds = 1000;

  constructor(run: Run, world: World = aWorld()) {
    this.run = run;
    this.world = world;
  }

  tell(event: RunEvent, elapsed = 0): readonly Effect[] {
    this.mono += elapsed;
    const now = { wall: 1_000_000 + this.mono, mono: this.mono };
    const step = transition(this.run, { event, world: { ...this.world, elapsed } }, now);
    this.trace(step.run);
    this.run = step.run;
    this.effects.push(...step.effects);
    return [...step.effects, ...this.read()];
  }

  private read(): readonly Effect[] {
    const { reads } = this;
    const [effect] = this.awaited('read');
    if (reads === null || effect === undefined) return [];
    const { id, request, build } = effect;
    return this.tell({ kind: 'build-read', effect: id, request, build, reading: reads(effect) });
  }

  private trace(next: Run): void {
    if (next.phase !== this.run.phase) this.edges.add(`run ${this.run.phase} ${next.phase}`);
    for (const { builder, ordinal, state } of next.attempts) {
      const before = this.run.attempts.find((each) => each.builder === builder && each.ordinal === ordinal);
      if (before?.state !== state) this.edges.add(`attempt ${before?.state ?? '[*]'} ${state}`);
    }
  }

  /** Time passes in steps, as the daemon's polls would let it. */
  wait(milliseconds: number, step = milliseconds): readonly Effect[] {
    const asked: Effect[] = [];
    for (let left = milliseconds; left > 0; left -= step) {
      asked.push(...this.tell({ kind: 'poke' }, Math.min(step, left)));
    }
    return asked;
  }

  see(wish: Partial<World>): this {
    this.world = { ...this.world, ...wish };
    return this;
  }

  /** The effects of a kind that have no outcome yet. */
  awaited<Kind extends Effect['kind']>(kind: Kind): readonly Deed<Kind>[] {
    return this.run.effects.filter((effect): effect is Deed<Kind> => effect.kind === kind);
  }

  asked<Kind extends Effect['kind']>(kind: Kind): readonly Deed<Kind>[] {
    return this.effects.filter((effect): effect is Deed<Kind> => effect.kind === kind);
  }

  attempt(builder: string, ordinal?: number): Attempt {
    const all = this.run.attempts.filter((each) => each.builder === builder);
    const found = ordinal === undefined ? all.at(-1) : all.find((each) => each.ordinal === ordinal);
    if (found === undefined) throw new Error(`no attempt ${ordinal ?? ''} on ${builder}`);
    return found;
  }

  start(builders: readonly PlannedBuilder[], coverage?: Readonly<Record<string, number>>): this {
    const voting = builders.filter((each) => each.counts === 'voting');
    const demand = coverage ?? Object.fromEntries(voting.map((each) => [each.platform, 1]));
    this.see({ planning: { kind: 'planned', plan: { builders, coverage: demand } } });
    this.tell({ kind: 'poke' });
    return this;
  }

  adopt(): this {
    for (const { id } of this.awaited('adopt')) this.tell({ kind: 'adoption', effect: id, found: [] });
    return this;
  }

  /** Answers every force call under way: all builders get a request, unless another result is given. */
  forced(result?: ForceResult): this {
    for (const { id, builders } of this.awaited('force')) {
      const requests = builders.map((builder) => ({ builder, request: ids.request(++this.requests) }));
      const done: ForceResult = { kind: 'forced', buildset: ids.buildset(this.requests), requests };
      this.tell({ kind: 'force-result', effect: id, result: result ?? done });
    }
    return this;
  }

  request(builder: string): RequestId {
    const { request } = this.attempt(builder);
    if (request === null) throw new Error(`nothing is forced on ${builder}`);
    return request;
  }

  /** By REST: what is known of the builder's last request. */
  seen(builder: string, facts: Partial<RequestFacts> = {}): readonly Effect[] {
    return this.tell({ kind: 'seen', requests: [this.facts(builder, facts)] });
  }

  facts(builder: string, facts: Partial<RequestFacts> = {}): RequestFacts {
    const attempt = this.attempt(builder);
    return {
      id: this.request(builder),
      buildset: attempt.buildset ?? ids.buildset(1),
      builder: name(builder),
      claimed: false,
      complete: false,
      results: null,
      builds: attempt.builds,
      ...facts,
    };
  }

  /** A build begins under the builder's last request. */
  begins(builder: string, wish: Partial<BuildFacts> = {}): BuildFacts {
    const build = underWay({ id: ids.build(++this.builds), number: this.builds, ...wish });
    this.seen(builder, { claimed: true, builds: [...this.attempt(builder).builds, build] });
    return build;
  }

  /** The build that runs ends, or one begins and ends, and its request with it. */
  ends(builder: string, wish: Parameters<typeof aBuild>[0] = {}): this {
    const known = this.attempt(builder).builds;
    const { id, number } = known.find(({ complete }) => !complete) ?? {
      id: ids.build(++this.builds),
      number: this.builds,
    };
    const build = aBuild({ id, number, ...wish });
    const builds = [...known.filter((each) => each.id !== build.id), build];
    const retried = build.results === 5;
    this.seen(builder, {
      claimed: false,
      complete: !retried,
      results: retried ? null : build.results,
      builds,
    });
    return this;
  }

  /** Answers every audit under way. */
  audited(began = false): this {
    for (const { id } of this.awaited('audit')) this.tell({ kind: 'audit-result', effect: id, began });
    return this;
  }

  word(): string | null {
    return this.run.verdict?.word ?? null;
  }
}

/** A run that is started on these builders, all forced. */
export function started(
  builders: readonly PlannedBuilder[] = [aPlanned('linux'), aPlanned('windows')],
  wish: RunWish & { readonly coverage?: Readonly<Record<string, number>> } = {},
): Course {
  return new Course(aRun(wish)).start(builders, wish.coverage).adopt().forced();
}

/** Plays events and gives what they asked for. */
export function drive(run: Run, ...events: readonly RunEvent[]): Course {
  const course = new Course(run);
  for (const event of events) course.tell(event);
  return course;
}
