// What each fault does to the world.

import type { Request } from './buildbot.ts';
import { crash, freeze } from './lives.ts';
import { runOf } from './oracle.ts';
import type { World } from './world.ts';
import type { Fault, FaultKind } from './faults.ts';

function picked<Value>(list: readonly Value[], pick: number): Value | undefined {
  return list[Math.floor(pick * list.length)];
}

function ours({ buildbot }: World): readonly Request[] {
  return buildbot.requests.filter(({ complete }) => !complete);
}

function openItems({ gatekeeper }: World) {
  return gatekeeper.items.filter(({ dropped, result }) => !dropped && result === null);
}

function loseWorker(world: World, { pick, span }: Fault): void {
  const { buildbot, time } = world;
  const all = buildbot.fleet.flatMap(({ workers }) => workers).filter((each) => each.connected);
  const worker = picked(
    all.filter((each) => each.busy !== null),
    pick,
  );
  if (worker === undefined) return;
  world.say(`worker ${worker.name} is gone`);
  buildbot.loseWorker(worker);
  time.after(span, () => buildbot.connectWorker(worker), 'world');
}

function cutMaster(world: World, span: number): void {
  world.network.cutUntil(world.time.now() + span);
  world.socket.cutUntil(world.time.now() + span);
}

/** Milliseconds in which what was lost is noticed and asked for again. */
const slowly = 30_000;

/** Until then late packets are excused. */
function notWellFor({ state, time }: World, span: number): void {
  state.wellSince = Math.max(state.wellSince, time.now() + span);
}

/** Somebody asks to have measured what failed in a run that is decided. */
function recheck(world: World, pick: number): void {
  const { state, gatekeeper, oracle, time } = world;
  const failed = gatekeeper.items.filter(({ dropped, result }) => !dropped && result === 'FAILURE');
  const last = picked(failed, pick)?.launches.at(-1);
  const { life, name } = state;
  if (life === null || last?.number == null) return;
  const { number } = last;
  const run = runOf(last.last ?? {});
  oracle.recheck(run, false);
  const ask = async (): Promise<void> => {
    const outcome = await life.recheck(number);
    world.say(`recheck of job ${number}: ${outcome}`);
    if (outcome === 'ok') oracle.recheck(run, true);
  };
  time.after(0, () => void ask(), name);
}

