// A written case as the decision takes it: readings put together, defaults filled in.

import type { ReadFailure, Reading, Repeats } from '../reading.ts';
import { runFile } from '../test-id.ts';
import type { BuilderCase, CaseAttempt } from './case.ts';
import type {
  CaseDocument,
  WrittenAttempt,
  WrittenFailure,
  WrittenRepeats,
  WrittenSignature,
} from './document.ts';
import { mayTouch } from './touched.ts';
import { writtenBase, writtenEvidence } from './written-history.ts';

/** The excuse key of a written failure, where none is given: symptom and test; null where no test is known. */
function keyOf({ excuse_key: given, fingerprint, kind, test_id: test, file }: WrittenFailure): string | null {
  if (given !== undefined) return given;
  const place = test ?? file ?? null;
  return place === null ? null : `${fingerprint ?? kind}:${place}`;
}

function signatureOf(document: CaseDocument, failure: WrittenFailure): WrittenSignature | undefined {
  return document.signatures.find(({ id }) => id === failure.signature);
}

function named(signature: WrittenSignature | undefined): ReadFailure['signature'] {
  if (signature === undefined) return null;
  const { id, state, allowed, max_rate: maxRate, contains_fix: containsFix } = signature;
  return { id, state, allowed, maxRate, containsFix };
}

function read(document: CaseDocument, failure: WrittenFailure): ReadFailure {
  const { builder = document.builder, test_id: testId, kind, message, step, cleared } = failure;
  const excuseKey = keyOf(failure);
  const signature = signatureOf(document, failure);
  const file = failure.file === undefined ? testId && runFile(testId, null) : failure.file;
  return {
    testId,
    file,
    kind,
    message,
    lines: [0, 0],
    step,
    fingerprint: failure.fingerprint ?? kind,
    excuseKey,
    incident: failure.fingerprint ?? kind,
    cleared,
    signature: named(signature),
    class: failure.class ?? 'unknown',
    touched: failure.touched ?? mayTouch(document.policy.changed_files, file),
    evidence: writtenEvidence(document, { key: excuseKey, builder }, signature),
  };
}

/** A whole run tells its failures by their keys alone. */
function bare(excuseKey: string): ReadFailure {
  return {
    testId: null,
    file: null,
    kind: 'other',
    message: null,
    lines: [0, 0],
    step: '',
    fingerprint: excuseKey,
    excuseKey,
    incident: excuseKey,
    cleared: false,
    signature: null,
    class: 'unknown',
    touched: true,
    evidence: null,
  };
}

/** Without counts by key, all failing repeats showed the one failure of the vote, if it has just one. */
function repeatsOf({ ran, failed, by_key: given }: WrittenRepeats, keys: readonly string[]): Repeats {
  const [only] = keys;
  const byKey = given ?? (only !== undefined && keys.length === 1 && failed > 0 ? { [only]: failed } : {});
  return { ran, failed, byKey };
}

function attempt(document: CaseDocument, written: WrittenAttempt): CaseAttempt {
  const { builder = document.builder, role, repeats, doubt, more } = written;
  const own = document.failures
    .filter((failure) => (failure.builder ?? document.builder) === builder)
    .map((failure) => read(document, failure));
  const keys = [...new Set(own.flatMap(({ excuseKey }) => excuseKey ?? []))];
  const failures = role === 'vote' ? own : written.failures.map(bare);
  const bad = role === 'vote' || (repeats?.failed ?? 0) > 0 || failures.length > 0;
  const outcome = written.outcome ?? (bad ? 'failed' : 'passed');
  const reading: Reading = {
    failures,
    more,
    doubt,
    repeats: repeats === null ? null : repeatsOf(repeats, keys),
    base: writtenBase(document),
  };
  return { builder, role, outcome, reading: outcome === 'open' ? null : reading };
}

const plainVote: WrittenAttempt = { role: 'vote', repeats: null, failures: [], doubt: null, more: 0 };

/** Builders that are spoken of by failures alone voted once and failed. */
function impliedVotes({ builder, failures, attempts }: CaseDocument): readonly WrittenAttempt[] {
  const voted = new Set(
    attempts.filter(({ role }) => role === 'vote').map((each) => each.builder ?? builder),
  );
  const spokenOf = new Set([builder, ...failures.map((failure) => failure.builder ?? builder)]);
  return [...spokenOf].filter((name) => !voted.has(name)).map((name) => ({ ...plainVote, builder: name }));
}

function passedVotes(known: readonly CaseAttempt[], voters: number): readonly CaseAttempt[] {
  const names = new Set(known.map(({ builder }) => builder));
  return Array.from({ length: Math.max(0, voters - names.size) }, (_, index) => ({
    builder: `another builder ${index + 1}`,
    role: 'vote',
    outcome: 'passed',
    reading: null,
  }));
}

/** The case that a document describes. Pure: the same document gives the same case. */
export function caseOf(document: CaseDocument): BuilderCase {
  const { builder, policy } = document;
  const attempts = [...impliedVotes(document), ...document.attempts].map((each) => attempt(document, each));
  return {
    builder,
    attempts: [...passedVotes(attempts, policy.voting_builders ?? 0), ...attempts],
    policy: {
      coverageWithout: policy.coverage_without,
      canRepeat: policy.can_repeat,
      wholeBuildsFit: policy.whole_builds_fit,
      budgets: policy.budgets,
    },
  };
}
