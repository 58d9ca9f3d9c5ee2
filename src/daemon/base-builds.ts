// What a build of the fleet is to the history: whose project it is of, whether it is a base build (FLAKES.md 6.3), and its record.

import type { ListedBuild } from '../buildbot/build-list.ts';
import type { Config } from '../config/config.ts';
import type { ReadFailure, Reading } from '../flakes/reading.ts';
import type { Builder, BuilderName } from '../fleet/fleet.ts';
import { matchesAny } from '../fleet/glob.ts';
import { select } from '../fleet/selection.ts';
import type { BuildFacts } from '../gate/facts.ts';
import type { JobDefinition, Platforms } from '../gate/request.ts';
import type { BuildRecord, FailureRecord, Ruling } from '../store/build-record.ts';

/** A finished build of a builder that some job is for. */
export interface FleetBuild {
  readonly listed: ListedBuild & { readonly builder: BuilderName; readonly completeAt: number };
  readonly definition: JobDefinition;
  /** Of the branch itself, and nobody's force made it. */
  readonly isBase: boolean;
}

const textRoom = 300;

function definitionOf(
  { builder, project }: ListedBuild,
  config: Pick<Config, 'jobs'>,
  fleet: readonly Builder[],
): JobDefinition | null {
  const known = fleet.filter(({ name }) => name === builder);
  const jobs = config.jobs.filter((job) => select(known, job.builders).length > 0);
  return jobs.find((job) => job.project === project) ?? jobs[0] ?? null;
}

/** A pull request's build carries its own ref as its branch: nothing of it has landed. */
function isBranch(branch: string, { branches }: JobDefinition): boolean {
  if (branch === '' || branch.startsWith('refs/')) return false;
  return branches === undefined || matchesAny(branches, branch);
}

/** What the history is told of a listed build; null for one that runs, is the gate's, or is of a builder that no job is for. */
export function fleetBuild(
  listed: ListedBuild,
  config: Pick<Config, 'jobs'>,
  fleet: readonly Builder[],
): FleetBuild | null {
  const { builder, completeAt } = listed;
  if (builder === null || completeAt === null || listed.gated) return null;
  const definition = definitionOf(listed, config, fleet);
  if (definition === null) return null;
  const isBase = !listed.forced && listed.revision !== '' && isBranch(listed.branch, definition);
  return { listed: { ...listed, builder, completeAt }, definition, isBase };
}

/** Whether its logs say more than its result: it failed, warned (a re-run inside may have cleared a failure), or broke. */
export function wantsReading({ results }: ListedBuild): boolean {
  return results === 1 || results === 2 || results === 4;
}

/** Whether it says something of the tests (RUNS.md section 6); `facts` is null for a build that passed. */
function isJudged({ listed, definition }: FleetBuild, facts: BuildFacts | null): boolean {
  if (listed.results === 0) return true;
  if (listed.results !== 1 && listed.results !== 2) return false;
  const ran = facts?.steps?.some(
    ({ name, complete, results }) =>
      definition.testSteps.includes(name) && complete && (results === 0 || results === 1 || results === 2),
  );
  return ran === true || (listed.results === 2 && listed.checkedOut);
}

/** The first platform whose globs match; a builder in none is a platform of its own (RUNS.md 3.4). */
export function platformOf(builder: BuilderName, platforms: Platforms): string {
  const found = Object.entries(platforms).find(([, globs]) => matchesAny(globs, builder));
  return found?.[0] ?? builder;
}

/** A failure as it is kept, with what became of it. */
export function failureRecord(failure: ReadFailure, ruling: Ruling | null): FailureRecord {
  const { testId, kind, message, step, lines, fingerprint, excuseKey, incident, cleared } = failure;
  return {
    testId: testId?.slice(0, textRoom) ?? null,
    kind,
    message: message?.slice(0, textRoom) ?? null,
    step: step.slice(0, textRoom),
    lines,
    fingerprint,
    excuseKey,
    incident,
    signature: failure.signature?.id ?? null,
    class: failure.class,
    ruling,
    cleared,
  };
}

/** What was read of a build; `facts` is null where it could not be looked at. */
export interface BuildRead {
  readonly facts: BuildFacts | null;
  readonly reading: Reading;
}

/** The record of a build of the fleet; what was read of it is null where it passed. */
export function fleetRecord(build: FleetBuild, read: BuildRead | null, platforms: Platforms): BuildRecord {
  const { listed, definition, isBase } = build;
  const { id, number, builder, worker, branch, revision, startedAt, completeAt, results } = listed;
  return {
    id,
    number,
    builder,
    worker,
    platform: platformOf(builder, platforms),
    project: definition.project,
    branch,
    revision,
    startedAt: startedAt * 1_000,
    completeAt: completeAt * 1_000,
    results: results ?? 4,
    source: isBase ? 'base' : 'other',
    role: null,
    judged: isJudged(build, read?.facts ?? null),
    failures: read?.reading.failures.map((failure) => failureRecord(failure, null)) ?? [],
    more: read?.reading.more ?? 0,
    doubt: read?.reading.doubt ?? null,
  };
}
