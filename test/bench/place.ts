// A whole gate to be measured: Buildbot with bench builders, gearmand, a relay before each, the compiled daemon, and a
// gatekeeper's client that goes to gearmand directly.

import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import { startGearmand } from '../../src/servers/gearmand.ts';
import { connectGearmanClient, type GearmanClient } from '../gearman-client.ts';
import { change } from '../stories/gate.ts';
import type { Cleanup } from './cleanup.ts';
import { startGearmanRelay, type GearmanRelay } from './gearman-relay.ts';
import { startHttpRelay, type HttpRelay } from './http-relay.ts';
import { makeMeasuredDaemon, type MeasuredDaemon } from './measured-daemon.ts';

export interface PlaceOptions {
  readonly builders: number;
  readonly maxJobs?: number;
  /** YAML lines of `jobs:`; default: `all`, on every builder. */
  readonly jobs?: string;
  readonly refusesEvents?: boolean;
  /** The folder of signatures; default: none. */
  readonly signatures?: string;
  /**
   * Whether the master looks for requests to merge: with many that wait, that alone takes it seconds for each force call, and
   * where many jobs are only made ready for a measurement it may do without. Default: Buildbot's own.
   */
  readonly collapse?: 'default' | 'off';
}

export interface Place {
  readonly buildbot: Buildbot;
  readonly gearman: GearmanRelay;
  readonly http: HttpRelay;
  readonly daemon: MeasuredDaemon;
  readonly client: GearmanClient;
  /** gearmand itself. */
  readonly gearmandPort: number;
}

/** A job on every bench builder. */
export const everyBuilder = '  - { name: all, project: cpython, builders: { tags: [bench] }, policy: gate }';

/** A job on the first so many bench builders, under a name of its own. */
export function jobOn(name: string, builders: readonly number[]): string {
  const names = builders.map((number) => `"Bench ${String(number).padStart(2, '0')} 3.x"`).join(', ');
  return `  - { name: ${name}, project: cpython, builders: { names: [${names}] }, policy: gate }`;
}

let given = 0;

/** Arguments of a change that was never seen before. */
export function newChange(): Record<string, string> {
  return change(`bench ${(given += 1)}`);
}

/** Starts servers and relays; the daemon is made and not started. */
export async function openPlace(cleanup: Cleanup, options: PlaceOptions): Promise<Place> {
  const [buildbot, gearmand] = await Promise.all([
    startBuildbot({ builders: options.builders, collapse: options.collapse ?? 'default' }),
    startGearmand(),
  ]);
  cleanup.add(() => buildbot.stop());
  cleanup.add(() => gearmand.stop());
  const http = await startHttpRelay({
    port: Number(new URL(buildbot.url).port),
    refusesEvents: options.refusesEvents === true,
  });
  cleanup.add(() => http.close());
  const gearman = await startGearmanRelay(gearmand.port);
  cleanup.add(() => gearman.close());
  const daemon = await makeMeasuredDaemon({
    gearman: gearman.address,
    buildbot: http.url,
    password: buildbot.users.gate,
    maxJobs: options.maxJobs ?? 1,
    jobs: options.jobs ?? everyBuilder,
    ...(options.signatures === undefined ? {} : { signatures: options.signatures }),
  });
  cleanup.add(() => daemon.close());
  const client = await connectGearmanClient(gearmand.port);
  cleanup.add(() => client.close());
  return { buildbot, gearman, http, daemon, client, gearmandPort: gearmand.port };
}
