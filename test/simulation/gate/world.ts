// The world of one course, before anything has happened in it.

import { seeded, type Chance } from '../flakes/chance.ts';
import { createBuildbot, type Buildbot } from './buildbot.ts';
import type { Defect } from './defect.ts';
import { createDisk, type Disk } from './disk.ts';
import { createGatekeeper, type Gatekeeper } from './gatekeeper.ts';
import type { GearmanPort } from './gearman-port.ts';
import { createGearmanServer, type GearmanServer } from './gearman-server.ts';
import type { Life } from './life.ts';
import { createNetwork, type Network } from './network.ts';
import { createOracle, type Oracle } from './oracle.ts';
import type { Plan } from './plan.ts';
import { drawSetting, type Setting } from './setting.ts';
import { baseCommit, knownTest, redTest, seenTest } from './symptoms.ts';
import { createSocket, type Socket } from './socket.ts';
import { theWorld, wallAt, type Time } from './time.ts';

/** Everything of one course. Faults reach into it. */
export interface World {
  readonly time: Time;
  readonly chance: Chance;
  readonly setting: Setting;
  readonly buildbot: Buildbot;
  readonly network: Network;
  readonly socket: Socket;
  readonly server: GearmanServer;
  readonly gatekeeper: Gatekeeper;
  readonly disk: Disk;
  readonly oracle: Oracle;
  /** Each daemon's own corner of the world: everything but connections to others, and its own state, is shared. */
  readonly daemons: readonly World[];
  /** Commits of which a daemon dies that works for them. */
  readonly poison: Set<string>;
  /** How many daemons there are, and which this one is. */
  readonly instances: number;
  readonly place: number;
  readonly state: {
    life: Life | null;
    port: GearmanPort | null;
    lives: number;
    name: string;
    noise: number;
    /** Checkpoints to pass before the daemon dies at one; null: it does not. */
    dieAfter: number | null;
    downFor: number;
    isFrozen: boolean;
    /** When it last went on after it had stood still. */
    thawedAt: number;
    notReadyUntil: number;
    forbiddenUntil: number;
    /** Since then nothing has gone wrong that would excuse a wait. */
    wellSince: number;
    /** To the master, when it was last looked. */
    calls: number;
  };
  readonly defect: Defect | null;
  /** Whether anybody keeps what is said. */
  readonly traced: boolean;
  say(line: string): void;
}

const second = 1_000;

/** Seconds since 1970 by the master's clock. */
export function secondsAt(simulated: number): number {
  return Math.floor(wallAt(simulated) / second);
}

type Common = Pick<
  World['state'],
  'lives' | 'noise' | 'notReadyUntil' | 'forbiddenUntil' | 'wellSince' | 'calls'
>;

/** A daemon's own state, with what is common to all of them behind it. */
function stateOver(common: Common): World['state'] {
  const own = { life: null, port: null, name: theWorld, dieAfter: null, downFor: second };
  const state = { ...common, ...own, isFrozen: false, thawedAt: -Infinity };
  for (const key of Object.keys(common) as (keyof Common)[])
    Object.defineProperty(state, key, {
      get: () => common[key],
      set: (value: number) => {
        common[key] = value;
      },
    });
  return state;
}

export function createWorld(
  plan: Plan,
  time: Time,
  { traced, say, defect }: Pick<World, 'traced' | 'say' | 'defect'>,
): World {
  const stream = (which: number): Chance => seeded(plan.seed * 16 + which);
  const setting = drawSetting(stream(1), stream(8), plan);
  const common = {
    lives: 0,
    noise: plan.noise,
    notReadyUntil: -1,
    forbiddenUntil: -1,
    wellSince: 0,
    calls: 0,
  };
  const calm = plan.faults.length === 0 && plan.noise === 0;
  const oracle: Oracle = createOracle({
    now: () => time.now(),
    buildbot: () => buildbot,
    voting: () => setting.voting,
    tests: {
      ...{ known: knownTest, seen: seenTest, red: redTest, base: baseCommit },
      isRedOnBase: (builder) => setting.symptoms.isRedOnBase(builder),
      faultOn: (commit, builder) =>
        setting.isAtFault(commit, builder) ? setting.symptoms.faultOf(commit) : null,
    },
    withdraws: setting.config.policies.get('gate')?.unheard === 'withdraw',
    mustPass: ({ change }) => calm && setting.isGood(change.commit) && setting.voting.length > 0,
  });
  const buildbot: Buildbot = createBuildbot({
    ...{ time, chance: stream(2), fleet: setting.fleet, merges: setting.merges },
    endOf: (request) => setting.endOf(request, common.noise),
    requested: (request) => {
      say(
        `buildbot: request ${request.id} on ${request.builder}${request.late ? ', late' : ''}: ${request.reason}`,
      );
      oracle.requested(request);
    },
  });
  const server = createGearmanServer(time, {
    name: '127.0.0.1:1',
    kind: plan.seed % 2 === 0 ? 'gearmand' : 'geard',
  });
  const gatekeeper = createGatekeeper({
    ...{ time, chance: stream(3), server },
    told: (launch, object, isEnd) => {
      if (isEnd || object['result'] !== undefined)
        say(
          `gatekeeper: ${launch.item.change.name} hears ${String(object['result'])}${isEnd ? '' : ' (data)'}: ${String(object['summary'])}`,
        );
      oracle.told(launch, object, isEnd);
    },
    ended: (item) => oracle.ended(item),
  });
  const instances = plan.instances ?? 1;
  const daemons: World[] = [];
  const everything = {
    ...{ time, setting, buildbot, server, gatekeeper, oracle, traced, say, defect, daemons, instances },
    poison: new Set<string>(),
    chance: stream(4),
    disk: createDisk(time, stream(7), (what) => oracle.lostUpdate(what)),
  };
  for (let place = 0; place < instances; place += 1)
    daemons.push({
      ...everything,
      place,
      state: stateOver(common),
      network: createNetwork(time, stream(5 + 16 * 1e6 * place)),
      socket: createSocket({ time, chance: stream(6 + 16 * 1e6 * place), seconds: secondsAt }, buildbot),
    });
  const [first] = daemons;
  if (first === undefined) throw new Error('a course without a daemon');
  return first;
}
