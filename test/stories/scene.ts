// What most stories of trouble stand on: cheap builders at a real Buildbot behind a proxy, a Gearman server, a gate and a client.

import {
  startBuildbot,
  type Buildbot,
  type BuildbotOptions,
  type Steering,
} from '../../src/servers/buildbot.ts';
import { startGearmand } from '../../src/servers/gearmand.ts';
import { startFaultProxy, type FaultProxy } from '../fault-proxy.ts';
import { gearmanPackets, httpRequests } from '../frames.ts';
import { connectGearmanClient, type GearmanClient } from '../gearman-client.ts';
import { startGeard } from '../geard/geard.ts';
import { until } from '../until.ts';
import { requestsFor, type RequestRow } from './evidence.ts';
import { commitOf, makeGate, type Gate, type GateOptions } from './gate.ts';

export interface Scene {
  readonly gate: Gate;
  readonly buildbot: Buildbot;
  /** Between the daemon and Buildbot. */
  readonly proxy: FaultProxy;
  /** Between the daemon and the Gearman server. */
  readonly gearmanProxy: FaultProxy;
  readonly client: GearmanClient;
  /** Another client of the same Gearman server. */
  connect(): Promise<GearmanClient>;
  /** What builds of `change(name)` do; nothing else is steered any more. */
  steer(name: string, steering: Steering, duration?: number): Promise<void>;
  requests(name: string): Promise<readonly RequestRow[]>;
  /** Resolves when builds of the change run on so many builders. */
  running(name: string, builders: number): Promise<void>;
  close(): Promise<void>;
}

export interface SceneOptions {
  readonly buildbot?: BuildbotOptions;
  /** The whole fleet, with a process for each worker, instead of three cheap builders. */
  readonly fleet?: boolean;
  readonly server?: 'gearmand' | 'geard';
  readonly gate?: Pick<GateOptions, 'maxJobs' | 'policy' | 'jobs' | 'env' | 'redis'>;
}

export const benchOne = 'Bench 01 3.x';
export const benchTwo = 'Bench 02 3.x';
export const benchThree = 'Bench 03 3.x';

/** The jobs that stories ask for, as YAML: `pair` on two builders, `single` on the third. */
export const sceneJobs = `
  - { name: pair, project: cpython, builders: { names: ["${benchOne}", "${benchTwo}"] }, policy: gate }
  - { name: single, project: cpython, builders: { names: ["${benchThree}"] }, policy: gate }`;

/** Starts the servers; the daemon is started, or not, by the story. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const [buildbot, gearman] = await Promise.all([
    // A build that hangs does so as long as any story lasts.
    startBuildbot({
      ...(options.fleet === true ? {} : { builders: 3, workers: 'shared' }),
      stepTimeout: 900,
      ...options.buildbot,
    }),
    options.server === 'geard' ? startGeard() : startGearmand(),
  ]);
  const proxy = await startFaultProxy({ port: Number(new URL(buildbot.url).port), framing: httpRequests });
  const gearmanProxy = await startFaultProxy({ port: gearman.port, framing: gearmanPackets });
  const gate = await makeGate({
    buildbot: { url: `http://127.0.0.1:${proxy.port}/`, users: buildbot.users },
    gearman: [`127.0.0.1:${gearmanProxy.port}`],
    ...options.gate,
    jobs: `${sceneJobs}${options.gate?.jobs ?? ''}`,
  });
  const clients: GearmanClient[] = [];
  const connect = async (): Promise<GearmanClient> => {
    const client = await connectGearmanClient(gearman.port);
    clients.push(client);
    return client;
  };
  const requests = (name: string) => requestsFor(buildbot.api, name);
  return {
    gate,
    buildbot,
    proxy,
    gearmanProxy,
    client: await connect(),
    connect,
    steer: (name, steering, duration = 10) =>
      buildbot.scenarios({ by_revision: { [commitOf(name)]: steering }, duration }),
    requests,
    running: async (name, builders) => {
      await until(async () => (await requests(name)).filter(runs).length === builders, {
        within: 45_000,
        what: `${builders} builds of ${name} to run`,
      });
    },
    async close() {
      for (const client of clients) client.close();
      await gate.close();
      await Promise.all([proxy.close(), gearmanProxy.close()]);
      await Promise.all([buildbot.stop(), gearman.stop()]);
    },
  };
}

function runs(request: RequestRow): boolean {
  return request.builds.some((build) => !build.complete);
}
