// The stand-in as a process: STAND_IN_FLEET says which builders; whoever forked it asks by messages, and it ends with him.

import { fleetOf, type FleetOptions } from './fleet.ts';
import { checkScenarios, type Steer } from './scenarios.ts';
import { startServing, type Served } from './serve.ts';
import type { User } from './users.ts';

/** A question with a number of its own; the answer has the same. */
export type Question =
  | { readonly id: number; readonly ask: 'steer'; readonly table: Steer }
  | { readonly id: number; readonly ask: 'figures' }
  | { readonly id: number; readonly ask: 'unseen'; readonly since: number }
  | { readonly id: number; readonly ask: 'ends' | 'unfinished'; readonly revisions: readonly string[] };

export interface Figures {
  /** Requests to the stand-in since its start, by method and first word of the path. */
  readonly counts: Readonly<Record<string, number>>;
  /** Builds that run now, and requests that are not complete. */
  readonly live: number;
  readonly unfinished: number;
  readonly builds: number;
  readonly duplicates: number;
}

export type Said =
  | { readonly kind: 'ready'; readonly port: number; readonly passwords: Readonly<Record<User, string>> }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown };

/** Milliseconds of the machine's monotonic clock, which all its processes share, for a time of this one. */
function shared(at: number): number {
  return at + Number(process.hrtime.bigint()) / 1e6 - performance.now();
}

function figures({ world, counts }: Served): Figures {
  const open = [...world.openRequests];
  const live = open.filter(({ builds }) => builds.at(-1)?.ended === null).length;
  return {
    ...{ counts: Object.fromEntries(counts), live, unfinished: open.length },
    ...{ builds: world.builds.size, duplicates: world.duplicates() },
  };
}

function answer(served: Served, question: Question): unknown {
  switch (question.ask) {
    case 'steer':
      served.world.steer(checkScenarios(question.table));
      return null;
    case 'figures':
      return figures(served);
    case 'unseen': {
      const { openRequests, looked } = served.world;
      return [...openRequests].filter(({ id }) => shared(looked.get(id) ?? 0) < question.since).length;
    }
    case 'unfinished': {
      const wanted = new Set(question.revisions);
      return [...served.world.openRequests].filter(({ stamp }) => wanted.has(stamp.revision)).length;
    }
    case 'ends':
      return question.revisions.map((revision) => {
        const at = served.world.ends.get(revision);
        return at === undefined ? null : shared(at);
      });
  }
}

const served = await startServing(fleetOf(JSON.parse(process.env['STAND_IN_FLEET'] ?? '{}') as FleetOptions));
const say = (said: Said): void => void process.send?.(said);
process.on('message', (question: Question) => {
  say({ kind: 'answer', id: question.id, value: answer(served, question) });
});
process.once('disconnect', () => process.exit(0));
say({ kind: 'ready', port: served.port, passwords: served.users.passwords });
