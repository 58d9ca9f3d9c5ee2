// What a course is played on: the fleet, the configuration and the changes, drawn from its seed.

import type { Config } from '../../../src/config/config.ts';
import type { JobDefinition, Policy } from '../../../src/gate/request.ts';
import { below, type Chance } from '../flakes/chance.ts';
import type { End, FleetBuilder, Request, Results } from './buildbot.ts';
import { nothingShown } from './failing-log.ts';
import type { Change } from './gatekeeper.ts';
import type { Plan } from './plan.ts';
import { baseCommit, drawSymptoms, knownTest, taskOf, type Symptoms } from './symptoms.ts';

export const manager = 'sim.example.org';
export const jobName = 'gate';

/** What the builds of a change come to on a builder, when nothing comes between. */
type Truth = 'good' | 'fails' | 'fails-before-tests' | 'warns' | 'clears' | 'no-checkout';

export interface Setting {
  readonly config: Config;
  readonly fleet: readonly FleetBuilder[];
  readonly voting: readonly { readonly name: string; readonly platform: string }[];
  readonly merges: boolean;
  readonly symptoms: Symptoms;
  /** The change has a fault of its own that the tests of a builder show. */
  readonly isAtFault: (commit: string, builder: string) => boolean;
  readonly platformOf: (builder: string) => string;
  readonly isGood: (commit: string) => boolean;
  change(index: number): Change;
  /** How the next build of a commit on a builder ends; `noise` is the share that ends by trouble. */
  endOf(request: Pick<Request, 'builder' | 'stamp' | 'reason' | 'fields'>, noise: number): End;
}

const second = 1_000;
const minute = 60 * second;
const platforms = { linux: ['linux-*'], windows: ['win-*'], macos: ['mac-*'] };

/** 3 to 20, median 6. */
function sizeOf(chance: Chance): number {
  return Math.min(20, 3 + Math.floor(-Math.log(1 - chance()) * 4.6));
}

function drawFleet(chance: Chance): readonly FleetBuilder[] {
  const size = sizeOf(chance);
  return Array.from({ length: size }, (_, at) => {
    const platform = ['linux', 'win', 'mac', 'other'][at === 0 ? 0 : below(chance, 4)] ?? 'linux';
    const name = `${platform}-${at}`;
    const stable = at === 0 || chance() < 0.85;
    const workers = Array.from({ length: 1 + below(chance, 2) }, (_unused, which) => ({
      ...{ name: `${stable ? 'stable' : 'unstable'}-${name}-${which}`, connected: true, busy: null },
    }));
    return { id: at + 1, name, tags: ['sim'], workers };
  });
}

function platformOf(name: string): string {
  const prefix = name.split('-')[0] ?? '';
  return prefix === 'linux' ? 'linux' : prefix === 'win' ? 'windows' : prefix === 'mac' ? 'macos' : name;
}

function drawConfig(chance: Chance, runDeadline: number): Config {
  const address = { host: '127.0.0.1', port: 1 };
  const definition: JobDefinition = {
    ...{ name: jobName, project: 'sim', builders: { tags: ['sim'] }, policy: 'gate', testSteps: ['test'] },
    vcs: 'git',
    revision: 'proved',
    resultText: 'plain',
  };
  const policy: Policy = {
    coverage: null,
    retries: below(chance, 3),
    unheard: chance() < 0.7 ? 'withdraw' : 'fail',
    deadlines: {
      ...{ offline: minute, queued: 5 * minute, running: 4 * minute },
      ...{ silent: 90 * second, run: runDeadline },
    },
  };
  return {
    manager,
    gearman: { kind: 'servers', tls: null, servers: [address] },
    buildbot: {
      url: 'http://127.0.0.1:1/',
      username: null,
      passwordFile: null,
      tls: null,
      forceScheduler: 'gate',
    },
    store: { driver: 'embedded', path: '/simulated' },
    web: { listen: address, publicUrl: 'https://gate.example.org/' },
    fleet: { stability: { stable: ['stable-*'], unstable: [] }, platforms },
    signatures: '/simulated',
    maxJobs: 1 + below(chance, 8),
    retention: { keepDays: 30, historyDays: 90 },
    jobs: [definition],
    policies: new Map([['gate', policy]]),
  };
}

const plain = { timedOut: false, silent: false, shown: nothingShown, repeated: false } as const;

function endingOf(truth: Truth, commit: string, takes: number): End {
  const results: Readonly<Record<Truth, Results>> = {
    good: 0,
    fails: 2,
    'fails-before-tests': 2,
    warns: 1,
    clears: 1,
    'no-checkout': 2,
  };
  const tests: Readonly<Record<Truth, Results | null>> = {
    good: 0,
    fails: 2,
    'fails-before-tests': null,
    warns: 1,
    clears: 1,
    'no-checkout': null,
  };
  const revision = truth === 'no-checkout' ? null : commit;
  return { ...plain, results: results[truth], test: tests[truth], revision, state: truth, takes };
}

