// The lives of the daemon in a world: it begins, dies, and begins again on the same disk.

import { createGearmanPort } from './gearman-port.ts';
import { startLife } from './life.ts';
import { createMasterPort } from './master-port.ts';
import { manager } from './setting.ts';
import { theWorld, wallAt } from './time.ts';
import { secondsAt, type World } from './world.ts';

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
  state.wellSince = Math.max(state.wellSince, time.now());
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
        store: await world.disk.open(manager),
        master,
        defect: world.defect,
      },
      gearman: (listener) =>
        (state.port = createGearmanPort({ time, chance: world.chance, server, manager }, listener)),
      checkpoint: (when, what) => {
        if (state.dieAfter === null || state.name !== mine || time.hasEnded(mine)) return;
        state.dieAfter -= 1;
        if (state.dieAfter > 0) return;
        world.say(`(at ${when} ${what})`);
        crash(world);
      },
      say: world.traced ? (line) => world.say(`daemon: ${line}`) : null,
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
