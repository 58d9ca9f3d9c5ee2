// What the contract tests of the master's side share: a client of a real master, force calls, and waiting for ends.

import { createMaster } from '../../../src/buildbot/create-master.ts';
import type { ForceOutcome, Hint, Master } from '../../../src/buildbot/master.ts';
import type { CallReport, LogEntry, MasterOptions } from '../../../src/buildbot/options.ts';
import type { BuildFacts, RequestFacts } from '../../../src/gate/facts.ts';
import type { BuildsetId, RequestId } from '../../../src/gate/ids.ts';
import type { Buildbot } from '../../../src/servers/buildbot.ts';
import { until } from '../../until.ts';

export interface Client {
  readonly master: Master;
  readonly hints: Hint[];
  readonly logged: LogEntry[];
  /** Calls since the last look. */
  calls(): readonly CallReport[];
}

/** A client of a real master; `nobody` has no user name. */
export function clientOf(
  buildbot: Pick<Buildbot, 'url' | 'users'>,
  user: 'gate' | 'dev' | 'admin' | 'nobody',
  options: Partial<MasterOptions> = {},
): Client {
  const hints: Hint[] = [];
  const logged: LogEntry[] = [];
  let calls: CallReport[] = [];
  const name = user === 'nobody' ? {} : { username: user, password: () => buildbot.users[user] };
  const master = createMaster({
    url: buildbot.url,
    ...name,
    scheduler: 'gate',
    stanza: '1',
    log: (entry) => logged.push(entry),
    report: (call) => calls.push(call),
    ...options,
  });
  return {
    master,
    hints,
    logged,
    calls: () => {
      const seen = calls;
      calls = [];
      return seen;
    },
  };
}

let sendings = 0;

/** A marker as RUNS.md 4.1 has it, never twice the same. */
export function marker(run = 'aaaaaaaaaaaaaaaa'): string {
  sendings += 1;
  return `gearbridge gate.test ${run} 1 vote 0123456789abcdef ${sendings.toString(16).padStart(8, '0')}`;
}

export interface Wish {
  readonly builders: readonly string[];
  readonly scenario?: string;
  readonly marker?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** A force call with a source stamp of its own, so that nothing is merged unless the wish names a revision. */
export function force(master: Master, wish: Wish): Promise<ForceOutcome> {
  const said = wish.marker ?? marker();
  return master.force({
    builders: wish.builders,
    marker: said,
    fields: {
      branch: 'refs/zuul/main/Z1',
      revision: `${said.slice(-8)}${'0'.repeat(32)}`,
      repository: 'https://git.example.invalid/cpython.git',
      project: 'cpython',
      gate_job: 'cpython-gate',
      gate_uuid: 'u1',
      gate_attempt: '1',
      gate_role: 'vote',
      scenario: wish.scenario ?? 'pass',
      counter_key: said,
      ...wish.fields,
    },
  });
}

export interface Forced {
  readonly buildset: BuildsetId;
  /** The one request, or the first of several. */
  readonly request: RequestId;
  readonly requests: readonly { readonly builder: string; readonly request: RequestId }[];
}

/** The same, when it must succeed. */
export async function forced(master: Master, wish: Wish): Promise<Forced> {
  const outcome = await force(master, wish);
  if (outcome.kind !== 'forced') throw new Error(`${outcome.kind}: ${outcome.why}`);
  const [first] = outcome.requests;
  if (first === undefined) throw new Error('nothing was forced');
  return { ...outcome, request: first.request };
}

/** The facts of one request as they are now. */
export async function facts(master: Master, request: RequestId): Promise<RequestFacts> {
  const [only] = await master.requests([request]);
  if (only === undefined) throw new Error(`the master does not know request ${request}`);
  return only;
}

/** Waits until a request is complete. */
export function complete(master: Master, request: RequestId, within = 60_000): Promise<RequestFacts> {
  return until(
    async () => {
      const now = await facts(master, request);
      return now.complete && now;
    },
    { within, what: `request ${request} to be complete` },
  );
}

/** Waits until the newest build of a request shows what is wanted, looked at closely. */
export function running(
  master: Master,
  request: RequestId,
  wanted: (build: BuildFacts) => boolean,
): Promise<BuildFacts> {
  return until(
    async () => {
      const build = (await facts(master, request)).builds.at(-1);
      if (build === undefined) return null;
      const close = await master.build(build.id);
      return wanted(close) && close;
    },
    { within: 60_000, what: `a build of request ${request} to come so far` },
  );
}

/** Whether the step of that name runs. */
export function inStep(name: string): (build: BuildFacts) => boolean {
  return (build) =>
    build.steps?.some((step) => step.name === name && !step.complete && step.startedAt !== null) ?? false;
}

/** A step's results, by name. */
export function stepResults(build: BuildFacts): Readonly<Record<string, number | null>> {
  return Object.fromEntries((build.steps ?? []).map((step) => [step.name, step.results]));
}