/** Trouble that says nothing of the change. */
function troubleOf(pick: number, commit: string, takes: number): End {
  const base = { ...plain, takes, revision: commit, test: null, state: 'trouble' };
  // What it shows may be forgiven; what is missing may be anything.
  const cut = { ...nothingShown, tests: [knownTest], cut: true };
  const kinds: readonly End[] = [
    { ...base, results: 4 },
    { ...base, results: 5 },
    { ...base, results: 5, test: 2, shown: cut },
    { ...base, results: 1 },
    { ...base, results: 0, test: 0, revision: 'f0'.repeat(20) },
    { ...base, results: 0 },
    { ...base, results: 0, test: 3 },
    { ...base, results: 0, test: 0, revision: null },
    { ...base, results: 2, revision: null },
    { ...base, results: 2, test: 2, timedOut: true, shown: cut },
    { ...base, results: 0, test: 0, takes: 300 * minute },
    { ...base, results: 0, test: 0, takes: 300 * minute, silent: true },
    { ...base, results: 6, state: 'cancelled (Master Shutdown)' },
  ];
  return kinds[Math.floor(pick * kinds.length)] ?? { ...base, results: 4 };
}

/** What a course is set in, as its plan wants it. */
export function drawSetting(
  chance: Chance,
  ofTests: Chance,
  plan: Pick<Plan, 'pace' | 'runDeadline'>,
): Setting {
  const pace = plan.pace ?? 1;
  const fleet = drawFleet(chance);
  const config = drawConfig(chance, plan.runDeadline ?? 25 * minute);
  const truths = new Map<string, Truth>();
  const names = fleet.map(({ name }) => name);
  const symptoms = drawSymptoms(ofTests, names);
  const salt = below(chance, 1e6).toString(16).padStart(8, '0');
  const badShare = chance() < 0.3 ? 0 : 0.25;
  const commits = new Map<string, readonly Truth[]>();

  const truthOf = (builder: string, commit: string): Truth => truths.get(`${commit} ${builder}`) ?? 'good';
  const change = (index: number): Change => {
    const commit = `${salt}${index.toString(16).padStart(4, '0')}`.padEnd(40, 'a');
    if (!commits.has(commit)) {
      const bad: readonly Truth[] = [
        'fails',
        'fails',
        'fails-before-tests',
        'warns',
        'clears',
        'no-checkout',
      ];
      const truth = bad[below(chance, bad.length)] ?? 'fails';
      const isBad = chance() < badShare;
      const everywhere = chance() < 0.3;
      for (const { name } of fleet)
        if (isBad && (everywhere || chance() < 0.3)) truths.set(`${commit} ${name}`, truth);
      commits.set(
        commit,
        fleet.map(({ name }) => truthOf(name, commit)),
      );
    }
    return {
      name: String(1000 + index),
      jobName,
      branch: 'main',
      ref: `refs/zuul/main/Z${commit.slice(0, 12)}`,
      commit,
      files: symptoms.filesOf(commit),
    };
  };
  const isAtFault = (commit: string, builder: string): boolean =>
    ['fails', 'clears'].includes(truthOf(builder, commit));
  /** What its tests show, where they ran to their end. */
  const withTests = (end: End, builder: string, commit: string): End => {
    const fault = isAtFault(commit, builder) ? [symptoms.faultOf(commit)] : [];
    const others = symptoms.ofGood(builder).tests;
    if (end.test === null || (others.length === 0 && fault.length === 0)) return end;
    const cleared = others.length === 0 && truthOf(builder, commit) === 'clears';
    const shown = { ...nothingShown, tests: [...new Set([...fault, ...others])], cleared };
    return cleared ? { ...end, shown } : { ...end, results: 2, test: 2, shown };
  };
  /** A build that measures: a change's own fault shows on the change, what is wrong with the builder on both. */
  const measuring = (
    { builder, stamp, fields }: Pick<Request, 'builder' | 'stamp' | 'fields'>,
    takes: number,
  ): End => {
    const task = taskOf(fields);
    const commit = stamp.revision;
    const isBase = stamp.revision === baseCommit;
    const end = endingOf(isBase ? 'good' : truthOf(builder, commit), stamp.revision, takes);
    if (end.test === null) return end;
    const fault = !isBase && isAtFault(commit, builder) ? symptoms.faultOf(commit) : null;
    const shown = symptoms.ofTask(builder, task, fault);
    const bad = (shown.repeats ?? [shown.tests]).some((tests) => tests.length > 0);
    return { ...end, results: bad ? 2 : 0, test: bad ? 2 : 0, shown, repeated: shown.repeats !== null };
  };

  return {
    config,
    fleet,
    voting: fleet
      .filter(({ workers }) => workers.every(({ name }) => name.startsWith('stable-')))
      .map(({ name }) => ({ name, platform: platformOf(name) })),
    merges: chance() < 0.6,
    symptoms,
    isAtFault,
    platformOf,
    isGood: (commit) =>
      names.every((name) => symptoms.isSound(name)) &&
      commits.get(commit)?.every((truth) => truth === 'good') === true,
    change,
    endOf({ builder, stamp, reason, fields }, noise) {
      const { revision: commit } = stamp;
      const takes = Math.round((3 * second + 22 * second * chance() ** 2) / pace);
      // What a person builds again may come out better: it proves nothing.
      if (reason === 'rebuild') return endingOf('good', commit, takes);
      const isVote = taskOf(fields).role === 'vote';
      // Few builds measure, so more of them have trouble.
      if (chance() < (isVote ? noise : 3 * noise)) return troubleOf(chance(), commit, takes);
      if (!isVote) return measuring({ builder, stamp, fields }, takes);
      return withTests(endingOf(truthOf(builder, commit), commit, takes), builder, commit);
    },
  };
}
