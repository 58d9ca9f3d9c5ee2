// One course: a world from its seed, a daemon in it, faults for some minutes, then quiet until everything has come to its end.

import { seeded } from '../flakes/chance.ts';
import { act } from './act.ts';
import { recordBase } from './base-history.ts';
import type { Request, Worker } from './buildbot.ts';
import type { Defect } from './defect.ts';
import { lightenSums } from './light-sums.ts';
import { begin } from './lives.ts';
import type { Broken } from './oracle.ts';
import { spansOf, type Plan } from './plan.ts';
import { drawIds } from './random-ids.ts';
import { manager } from './setting.ts';
import type { Shown } from './silence.ts';
import { createTime, theWorld } from './time.ts';
import { createWorld, type World } from './world.ts';

export interface Course {
  readonly plan: Plan;
  readonly broken: readonly Broken[];
  readonly results: Readonly<Record<string, number>>;
  /** Simulated milliseconds, and what was done in them. */
  readonly took: number;
  readonly steps: number;
  readonly lives: number;
  readonly requests: number;
  readonly trace: readonly string[];
  /** `fault / state of the run it hit`, and how often. */
  readonly hits: Readonly<Record<string, number>>;
}

const second = 1_000;
const minute = 60 * second;
/** So long after the last faults they are over. */
const heals = 40 * second;
/** By then everything has had its time: a run's own deadline, a grace, and the clean-up. */
const longest = 90 * minute;
const mostSteps = 400_000;
/** One course of so many writes and proves real checksums. */
const realSums = 8;

/** The daemon, and the state of the run on which most depends now, for the table of hits. */
function stateNow({ state }: World, pick: number): string {
  if (state.life === null) return 'down';
  const runs = state.life.runs();
  // A stopped run is short-lived, and what goes wrong then meets it as it does the others.
  const stopped = (pick * 13) % 1 < 0.5 ? runs.filter(({ phase }) => phase === 'stopped') : [];
  const among = stopped.length > 0 ? stopped : runs;
  const run = among[Math.floor(pick * among.length)];
  if (run === undefined) return 'idle';
  if (run.phase !== 'started') return run.phase;
  const open = run.attempts.filter((attempt) => attempt.state !== 'ended');
  const attempt = open[Math.floor(((pick * 97) % 1) * open.length)];
  return attempt === undefined ? 'deciding' : attempt.sending !== null ? 'sending' : attempt.state;
}

export interface Play {
  /** What is wrong with the daemon; null: it is as it is. */
  readonly defect: (() => Defect) | null;
  /** Keeps every line of what happens. */
  readonly traced: boolean;
}

function workersOf({ buildbot }: World): readonly Worker[] {
  return buildbot.fleet.flatMap(({ workers }) => workers);
}

/** Faults stop: what was taken away comes back, and everything can come to its end. */
function heal(world: World): void {
  world.say('from now on nothing goes wrong');
  world.state.noise = 0;
  for (const worker of workersOf(world)) if (!worker.connected) world.buildbot.connectWorker(worker);
}

function isDone({ gatekeeper, buildbot }: World): boolean {
  return (
    gatekeeper.items.every(({ dropped, result }) => dropped || result !== null) &&
    buildbot.requests.every(({ complete }: Request) => complete)
  );
}

/** By every daemon that can be asked. */
function shownBy({ daemons }: World, of: 'all' | 'changed'): readonly Shown[] {
  const shown: Shown[] = [];
  for (const { state } of daemons)
    if (state.life !== null && !state.isFrozen) shown.push(...state.life.shown(of));
  return shown;
}

