// A Buildbot in miniature for random courses: it knows the truth of every request that was ever made, says it when asked, and
// carries out what a run asks for, well or badly.

import type { ReadFailure, Reading } from '../../../src/flakes/reading.ts';
import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import type { Effect } from '../../../src/gate/effect.ts';
import type { FoundRequest, RunEvent } from '../../../src/gate/event.ts';
import type { BuildFacts, RequestFacts, Results } from '../../../src/gate/facts.ts';
import type { BuildId, Marker } from '../../../src/gate/ids.ts';
import { readMarker } from '../../../src/gate/marker.ts';
import { aFailure, aFlake, base, known, red, seen } from '../flakes/decide/a-case.ts';
import { aReading, aStep, commit, ids } from './a-run.ts';

interface TrueRequest extends RequestFacts {
  readonly marker: Marker;
}

interface End {
  readonly results: Results;
  readonly tests: Results | null;
  readonly revision: string | null;
}

/** Ways in which a build may end. */
export const ends: readonly End[] = [
  { results: 0, tests: 0, revision: commit },
  { results: 1, tests: 1, revision: commit },
  { results: 2, tests: 2, revision: commit },
  { results: 5, tests: null, revision: commit },
  { results: 5, tests: 2, revision: commit },
  { results: 4, tests: null, revision: commit },
  { results: 2, tests: null, revision: null },
  { results: 0, tests: 0, revision: 'b2'.repeat(20) },
  { results: 0, tests: null, revision: commit },
  { results: 6, tests: null, revision: null },
];

const flaky: ReadFailure = aFlake({
  evidence: { ...known, failures: 3, fleet: { failures: 120, runs: 12_000 } },
});
const doubtful = aReading({ doubt: 'the summary is cut' });

/** What may be read of a vote that went wrong; the gate may forgive some, never the last three. */
const votes: readonly Reading[] = [
  aReading({ failures: [flaky], base }),
  aReading({ failures: [aFailure({ evidence: seen })], base }),
  aReading({ failures: [aFailure({ evidence: red })], base }),
  aReading({ failures: [aFailure()], base }),
  aReading({ failures: [aFailure({ kind: 'compile' })], base }),
  aReading({ failures: [aFailure({ excuseKey: null })], base }),
  doubtful,
];

/** How often what was repeated failed again; null: nobody can tell. */
const again = [1, 6, 20, null, 1] as const;

function repeatsOf(failed: number | null): Reading {
  if (failed === null) return doubtful;
  const byKey = failed === 0 ? {} : { [flaky.excuseKey ?? '']: failed };
  return aReading({ repeats: { ran: failed === 6 ? 6 : 20, failed, byKey } });
}

type ForceEffect = Extract<Effect, { kind: 'force' }>;

export class Master {
  readonly requests: TrueRequest[] = [];
  /** Force calls that are still on their way. */
  readonly delayed: ForceEffect[] = [];
  /** What went wrong in the builds that have ended. */
  readonly readings = new Map<BuildId, Reading>();
  private nextId = 100;

  make(call: ForceEffect): readonly TrueRequest[] {
    const buildset = ids.buildset(++this.nextId);
    const made = call.builders.map((builder) => ({
      id: ids.request(++this.nextId),
      buildset,
      builder,
      marker: call.marker,
      claimed: false,
      complete: false,
      results: null,
      builds: [],
    }));
    this.requests.push(...made);
    return made;
  }

  private put(request: TrueRequest, fields: Partial<TrueRequest>): void {
    const at = this.requests.findIndex((each) => each.id === request.id);
    const before = this.requests[at];
    if (before !== undefined) this.requests[at] = { ...before, ...fields };
  }

  private open(): readonly TrueRequest[] {
    return this.requests.filter((request) => !request.complete);
  }

  /** A worker takes some request that waits. */
  claim(pick: number): void {
    const waiting = this.open().filter((request) => !request.claimed);
    const request = waiting[pick % Math.max(1, waiting.length)];
    if (request === undefined) return;
    const id = ids.build(++this.nextId);
    const build: BuildFacts = {
      id,
      number: id,
      worker: 'w' as WorkerName,
      complete: false,
      results: null,
      startedAt: 1,
      completeAt: null,
      state: 'building',
      revision: null,
      steps: null,
      stepTimedOut: null,
      waitsForLock: false,
      growth: '1',
    };
    this.put(request, { claimed: true, builds: [...request.builds, build] });
  }

