// Effects at Buildbot: each is one or a few calls, and whatever comes of it is told to the run as an event. What could not be
// done in its time ends without an outcome; the run asks again while it is still due.

import type { Master } from '../buildbot/master.ts';
import type { Reading } from '../flakes/reading.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import { sourceOf } from '../gate/change.ts';
import type { Effect } from '../gate/effect.ts';
import type { FoundRequest, RunEvent } from '../gate/event.ts';
import type { BuildsetFacts } from '../gate/facts.ts';
import type { Marker, RequestId, RunId } from '../gate/ids.ts';
import { readMarker, runPrefix } from '../gate/marker.ts';
import { runOfMarker } from '../gate/sweep.ts';
import type { Run } from '../gate/run.ts';
import type { KnowledgeStore } from './knowledge.ts';
import type { ChangedFiles } from './changed-files.ts';
import { pause } from './pause.ts';
import type { BuildInQuestion } from './read-build.ts';

/** Milliseconds. */
const afterBusy = 2_000;

export interface BuildbotCarrierParts {
  readonly master: Master;
  readonly knowledge: KnowledgeStore;
  readonly manager: string;
  /** A run in memory or in the journal. */
  readonly findRun: (id: RunId) => Promise<Run | null>;
  /** Whether a run in memory has the request, or we have asked Buildbot to cancel it: not to be adopted (RUNS.md 4.4). */
  readonly isTaken: (request: RequestId) => boolean;
  /** What went wrong in a finished build. */
  readonly read: (question: BuildInQuestion) => Promise<Reading>;
  readonly changedFiles: ChangedFiles;
}

export type BuildbotEffect = Exclude<Effect, { kind: 'announce' | 'answer' }>;

type Of<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;

async function force(parts: BuildbotCarrierParts, effect: Of<'force'>): Promise<RunEvent> {
  const { builders, marker, fields } = effect;
  const result = await parts.master.force({ builders, marker, fields });
  switch (result.kind) {
    case 'forced':
      parts.knowledge.up();
      parts.knowledge.buildset(result.buildset);
      break;
    case 'not-sent':
    case 'unclear':
      // Our own line was too long: another place in it is taken after a rest, and Buildbot is no less there for it.
      if (result.kind === 'not-sent' && result.busy === true) await pause(afterBusy);
      else parts.knowledge.away(result.why);
      break;
    case 'not-ready':
      parts.knowledge.refused(result.why);
      break;
    case 'refused':
      break;
  }
  return { kind: 'force-result', effect: effect.id, result };
}

function foundIn(buildset: BuildsetFacts, open: boolean): readonly FoundRequest[] {
  return buildset.requests
    .filter((request) => !open || !request.complete)
    .map(({ id, builder }) => ({
      builder,
      marker: buildset.marker as Marker,
      buildset: buildset.id,
      request: id,
    }));
}

/** One answered call first: a search counts only when it was begun after the master answered a later call (RUNS.md 4.2). */
async function search({ master, knowledge }: BuildbotCarrierParts, effect: Of<'search'>): Promise<RunEvent> {
  const newest = await master.newestBuildset();
  knowledge.buildset(newest);
  // A master that lost its database counts from one again: what lies behind an id of the time before is everything.
  const after = effect.after !== null && effect.after <= newest ? effect.after : null;
  const found = await master.buildsets({
    contains: effect.marker,
    ...(after === null ? {} : { after }),
    unfinished: false,
    withRequests: true,
  });
  const ours = found.filter((buildset) => buildset.marker === effect.marker);
  return {
    kind: 'search-result',
    effect: effect.id,
    found: ours.flatMap((buildset) => foundIn(buildset, false)),
  };
}

