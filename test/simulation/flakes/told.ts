// What the gate gets to know of the simulated world: readings of builds with the evidence of the past, as log reader and history would give them.

import type { CaseAttempt } from '../../../src/flakes/decide/case.ts';
import type { KeyEvidence, ReadFailure, Reading, Repeats } from '../../../src/flakes/reading.ts';
import { jumps } from '../../../src/flakes/statistics/surprise.ts';
import {
  baseBuilds,
  builders,
  flakes,
  longBuilds,
  runsOfBuilder,
  today,
  type Past,
  type Shown,
  type Trouble,
  type World,
} from './world.ts';

export const names: readonly string[] = Array.from({ length: builders }, (_, index) => `builder ${index}`);
const base = { revision: 'base', branch: 'main' };

/** A run as the gate sees it: who showed what. */
export interface Scene {
  readonly world: World;
  readonly pasts: readonly Past[];
  /** The file that the change touches, where there is a list. */
  readonly touched: number;
  readonly votes: readonly CaseAttempt[];
  /** Of each builder that failed. */
  readonly troubles: ReadonlyMap<number, readonly Trouble[]>;
}

/** Symptoms that nobody saw before differ from each other, and one is the same on all builders of its change. */
export function keyOf(trouble: Trouble): string {
  return trouble.looks >= 0 ? `flake:${trouble.looks}` : `new:${trouble.file}`;
}

function suspension(past: Past): string | null {
  const now = { failures: past.today, runs: today };
  const before = { failures: past.fleet - past.today, runs: baseBuilds - today };
  return jumps([{ today: now, before }])[0]?.suspended === true ? 'its rate jumped' : null;
}

/** 14 days, else 60, as the history counts (FLAKES.md 6.4). */
function fleetOf(past: Past | undefined): KeyEvidence['fleet'] {
  if (past === undefined) return { failures: 0, runs: longBuilds };
  return past.fleet > 0
    ? { failures: past.fleet, runs: baseBuilds }
    : { failures: past.long, runs: longBuilds };
}

function evidenceOf(past: Past | undefined, builder: number): KeyEvidence {
  const red = past?.red[builder] ?? 0;
  return {
    redBase: red === 0 ? 0 : red === 1 ? 1 : 2,
    // Failures of one flake are so rare that each is a commit of its own.
    baseCommits: past?.fleet ?? 0,
    failures: past?.failures[builder] ?? 0,
    runs: runsOfBuilder,
    fleet: fleetOf(past),
    suspended: past === undefined ? null : suspension(past),
  };
}

function failureOf(trouble: Trouble, builder: number, scene: Omit<Scene, 'votes'>): ReadFailure {
  const { world, pasts, touched } = scene;
  const known = trouble.looks >= 0;
  const signature = {
    id: `FLK-${trouble.looks}`,
    state: 'active',
    allowed: true,
    maxRate: 0.05,
    containsFix: false,
  } as const;
  return {
    testId: `test_${trouble.file}.Case.test`,
    file: `test_${trouble.file}`,
    kind: 'test-failure',
    message: null,
    lines: [1, 2],
    step: 'test',
    fingerprint: keyOf(trouble),
    excuseKey: keyOf(trouble),
    incident: keyOf(trouble),
    cleared: false,
    signature: known && trouble.looks < flakes && world.signatures ? signature : null,
    class: 'unknown',
    touched: !world.list || trouble.file === touched,
    evidence: evidenceOf(known ? pasts[trouble.looks] : undefined, builder),
  };
}

function reading(failures: readonly ReadFailure[], repeats: Repeats | null): Reading {
  return { failures, more: 0, doubt: null, repeats, base };
}

const passed = names.map((builder): CaseAttempt => ({
  builder,
  role: 'vote',
  outcome: 'passed',
  reading: null,
}));

/** The votes of all builders on one change. */
export function sceneOf(shown: readonly Shown[], told: Omit<Scene, 'votes' | 'troubles'>): Scene {
  const troubles = new Map<number, readonly Trouble[]>();
  for (const { builder, trouble } of shown) {
    const before = troubles.get(builder) ?? [];
    if (!before.some((other) => keyOf(other) === keyOf(trouble))) troubles.set(builder, [...before, trouble]);
  }
  const votes = [...passed];
  for (const [builder, own] of troubles) {
    const failures = own.map((trouble) => failureOf(trouble, builder, { ...told, troubles }));
    votes[builder] = {
      builder: names[builder] ?? '',
      role: 'vote',
      outcome: 'failed',
      reading: reading(failures, null),
    };
  }
  return { ...told, troubles, votes };
}

/** A finished measure or control. */
export function repeatedBuild(builder: number, role: 'measure' | 'control', repeats: Repeats): CaseAttempt {
  const outcome = repeats.failed === 0 ? 'passed' : 'failed';
  return { builder: names[builder] ?? '', role, outcome, reading: reading([], repeats) };
}
