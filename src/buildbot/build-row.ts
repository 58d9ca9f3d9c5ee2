// Rows of builds and steps, as REST gives them, to the facts that the gate reads.

import type { WorkerName } from '../fleet/fleet.ts';
import type { BuildFacts, StepFacts } from '../gate/facts.ts';
import type { BuildId } from '../gate/ids.ts';
import { anyOf, countOf, flagOf, isRow, resultsOf, rowsOf, textOf, timeOf, WrongShape } from './read-json.ts';
import type { Row } from './read-json.ts';

/** The properties that a build is asked for with; `field=` cannot be combined with them (400, measured on 3.7). */
export const buildProperties = 'property=got_revision&property=workername';

/** The query that asks for a step's row without its urls, which a build fills as it likes. */
export const stepFields = [
  'stepid',
  'number',
  'name',
  'complete',
  'results',
  'started_at',
  'complete_at',
  'state_string',
]
  .map((name) => `field=${name}`)
  .join('&');

/** Builds write these texts; facts are kept in memory and in the journal. */
const textLimit = 500;

/** The first of `[value, source]`; undefined where there is no such property. */
export function property(row: Row, name: string): unknown {
  const properties = anyOf(row, 'properties');
  const pair = isRow(properties) ? anyOf(properties, name) : undefined;
  return Array.isArray(pair) ? (pair as readonly unknown[])[0] : undefined;
}

// A build of several codebases has a dictionary here; ours is the one named ''.
function revisionOf(row: Row): string | null {
  const value = property(row, 'got_revision');
  const own = isRow(value) ? anyOf(value, '') : value;
  return typeof own === 'string' && own !== '' ? own.slice(0, textLimit) : null;
}

function workerOf(row: Row): WorkerName | null {
  const value = property(row, 'workername');
  return typeof value === 'string' && value !== '' ? (value as WorkerName) : null;
}

export interface BuildRow {
  readonly request: number;
  readonly facts: BuildFacts;
}

/** One build, its steps not looked at: `steps` null and `growth` ''. */
export function readBuild(row: Row): BuildRow {
  const complete = flagOf(row, 'complete');
  const state = textOf(row, 'state_string').slice(0, textLimit);
  const startedAt = timeOf(row, 'started_at');
  if (startedAt === null) throw new WrongShape('started_at', 'a time');
  const facts: BuildFacts = {
    id: countOf(row, 'buildid') as BuildId,
    number: countOf(row, 'number'),
    worker: workerOf(row),
    complete,
    results: resultsOf(row, complete),
    startedAt,
    completeAt: timeOf(row, 'complete_at'),
    state,
    revision: revisionOf(row),
    steps: null,
    stepTimedOut: null,
    waitsForLock: !complete && state === 'acquiring locks',
    growth: '',
  };
  return { request: countOf(row, 'buildrequestid'), facts };
}

/** One step. */
export function readStep(row: Row): StepFacts {
  const complete = flagOf(row, 'complete');
  return {
    id: countOf(row, 'stepid'),
    number: countOf(row, 'number'),
    name: textOf(row, 'name').slice(0, textLimit),
    complete,
    results: resultsOf(row, complete),
    startedAt: timeOf(row, 'started_at'),
    completeAt: timeOf(row, 'complete_at'),
    state: textOf(row, 'state_string').slice(0, textLimit),
  };
}

/** All steps of a build, in their order. */
export function readSteps(body: Row): readonly StepFacts[] {
  return rowsOf(body, 'steps')
    .map(readStep)
    .sort((one, other) => one.number - other.number);
}

/** Whether a step has begun and stands before a lock (BUILDBOT.md section 6): it has a start, and its state is still the first. */
export function waitsForLock(step: StepFacts): boolean {
  return !step.complete && step.startedAt !== null && step.state === 'pending';
}
