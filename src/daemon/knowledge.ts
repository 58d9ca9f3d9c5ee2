// What is known of the outside at this moment: is Buildbot there, does it take our calls, who is in the fleet.

import type { Finding } from '../buildbot/master.ts';
import { hasWorker, type Builder, type BuilderName } from '../fleet/fleet.ts';
import type { BuildsetId } from '../gate/ids.ts';

export interface Knowledge {
  readonly buildbot: 'up' | 'away';
  /** Milliseconds since 1970 at which that began. */
  readonly since: number;
  readonly awayWhy: string;
  /** Null once the master's check had no error; else why no force call is taken (RUNS.md 4.8). */
  readonly notReady: string | null;
  readonly findings: readonly Finding[];
  readonly fleet: readonly Builder[] | null;
  /** Milliseconds since 1970 at which the fleet was read. */
  readonly fleetAt: number;
  readonly present: ReadonlySet<BuilderName> | null;
  readonly newestBuildset: BuildsetId | null;
  /** Functions for which a job waits at some server; null: a server could not be asked (RUNS.md 9.1). */
  readonly waiting: ReadonlySet<string> | null;
}

export interface KnowledgeStore {
  get(): Knowledge;
  /** Buildbot has answered something. */
  up(): void;
  away(why: string): void;
  checked(findings: readonly Finding[]): void;
  /** A force call was refused for a reason that is nobody's fault. */
  refused(why: string): void;
  fleet(builders: readonly Builder[]): void;
  buildset(id: BuildsetId): void;
  waiting(functions: ReadonlySet<string> | null): void;
  /** Called after each change that a run may wait for; must not throw. */
  watch(listener: () => void): void;
}

const nothing: Knowledge = {
  buildbot: 'away',
  since: 0,
  awayWhy: 'it was not asked yet',
  notReady: 'Buildbot was not asked yet',
  findings: [],
  fleet: null,
  fleetAt: 0,
  present: null,
  newestBuildset: null,
  waiting: null,
};

function firstError(findings: readonly Finding[]): string | null {
  return findings.find((finding) => finding.level === 'error')?.sentence ?? null;
}

/** Keeps what is known; `wall` gives milliseconds since 1970. */
export function createKnowledge(wall: () => number): KnowledgeStore {
  let known: Knowledge = { ...nothing, since: wall() };
  const listeners = new Set<() => void>();
  const learn = (fields: Partial<Knowledge>): void => {
    known = { ...known, ...fields };
    for (const listener of listeners) listener();
  };
  return {
    get: () => known,
    up() {
      if (known.buildbot === 'away') learn({ buildbot: 'up', since: wall(), awayWhy: '' });
    },
    away(why) {
      if (known.buildbot === 'up') learn({ buildbot: 'away', since: wall(), awayWhy: why });
      else known = { ...known, awayWhy: why };
    },
    checked: (findings) => {
      learn({ findings, notReady: firstError(findings) });
    },
    refused: (why) => {
      learn({ notReady: why });
    },
    fleet: (builders) => {
      const present = new Set(builders.filter(hasWorker).map((builder) => builder.name));
      learn({ fleet: builders, fleetAt: wall(), present });
    },
    buildset(id) {
      if (known.newestBuildset === null) learn({ newestBuildset: id });
      else if (id > known.newestBuildset) known = { ...known, newestBuildset: id };
    },
    waiting(functions) {
      known = { ...known, waiting: functions };
    },
    watch: (listener) => void listeners.add(listener),
  };
}
