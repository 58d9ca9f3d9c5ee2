// The logs of running steps that are followed: found by the events of a step, or by name where no event tells of steps.

import type { Master } from '../buildbot/master.ts';
import type { StdioPlace } from '../buildbot/log-pages.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import type { BuildFacts } from '../gate/facts.ts';
import type { BuildId, RunId } from '../gate/ids.ts';
import type { Terms } from '../gate/run.ts';
import { createLiveLog, type LiveLog, type LiveLogParts } from './live-log.ts';

/** A build of a run that is not decided. */
export interface RunningBuild {
  readonly run: RunId;
  readonly build: BuildId;
  readonly builder: BuilderName;
  readonly terms: Terms;
  readonly platform: string | null;
  readonly facts: BuildFacts;
}

/** Moments are monotonic milliseconds. */
export interface FollowedLog {
  readonly of: RunningBuild;
  readonly step: string;
  /** The id that events name; null: it is asked for by its name. */
  readonly stepId: number | null;
  readonly unhear: () => void;
  log: LiveLog;
  lookedAt: number;
  looking: boolean;
  /** It shows a failure. */
  hot: boolean;
  /** Lines that events told of first and last, and when; null: none did. */
  told: { readonly first: number; readonly last: number; readonly at: number } | null;
}

export interface FollowedLogs {
  all(): readonly FollowedLog[];
  has(one: FollowedLog): boolean;
  get(build: BuildId, step: string): FollowedLog | undefined;
  /** Begins at the first line. Does nothing where too many are followed, or this one is already. */
  follow(of: RunningBuild, step: { readonly name: string; readonly id: number | null }): void;
  /** An event told how many lines the log of a step has. */
  hear(step: number, lines: number): FollowedLog | undefined;
  /** Reads it from its first line again, with the signatures that are in force now. */
  anew(one: FollowedLog): void;
  leave(one: FollowedLog): void;
}

export interface FollowedLogsParts extends LiveLogParts {
  readonly master: Pick<Master, 'nextLines' | 'listenToLog'>;
  readonly mono: () => number;
}

const most = 200;
/** Milliseconds. */
const minute = 60_000;

export function createFollowedLogs(parts: FollowedLogsParts): FollowedLogs {
  const { master, mono } = parts;
  const followed = new Map<string, FollowedLog>();
  const byStep = new Map<number, FollowedLog>();
  const keyOf = (build: BuildId, step: string): string => `${build} ${step}`;

  const open = (of: RunningBuild, step: string, id: number | null): LiveLog => {
    const place: StdioPlace =
      id === null ? { kind: 'named', build: of.build, step } : { kind: 'step', step: id };
    const { builder, platform, facts, terms } = of;
    const known = { worker: facts.worker, platform, branch: terms.change.branch };
    return createLiveLog(parts, place, { format: 'contents', repeated: false, step, builder, facts: known });
  };
  const leave = (one: FollowedLog): void => {
    const key = keyOf(one.of.build, one.step);
    one.log.drop();
    one.unhear();
    if (followed.get(key) === one) followed.delete(key);
    if (one.stepId !== null) byStep.delete(one.stepId);
  };
  return {
    all: () => [...followed.values()],
    has: (one) => followed.get(keyOf(one.of.build, one.step)) === one,
    get: (build, step) => followed.get(keyOf(build, step)),
    follow(of, { name, id }) {
      const key = keyOf(of.build, name);
      const known = followed.get(key);
      if (followed.size >= most || (known !== undefined && (known.stepId !== null || id === null))) return;
      if (known !== undefined) leave(known);
      const one: FollowedLog = {
        of,
        step: name,
        stepId: id,
        unhear: id === null ? () => undefined : master.listenToLog(id),
        log: open(of, name, id),
        // Nobody will tell when one that is asked for by name grows: its first look is due at once.
        lookedAt: id === null ? mono() - minute : mono(),
        looking: false,
        hot: false,
        told: null,
      };
      followed.set(key, one);
      if (id !== null) byStep.set(id, one);
    },
    hear(step, lines) {
      const one = byStep.get(step);
      if (one === undefined) return undefined;
      const { first, last } = one.told ?? { first: lines, last: lines };
      one.told = { first, last: Math.max(last, lines), at: mono() };
      return one;
    },
    anew(one) {
      one.log.drop();
      one.log = open(one.of, one.step, one.stepId);
    },
    leave,
  };
}
