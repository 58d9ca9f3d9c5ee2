// Cases for the decision, each a plain one with what a test is about laid over it.

import { decide } from '../../../../src/flakes/decide/decide.ts';
import type {
  BuilderCase,
  CaseAttempt,
  CaseOutcome,
  CasePolicy,
  Ruling,
} from '../../../../src/flakes/decide/case.ts';
import type { KeyEvidence, NamedBy, ReadFailure, Reading } from '../../../../src/flakes/reading.ts';

export const builder = 'AMD64 Debian 3.x';

export const known: KeyEvidence = {
  redBase: 0,
  baseCommits: 0,
  failures: 1,
  runs: 300,
  fleet: { failures: 4, runs: 12_000 },
  suspended: null,
};

export const seen: KeyEvidence = { ...known, baseCommits: 1 };
export const red: KeyEvidence = { ...known, redBase: 2, baseCommits: 2 };

export const flake: NamedBy = {
  id: 'FLK-12',
  state: 'active',
  allowed: true,
  maxRate: 0.05,
  containsFix: false,
};

/** A first sighting that the change cannot have touched. */
export function aFailure(over: Partial<ReadFailure> = {}): ReadFailure {
  const file = over.file === undefined ? 'test_ssl' : over.file;
  return {
    testId: `${file ?? 'test_odd'}.Tests.test_connect`,
    file,
    kind: 'test-failure',
    message: 'timed out',
    lines: [10, 20],
    step: 'test',
    fingerprint: 'f00d',
    excuseKey: `f00d:${file ?? 'test_odd'}.Tests.test_connect`,
    incident: 'beef',
    cleared: false,
    signature: null,
    class: 'new',
    touched: false,
    evidence: null,
    ...over,
  };
}

export const aFlake = (over: Partial<ReadFailure> = {}) =>
  aFailure({ signature: flake, evidence: known, ...over });

export const base = { revision: 'b'.repeat(40), branch: 'main' };

export function aReading(failures: readonly ReadFailure[], over: Partial<Reading> = {}): Reading {
  return { failures, more: 0, doubt: null, repeats: null, base, ...over };
}

export function vote(failures: readonly ReadFailure[], over: Partial<Reading> = {}): CaseAttempt {
  return { builder, role: 'vote', outcome: 'failed', reading: aReading(failures, over) };
}

/** A repeated build: `byKey` says how often which failure came again. */
export function repeats(
  role: 'measure' | 'control',
  ran: number,
  again: readonly (readonly [ReadFailure | string, number])[] = [],
): CaseAttempt {
  const byKey = Object.fromEntries(
    again.map(([of, count]) => [typeof of === 'string' ? of : (of.excuseKey ?? ''), count]),
  );
  const failed = again.reduce((sum, [, count]) => sum + count, 0);
  const reading = aReading([], { repeats: { ran, failed, byKey } });
  return { builder, role, outcome: failed === 0 ? 'passed' : 'failed', reading };
}

export function ended(
  role: 'measure' | 'control',
  outcome: CaseOutcome,
  reading: Reading | null = null,
): CaseAttempt {
  return { builder, role, outcome, reading };
}

/** A whole build on the change or its base. */
export function whole(role: 'measure' | 'control', failures: readonly ReadFailure[] = []): CaseAttempt {
  return ended(role, failures.length === 0 ? 'passed' : 'failed', aReading(failures));
}

/** Votes of other builders: so many passed, so many show the failure. */
export function others(passed: number, showing = 0, failure: ReadFailure = aFlake()): readonly CaseAttempt[] {
  return Array.from({ length: passed + showing }, (_, index) => ({
    ...vote([failure]),
    builder: `builder ${index}`,
    ...(index < passed ? { outcome: 'passed', reading: null } : {}),
  }));
}

export const policy: CasePolicy = {
  coverageWithout: true,
  canRepeat: null,
  wholeBuildsFit: true,
  budgets: [],
};

export function aCase(attempts: readonly CaseAttempt[], over: Partial<CasePolicy> = {}): BuilderCase {
  return { builder, attempts, policy: { ...policy, ...over } };
}

/** The ruling on a case of these attempts among 39 builders that passed. */
export function ruled(attempts: readonly CaseAttempt[], over: Partial<CasePolicy> = {}): Ruling {
  return decide(aCase([...others(39), ...attempts], over));
}

export const flaky = aFlake();
export const novel = aFailure();
/** It was seen on the base. */
export const old = aFailure({ evidence: seen });
/** A failure that nothing else in a case knows. */
export const stray = aFailure({ file: 'test_other', excuseKey: 'f00d:test_other' });

/** A repeated build on the change in which one failure came again so often. */
export const measured = (failure: ReadFailure, failed: number, ran = 20) =>
  repeats('measure', ran, [[failure, failed]]);
/** The same on the base. */
export const controlled = (failure: ReadFailure, failed: number, ran = 20) =>
  repeats('control', ran, [[failure, failed]]);