/** Unfinished votes with our key that no known run has; measures and controls found so are cancelled (RUNS.md 4.4). */
async function adopt(parts: BuildbotCarrierParts, effect: Of<'adopt'>): Promise<RunEvent> {
  const { master, manager } = parts;
  const buildsets = await master.buildsets({
    contains: ` ${effect.keyHash} `,
    unfinished: true,
    withRequests: true,
  });
  const found: FoundRequest[] = [];
  for (const buildset of buildsets) {
    const marker = readMarker(buildset.marker);
    const run = runOfMarker(buildset.marker, manager);
    if (marker?.key !== effect.keyHash || run === null) continue;
    const owner = await parts.findRun(run);
    const free = foundIn(buildset, true).filter(
      (each) =>
        // One that was adopted before keeps the marker of its lost run, so the marker alone does not tell.
        !parts.isTaken(each.request) &&
        owner?.attempts.some(
          (attempt) => attempt.marker === each.marker && attempt.builder === each.builder,
        ) !== true,
    );
    if (marker.role === 'vote') found.push(...free);
    else
      for (const { request } of free)
        await master.cancel(request, 'gearbridge: its run is not known any more');
  }
  return { kind: 'adoption', effect: effect.id, found };
}

async function vacancy({ master }: BuildbotCarrierParts, run: Run, effect: Of<'vacancy'>): Promise<RunEvent> {
  const wanted = run.terms === null ? null : sourceOf(run.terms.change, effect.base);
  const stamps = await master.unclaimed(effect.builder);
  const same = stamps.some(
    (stamp) =>
      stamp.branch === wanted?.branch &&
      stamp.revision === wanted.revision &&
      stamp.repository === wanted.repository &&
      stamp.project === wanted.project,
  );
  return { kind: 'vacancy-result', effect: effect.id, vacant: !same };
}

async function audit(
  { master, manager }: BuildbotCarrierParts,
  run: Run,
  effect: Of<'audit'>,
): Promise<RunEvent> {
  const buildsets = await master.buildsets({
    contains: runPrefix(manager, run.id),
    unfinished: false,
    withRequests: true,
  });
  const votes = buildsets.filter((buildset) => readMarker(buildset.marker)?.role === 'vote');
  const on = (builder: BuilderName) =>
    votes.flatMap((set) => set.requests).filter((request) => request.builder === builder);
  const requests = await master.requests(on(effect.builder).map((request) => request.id));
  return {
    kind: 'audit-result',
    effect: effect.id,
    began: requests.some((request) => request.builds.length > 0),
  };
}

async function read(parts: BuildbotCarrierParts, run: Run, effect: Of<'read'>): Promise<RunEvent> {
  const { terms } = run;
  if (terms === null) throw new Error('a run that forces nothing has no build to read');
  const { id, request, build, builder, role } = effect;
  const facts = run.attempts.flatMap(({ builds }) => builds).find((each) => each.id === build) ?? null;
  const began = Date.now();
  const changed = await parts.changedFiles(run);
  const left = Math.max(1_000, effect.within - (Date.now() - began));
  const platform = run.plan?.builders.find((each) => each.name === builder)?.platform ?? null;
  const question = { build, builder, role, terms, platform, facts, changed, within: left };
  return { kind: 'build-read', effect: id, request, build, reading: await parts.read(question) };
}

/** Does what the effect asks for and gives the event to tell. Rejects when Buildbot could not be asked. */
export async function carryToBuildbot(
  parts: BuildbotCarrierParts,
  run: Run,
  effect: BuildbotEffect,
): Promise<RunEvent> {
  const { master } = parts;
  switch (effect.kind) {
    case 'force':
      return force(parts, effect);
    case 'search':
      return search(parts, effect);
    case 'adopt':
      return adopt(parts, effect);
    case 'vacancy':
      return vacancy(parts, run, effect);
    case 'audit':
      return audit(parts, run, effect);
    case 'read':
      return read(parts, run, effect);
    case 'look':
      return {
        kind: 'build-seen',
        request: effect.request,
        build: await master.build(effect.build),
        effect: effect.id,
      };
    case 'cancel':
    case 'stop': {
      const outcome =
        effect.kind === 'cancel'
          ? await master.cancel(effect.request, effect.why)
          : await master.stop(effect.build, effect.why);
      if (outcome === 'failed')
        throw new Error(`Buildbot did not take the ${effect.kind} of request ${effect.request}`);
      return { kind: 'control-result', effect: effect.id, outcome };
    }
  }
}
