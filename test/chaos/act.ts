// One act: opens the stage, lets the gatekeeper want changes while faults come, lets everything come to its end, and judges.

import { setMaxListeners } from 'node:events';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createChance } from '../fuzz/chance.ts';
import { revive } from '../stories/reviver.ts';
import { commitOf } from '../stories/gate.ts';
import { createGatekeeper, type Gatekeeper, type Item } from './gatekeeper.ts';
import { inflict, type Inflicted } from './inflict.ts';
import { breachesOf, type Breach } from './judge.ts';
import { preparing, readLedger, type Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import { openStage, type Seat, type Stage } from './stage.ts';

export interface Act {
  readonly plan: Plan;
  readonly items: readonly Item[];
  readonly ledger: Ledger;
  readonly inflicted: readonly Inflicted[];
  readonly breaches: readonly Breach[];
  /** Milliseconds from the last fault to the last verdict and the last request's end. */
  readonly settled: number;
  /** How often a daemon was started. */
  readonly lives: number;
}

/** Changes that are open at once. */
const atOnce = 10;
/** Milliseconds: beyond every deadline of the policy. */
const settlesWithin = 300_000;
const lookEvery = 50;
/** Milliseconds: beyond what a worker takes to be ready. */
const lostAfter = 45_000;
/** Seconds until a lease falls, a connection is made anew and the next sweep has begun after a fault. */
const recovers = 20;

type Note = (line: string) => void;

interface Kept {
  stop(): Promise<void>;
  lives(): number;
}

/** Starts a daemon, and again each time that it has died. One that does not come up is tried again, as a service would be. */
function keepAlive({ gate, name }: Seat, note: Note): Kept {
  let lives = 0;
  const start = async (): Promise<void> => {
    lives += 1;
    note(`daemon ${name} is started`);
    await gate.start().catch((error: unknown) => note(`daemon ${name} did not answer: ${String(error)}`));
  };
  const reviver = revive(
    { running: () => gate.running(), start },
    { within: 24 * 3_600_000, wake: () => undefined },
  );
  return { stop: () => reviver.stop(), lives: () => lives };
}

async function rows(stage: Stage, resource: string): Promise<readonly { readonly state_string?: string }[]> {
  const signal = AbortSignal.timeout(5_000);
  const answer = await fetch(`${stage.buildbot.api}/${resource}?complete=false`, { signal });
  const document = (await answer.json()) as Readonly<
    Record<string, readonly { readonly state_string?: string }[]>
  >;
  return document[resource] ?? [];
}

/** Says whether Buildbot has nothing more to do, or nothing but builds that it has lost for a while (`isStuck` of the ledger). */
function watchQuiet(stage: Stage): () => Promise<boolean> {
  let stuckSince = Infinity;
  return async () => {
    const [requests, builds] = await Promise.all([rows(stage, 'buildrequests'), rows(stage, 'builds')]);
    const lost = builds.filter((build) => build.state_string === preparing);
    stuckSince = lost.length === requests.length ? Math.min(stuckSince, performance.now()) : Infinity;
    return requests.length === 0 || performance.now() - stuckSince > lostAfter;
  };
}

/** Plays until everything has come to its end or the patience is over; milliseconds that it took after the faults. */
async function play(stage: Stage, gatekeeper: Gatekeeper, faults: Promise<unknown>): Promise<number> {
  const isQuiet = watchQuiet(stage);
  // Milliseconds, as `performance.now()` says.
  const state = { faulty: true, until: Infinity };
  const done = (): void => {
    state.faulty = false;
    state.until = performance.now() + settlesWithin;
  };
  // What failed is thrown below.
  faults.then(done, () => {
    state.until = 0;
  });
  while (performance.now() < state.until) {
    await gatekeeper.look(state.faulty);
    if (!state.faulty && gatekeeper.isDone() && (await isQuiet().catch(() => false))) break;
    await pause(lookEvery);
  }
  await faults;
  return performance.now() - (state.until - settlesWithin);
}

const noSocket = { recursive: true, filter: (path: string) => !path.endsWith('.sock') };

/** Ends the daemons and copies what all of them leave: stores, configurations, logs. */
async function keepArtefacts(stage: Stage, folder: string): Promise<void> {
  for (const { name, gate } of stage.seats) {
    await gate.stop();
    await cp(gate.folder, join(folder, `daemon-${name}`), noSocket);
  }
  if (stage.redis !== null) await cp(dirname(stage.redis.socket), join(folder, 'redis'), noSocket);
  await cp(stage.buildbot.masterLog, join(folder, 'master.log'));
  await writeFile(join(folder, 'gearmand.log'), stage.gearmand().log());
}

function hinderedBy(inflicted: readonly Inflicted[]): readonly (readonly [number, number])[] {
  return inflicted.map(({ from, to }) => [Math.floor(from / 1000), Math.ceil(to / 1000) + recovers] as const);
}

/** Plays the act of a plan. What it leaves for a reader goes to `folder`; rejects where a server does not start or a fault cannot be undone. */
export async function playAct(plan: Plan, folder: string): Promise<Act> {
  await mkdir(folder, { recursive: true });
  const timeline: string[] = [];
  const note: Note = (line) => void timeline.push(`${new Date().toISOString()} ${line}\n`);
  const stage = await openStage(plan, folder);
  const kept = stage.seats.map((seat) => keepAlive(seat, note));
  const gatekeeper = createGatekeeper({
    port: stage.front.port,
    chance: createChance(plan.seed),
    atOnce,
    note,
    steer: (changes) =>
      stage.buildbot.scenarios({
        by_revision: Object.fromEntries(changes.map(({ name, steering }) => [commitOf(name), steering])),
      }),
  });
  const over = new AbortController();
  // Every fault under way listens to it.
  setMaxListeners(0, over.signal);
  try {
    await Promise.all(stage.seats.map(({ gate }) => gate.ready(60_000)));
    const end = setTimeout(() => over.abort(), plan.lasts);
    const inflictor = inflict(plan, { stage, over: over.signal, note });
    const faults = inflictor.run();
    const settled = await play(stage, gatekeeper, faults).finally(() => clearTimeout(end));
    const inflicted = await faults;
    const ledger = await readLedger(stage.buildbot, folder);
    const { items } = gatekeeper;
    const breaches = breachesOf({ edge: plan.edge, items, ledger, hindered: hinderedBy(inflicted) });
    const lives = kept.reduce((sum, each) => sum + each.lives(), 0);
    return { plan, items, ledger, inflicted, breaches, settled, lives };
  } finally {
    over.abort();
    gatekeeper.close();
    await Promise.all(kept.map((each) => each.stop()));
    await writeFile(join(folder, 'timeline.txt'), timeline);
    await writeFile(join(folder, 'plan.json'), JSON.stringify(plan, null, 2));
    await keepArtefacts(stage, folder);
    await stage.close();
  }
}