/** Looks at the world every five seconds, until it is over. */
function mind(world: World, plan: Plan, over: { value: boolean }): void {
  const { time, oracle, state, daemons, gatekeeper } = world;
  const isAway = daemons.some((each) => each.network.isCut() || each.state.life === null);
  if (isAway) state.wellSince = Math.max(state.wellSince, time.now());
  const isWell = time.now() - state.wellSince > 10 * second;
  const calls = daemons.reduce((sum, { network }) => sum + network.count(), 0) - state.calls;
  state.calls += calls;
  const launches = gatekeeper.items.flatMap((item) => item.launches);
  oracle.looked({ wellSince: isWell ? state.wellSince : null, launches, calls });
  oracle.silence.heard(shownBy(world, 'all'), { wellSince: state.wellSince, isAll: true });
  const allWanted = gatekeeper.items.length >= plan.jobs && time.now() > spansOf(plan).faults + heals;
  if (time.now() > longest || (allWanted && isDone(world)) || oracle.broken.length > 0) over.value = true;
  time.after(5 * second, () => mind(world, plan, over), theWorld);
}

/** After each step: what is shown of the runs that changed in it, and of all once something that was said is overdue. */
function listen(world: World): void {
  const { state, oracle, time } = world;
  const isAll = time.now() > oracle.silence.nextAt();
  const shown = shownBy(world, isAll ? 'all' : 'changed');
  if (isAll || shown.length > 0) oracle.silence.heard(shown, { wellSince: state.wellSince, isAll });
}

function schedule(world: World, plan: Plan, hits: Record<string, number>): void {
  const { time, setting, gatekeeper } = world;
  const when = seeded(plan.seed * 16 + 15);
  for (let index = 0; index < plan.jobs; index += 1)
    time.after(
      second + when() * spansOf(plan).wanted,
      () => void gatekeeper.want(setting.change(index)),
      theWorld,
    );
  for (const fault of plan.faults)
    time.after(
      fault.at,
      () => {
        const at = Math.floor(((fault.pick * 977) % 1) * world.daemons.length);
        const daemon = world.daemons[at] ?? world;
        const cell = `${fault.kind} / ${stateNow(daemon, fault.pick)}`;
        hits[cell] = (hits[cell] ?? 0) + 1;
        world.say(`FAULT ${fault.kind}, for ${fault.span} ms`);
        act(daemon, fault);
      },
      theWorld,
    );
  time.after(spansOf(plan).faults + heals, () => heal(world), theWorld);
}

function countedResults({ gatekeeper }: World): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { dropped, result } of gatekeeper.items) {
    const word = dropped ? 'dropped' : (result ?? 'none');
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

/** Plays a course to its end. Timers and clocks of this process are the course's meanwhile. */
export async function playCourse(plan: Plan, play: Play): Promise<Course> {
  const time = createTime();
  const trace: string[] = [];
  const hits: Record<string, number> = {};
  const say = (line: string): void => {
    if (play.traced) trace.push(`${(time.now() / 1000).toFixed(3).padStart(9)} ${line}`);
  };
  time.install();
  const giveIdsBack = drawIds(seeded(plan.seed * 16 + 14));
  const giveSumsBack = plan.seed % realSums === 0 ? null : lightenSums();
  try {
    const world = createWorld(plan, time, { traced: play.traced, say, defect: play.defect?.() ?? null });
    const { disk, setting } = world;
    await disk.prepare(manager, (store) => recordBase(store, setting, setting.symptoms));
    const over = { value: false };
    schedule(world, plan, hits);
    for (const daemon of world.daemons) begin(daemon);
    time.after(5 * second, () => mind(world, plan, over), theWorld);
    let steps = 0;
    while (!over.value && steps < mostSteps && (await time.step())) {
      steps += 1;
      listen(world);
    }
    if (world.oracle.broken.length === 0) world.oracle.over(world.gatekeeper.items);
    const { state, buildbot, oracle } = world;
    return {
      ...{
        plan,
        broken: oracle.broken,
        results: countedResults(world),
        took: time.now(),
        steps,
        trace,
        hits,
      },
      ...{ lives: state.lives, requests: buildbot.requests.length },
    };
  } finally {
    giveIdsBack();
    giveSumsBack?.();
    time.restore();
  }
}
