// The fleet: builders and workers in two calls, joined by the workers' `configured_on`.

import type { Builder, Worker, WorkerName } from '../fleet/fleet.ts';
import { BuildbotError } from './buildbot-error.ts';
import { builderName } from './builder-names.ts';
import type { BuilderNames } from './builder-names.ts';
import type { Settings } from './options.ts';
import { countOf, flagOf, listOf, rowsOf, textOf, textsOf } from './read-json.ts';
import type { Row } from './read-json.ts';
import type { Rest } from './rest.ts';

/** A master that starts or stops shows half a fleet for about a second (measured); a configuration that looks so stays. */
const patience = 30_000;

interface BuilderRow {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
  /** Whether a master has it in its configuration; old builders stay in the list without one. */
  readonly configured: boolean;
}

function readBuilder(row: Row): BuilderRow {
  return {
    id: countOf(row, 'builderid'),
    name: textOf(row, 'name'),
    tags: textsOf(row, 'tags'),
    configured: listOf(row, 'masterids').length > 0,
  };
}

interface WorkerRow {
  readonly worker: Worker;
  readonly builders: readonly number[];
}

function readWorker(row: Row): WorkerRow {
  return {
    worker: {
      name: textOf(row, 'name') as WorkerName,
      connected: rowsOf(row, 'connected_to').length > 0,
      paused: flagOf(row, 'paused'),
      graceful: flagOf(row, 'graceful'),
    },
    builders: rowsOf(row, 'configured_on').map((place) => countOf(place, 'builderid')),
  };
}

function join(builders: readonly BuilderRow[], workers: readonly WorkerRow[]): readonly Builder[] {
  const byBuilder = new Map<number, Worker[]>();
  for (const { worker, builders: ids } of workers) {
    // One row per builder and master: several masters name a builder twice.
    for (const id of new Set(ids)) byBuilder.set(id, [...(byBuilder.get(id) ?? []), worker]);
  }
  return builders
    .filter((builder) => builder.configured)
    .map(({ id, name, tags }) => ({ id, name: builderName(name), tags, workers: byBuilder.get(id) ?? [] }));
}

function halfThere(): BuildbotError {
  return new BuildbotError({
    retry: 'transient',
    fault: 'bad-answer',
    method: 'GET',
    path: 'api/v2/workers',
    status: 200,
    sent: true,
    why: 'the master lists builders without any worker: it is starting or stopping',
  });
}

/** Reads the fleet; the names go to the name map as well. */
export function createFleetReader(
  rest: Rest,
  names: BuilderNames,
  settings: Settings,
): () => Promise<readonly Builder[]> {
  let halfSince: number | null = null;

  // Buildbot refuses a builder without workers in its configuration, so such a list is one in the making. A plan made from
  // it would judge with fewer builders than there are.
  const looksWhole = (fleet: readonly Builder[], rows: readonly BuilderRow[]): boolean => {
    const whole = rows.length === 0 || (fleet.length > 0 && fleet.every(({ workers }) => workers.length > 0));
    if (whole) {
      halfSince = null;
      return true;
    }
    halfSince ??= settings.clock.now();
    return settings.clock.now() - halfSince > patience;
  };

  return async () => {
    const rows = await rest.read({
      path: 'builders?field=builderid&field=name&field=tags&field=masterids',
      verb: 'builders',
      as: (body) => rowsOf(body, 'builders').map(readBuilder),
    });
    names.learn(new Map(rows.map((row) => [row.id, builderName(row.name)])));
    const workers = await rest.read({
      path: 'workers?field=name&field=configured_on&field=connected_to&field=paused&field=graceful',
      verb: 'workers',
      as: (body) => rowsOf(body, 'workers').map(readWorker),
    });
    const fleet = join(rows, workers);
    if (!looksWhole(fleet, rows)) throw halfThere();
    return fleet;
  };
}