  /** Some running build ends. */
  finish(pick: number, end: End): void {
    const running = this.open().filter((request) => request.claimed);
    const request = running[pick % Math.max(1, running.length)];
    if (request === undefined) return;
    this.note(request, end, pick);
    // Where a control builds what it was asked for, that is the base.
    const isControl = readMarker(request.marker)?.role === 'control';
    this.end(request, isControl && end.revision === commit ? { ...end, revision: base.revision } : end);
  }

  private note(request: TrueRequest, end: End, pick: number): void {
    const build = request.builds.at(-1);
    const turn = Math.floor(pick / ends.length);
    const isVote = readMarker(request.marker)?.role === 'vote';
    const reading = isVote
      ? votes[turn % votes.length]
      : repeatsOf(end.tests === 0 ? 0 : (again[turn % again.length] ?? null));
    if (build !== undefined && reading !== undefined) this.readings.set(build.id, reading);
  }

  private end(request: TrueRequest, end: End): void {
    const retried = end.results === 5;
    const builds = request.builds.map((build) =>
      build.complete
        ? build
        : {
            ...build,
            complete: true,
            results: end.results,
            completeAt: 2,
            state: 'ended',
            revision: end.revision,
            steps: end.tests === null ? [] : [aStep({ results: end.tests })],
            stepTimedOut: false,
            growth: 'end',
          },
    );
    this.put(request, { claimed: false, complete: !retried, results: retried ? null : end.results, builds });
  }

  /** Buildbot merges some request away that waits. */
  merge(pick: number): void {
    const waiting = this.open().filter((request) => !request.claimed);
    const request = waiting[pick % Math.max(1, waiting.length)];
    if (request !== undefined) this.put(request, { complete: true, results: 3 });
  }

  /** What REST lists: builds without their steps. */
  listing(): readonly RequestFacts[] {
    return this.requests.map(({ marker: _, ...request }) => ({
      ...request,
      builds: request.builds.map((build) => ({ ...build, steps: null, stepTimedOut: null })),
    }));
  }

  build(id: BuildId): BuildFacts | undefined {
    return this.requests.flatMap((request) => request.builds).find((build) => build.id === id);
  }

  began(builder: BuilderName): boolean {
    return this.requests.some((request) => request.builder === builder && request.builds.length > 0);
  }

  private found(marker: Marker): readonly FoundRequest[] {
    return this.requests
      .filter((request) => request.marker === marker)
      .map(({ builder, buildset, id }) => ({ builder, marker, buildset, request: id }));
  }

  /** Does what is asked for; null where there is nothing to do here. */
  carry(effect: Effect): RunEvent | null {
    switch (effect.kind) {
      case 'announce':
        return { kind: 'announced', effect: effect.id };
      case 'answer':
        return { kind: 'answered', effect: effect.id, delivery: 'confirmed' };
      case 'adopt':
        return { kind: 'adoption', effect: effect.id, found: [] };
      case 'force': {
        const made = this.make(effect);
        const requests = made.map(({ builder, id }) => ({ builder, request: id }));
        const buildset = made[0]?.buildset ?? ids.buildset(0);
        const result = { kind: 'forced', buildset, requests } as const;
        return { kind: 'force-result', effect: effect.id, result };
      }
      case 'search':
        return { kind: 'search-result', effect: effect.id, found: this.found(effect.marker) };
      case 'vacancy': {
        const left = this.open().some((request) => request.builder === effect.builder && !request.claimed);
        return { kind: 'vacancy-result', effect: effect.id, vacant: !left };
      }
      case 'audit':
        return { kind: 'audit-result', effect: effect.id, began: this.began(effect.builder) };
      case 'read': {
        const { request, build } = effect;
        const reading = this.readings.get(build) ?? doubtful;
        return { kind: 'build-read', effect: effect.id, request, build, reading };
      }
      case 'look': {
        const build = this.build(effect.build);
        if (build === undefined) return null;
        return { kind: 'build-seen', request: effect.request, build, effect: effect.id };
      }
      case 'cancel':
      case 'stop': {
        const request = this.open().find((each) => each.id === effect.request);
        if (request?.claimed === true) this.end(request, { results: 6, tests: null, revision: null });
        else if (request !== undefined) this.put(request, { complete: true, results: 6 });
        return { kind: 'control-result', effect: effect.id, outcome: 'asked' };
      }
    }
  }
}