const acts: Readonly<Record<FaultKind, (world: World, fault: Fault) => void>> = {
  crash(world, { span }) {
    world.state.downFor = 100 + span / 4;
    crash(world);
  },
  'crash-at-step'({ state }, { pick, span }) {
    state.downFor = 100 + span / 4;
    state.dieAfter = 1 + Math.floor(pick * 40);
  },
  'force-refused': ({ network }) => network.next('force', { kind: 'refused' }),
  'force-lost': ({ network }) => network.next('force', { kind: 'lost' }),
  'force-answer-lost': ({ network }) => network.next('force', { kind: 'answer-lost' }),
  // It comes to life with the master, before any later call is answered (RUNS.md 4.2).
  'force-late': ({ network }, { pick }) =>
    network.next('force', { kind: 'late', by: 500 + pick * 4_000, slips: false }),
  'force-slipped': ({ network }, { pick }) =>
    network.next('force', { kind: 'late', by: 30_000 + pick * 60_000, slips: true }),
  'master-cut': (world, { span }) => cutMaster(world, span),
  'master-restart'(world, { span }) {
    world.buildbot.restart(true);
    cutMaster(world, span / 4);
  },
  'master-killed'(world, { span }) {
    world.buildbot.restart(false);
    cutMaster(world, span / 4);
  },
  'calls-flaky'(world, { span }) {
    world.network.flakyUntil(world.time.now() + span);
    notWellFor(world, span + slowly);
  },
  'not-ready'({ state, time }, { span }) {
    state.notReadyUntil = time.now() + span;
  },
  'control-lost'(world) {
    world.network.next('cancel', { kind: 'answer-lost' });
    world.network.next('stop', { kind: 'lost' });
    notWellFor(world, slowly);
  },
  'cancel-forbidden'(world, { span }) {
    world.state.forbiddenUntil = world.time.now() + span;
    notWellFor(world, span + slowly);
  },
  'events-lost': ({ socket, time }, { span }) => socket.loseUntil(time.now() + span),
  'events-doubled': ({ socket, time }, { span }) => socket.doubleUntil(time.now() + span),
  'events-late': ({ socket, time }, { span }) => socket.delayUntil(time.now() + span),
  'socket-cut': ({ socket, time }, { span }) => socket.cutUntil(time.now() + span),
  'worker-lost': loseWorker,
  'worker-away'(world, { pick, span }) {
    const { buildbot, time } = world;
    const builder = picked(buildbot.fleet, pick);
    for (const worker of builder?.workers ?? []) {
      if (!worker.connected) continue;
      buildbot.loseWorker(worker);
      time.after(2 * span, () => buildbot.connectWorker(worker), 'world');
    }
  },
  // Longer than the offline clock: a platform of which nobody was heard (RUNS.md 3.4, 5.5).
  'platform-away'(world, { pick, span }) {
    const { buildbot, setting, time } = world;
    const platform = picked(setting.voting, pick)?.platform;
    const names = setting.voting.filter((each) => each.platform === platform).map(({ name }) => name);
    for (const { name, workers } of buildbot.fleet)
      for (const worker of names.includes(name) ? workers.filter(({ connected }) => connected) : []) {
        buildbot.loseWorker(worker);
        time.after(70_000 + span / 4, () => buildbot.connectWorker(worker), 'world');
      }
  },
  'person-cancels'(world, { pick }) {
    const request = picked(ours(world), pick);
    if (request === undefined) return;
    request.personal = true;
    world.buildbot.cancel(request.id);
  },
  'person-stops'(world, { pick }) {
    const build = picked(
      ours(world).flatMap(({ builds }) => builds.filter(({ ended }) => ended === null)),
      pick,
    );
    if (build === undefined) return;
    build.request.personal = true;
    world.buildbot.stop(build.id, 'a person');
  },
  'person-rebuilds'(world, { pick, span }) {
    const { buildbot } = world;
    const unclaimed = ours(world).filter(({ claimed }) => !claimed);
    const request = picked(unclaimed.length > 0 && span > 2_000 ? unclaimed : buildbot.requests, pick);
    if (request !== undefined) {
      const { builder, stamp, fields } = request;
      buildbot.force([builder], stamp, 'rebuild', { fields });
    }
  },
  'builders-renumbered': ({ buildbot }) => buildbot.renumber(),
  'connection-cut'({ state, server }) {
    const [connection] = state.port?.ends() ?? [];
    if (connection !== undefined) server.disconnect(connection);
  },
  'connection-cut-silently'(world, { span }) {
    world.state.port?.cutSilently(2 * span);
    // Till then its jobs are with a connection that only the server believes in.
    notWellFor(world, 2 * span);
  },
  'server-restart': ({ server }, { span }) => server.restart(span / 10),
  'client-reconnects': ({ gatekeeper }) => gatekeeper.reconnect(),
  'item-dropped'(world, { pick }) {
    const item = picked(openItems(world), pick);
    if (item !== undefined) world.gatekeeper.drop(item);
  },
  'item-dropped-and-wanted'(world, { pick, span }) {
    const item = picked(openItems(world), pick);
    if (item === undefined) return;
    world.gatekeeper.drop(item);
    world.time.after(span / 10, () => void world.gatekeeper.wantAgain(item), 'world');
  },
  'item-wanted-twice'(world, { pick }) {
    const item = picked(openItems(world), pick);
    if (item !== undefined) world.gatekeeper.wantAgain(item);
  },
  recheck: (world, { pick }) => recheck(world, pick),
  'store-refuses'(world, { span }) {
    world.disk.refuseUntil(world.time.now() + span);
    notWellFor(world, span);
  },
  'store-slow'(world, { span }) {
    world.disk.slowUntil(world.time.now() + span);
    notWellFor(world, span);
  },
  freeze: (world, { span }) => freeze(world, span),
  'store-cut'(world, { span }) {
    world.disk.cutUntil(world.place, world.time.now() + span);
    notWellFor(world, span + slowly);
  },
  poison(world, { pick }) {
    // One daemon alone would die of it for ever: only those that take over can tell.
    if (world.instances === 1) return;
    const wanted = new Set(world.gatekeeper.items.map(({ change }) => change.commit));
    const coming = Array.from({ length: 8 }, (_, index) => world.setting.change(index).commit);
    const commit = picked(
      coming.filter((each) => !wanted.has(each)),
      pick,
    );
    if (commit === undefined) return;
    world.say(`${commit} is poison`);
    world.poison.add(commit);
    notWellFor(world, 150_000);
  },
  'force-short': ({ network }) => network.next('force', { kind: 'short' }),
};

export function act(world: World, fault: Fault): void {
  acts[fault.kind](world, fault);
}
