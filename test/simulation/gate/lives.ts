// The lives of the daemon in a world: it begins, dies, and begins again on the same disk.

import { createGearmanPort } from './gearman-port.ts';
import { startLife } from './life.ts';
import { createMasterPort } from './master-port.ts';
import { manager } from './setting.ts';
import { theWorld, wallAt } from './time.ts';
import { secondsAt, type World } from './world.ts';

/** Milliseconds: a force call that was held up, and until others have taken over what a dead daemon held. */
const staleFor = 100;
const takenOver = 20_000;

/** The daemon stands still, as after SIGSTOP. */
export function freeze(world: World, span: number): void {
  const { state, time } = world;
  const { name } = state;
  if (state.life === null || state.isFrozen) return;
  world.say(`${name} stands still for ${span} ms`);
  time.freeze(name);
  state.isFrozen = true;
  state.wellSince = Math.max(state.wellSince, time.now() + span + takenOver);
  const goOn = (): void => {
    time.thaw(name);
    if (state.name !== name || time.hasEnded(name)) return;
    world.say(`${name} goes on`);
    state.isFrozen = false;
    state.thawedAt = time.now();
  };
  time.after(span, goOn, theWorld);
}

/** The daemon dies: nothing that it had under way goes on, and what was not kept is gone. */
export function crash(world: World): void {
  const { state, time, server } = world;
  if (state.life === null && state.port === null) return;
  world.say('the daemon dies');
  time.end(state.name);
  for (const connection of state.port?.ends() ?? []) server.disconnect(connection);
  state.life = null;
  state.port = null;
  state.dieAfter = null;
  state.isFrozen = false;
  state.wellSince = Math.max(state.wellSince, time.now() + (world.instances > 1 ? takenOver : 0));
  time.after(state.downFor, () => begin(world), theWorld);
}

/** A life of the daemon begins. */
export function begin(world: World): void {
  const { state, time, network, socket, server } = world;
  state.lives += 1;
  state.name = `daemon ${state.lives}`;
  const start = async (): Promise<void> => {
    const master = createMasterPort({
      ...{ buildbot: world.buildbot, network, seconds: secondsAt },
      // What it sends right after it was frozen it may have decided on long before, and another may have taken the run over since.
      isStale: () => world.instances > 1 && time.now() - state.thawedAt < staleFor,
      forbidden: () => time.now() < state.forbiddenUntil,
      refusal: () => (time.now() < state.notReadyUntil ? 'the force scheduler does not let us' : null),
      watching: () => socket.isUp(),
      watch: (listener) => {
        socket.listen(listener);
      },
    });
    const mine = state.name;
    const life = await startLife({
      ...{
        config: world.setting.config,
        store: await world.disk.open(manager, world.instances > 1 ? world.place : null),
        master,
        defect: world.defect,
      },
      gearman: (listener, instance) =>
        (state.port = createGearmanPort({ time, chance: world.chance, server, manager, instance }, listener)),
      checkpoint: (when, what, run) => {
        const revision = run.terms?.change.revision ?? '';
        const works = when === 'before-effect' && what === 'force';
        if (works && world.poison.has(revision) && !time.hasEnded(mine)) {
          world.say(`(of a poison job, at ${what})`);
          state.downFor = 500;
          crash(world);
          return;
        }
        if (state.dieAfter === null || state.name !== mine || time.hasEnded(mine)) return;
        state.dieAfter -= 1;
        if (state.dieAfter > 0) return;
        world.say(`(at ${when} ${what})`);
        crash(world);
      },
      say: world.traced ? (line) => world.say(`${world.instances > 1 ? mine : 'daemon'}: ${line}`) : null,
      simulated: (wall) => wall - wallAt(0),
    });
    if (!time.hasEnded(mine)) state.life = life;
  };
  time.after(
    0,
    () => {
      start().catch((error: unknown) => {
        world.say(`the daemon could not start: ${String(error)}`);
        crash(world);
      });
    },
    state.name,
  );
}
