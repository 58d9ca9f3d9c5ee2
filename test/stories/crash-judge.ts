// What must be true of every play, wherever the daemon died: 0 lost, 0 false SUCCESS, 0 duplicates.

import type { SubmittedJob } from '../gearman-client.ts';
import type { Course, Played } from './crash-course.ts';
import type { RequestRow } from './evidence.ts';
import { commitOf } from './gate.ts';

export type FaultKind = 'lost' | 'false SUCCESS' | 'duplicate' | 'other';

export interface Fault {
  readonly kind: FaultKind;
  readonly what: string;
}

const endings = new Set(['WORK_COMPLETE', 'WORK_FAIL', 'WORK_EXCEPTION']);

function* faultsOfJob(course: Course, played: Played, job: SubmittedJob): Generator<Fault> {
  const ends = job.packets.filter((packet) => endings.has(packet.name)).map((packet) => packet.name);
  if (ends.length !== 1 || ends[0] !== 'WORK_COMPLETE')
    yield { kind: 'lost', what: `the client of job ${job.unique} got as ends: ${ends.join(', ') || 'none'}` };
  const { result } = job.build;
  if (result === 'SUCCESS' && (course.word !== 'SUCCESS' || !isProved(course, played)))
    yield { kind: 'false SUCCESS', what: `${course.word} was due: ${JSON.stringify(played.requests)}` };
  else if (result !== course.word)
    yield { kind: 'other', what: `job ${job.unique} ended ${String(result)} instead of ${course.word}` };
}

/** Whether each builder has a build of the commit that passed. */
function isProved(course: Course, { name, requests }: Played): boolean {
  return Object.keys(course.requests).every((builder) =>
    requests
      .filter((request) => request.builder === builder)
      .flatMap(({ builds }) => builds)
      .some((build) => build.complete && build.results === 0 && build.revision === commitOf(name)),
  );
}

function* faultsOfRequests(course: Course, requests: readonly RequestRow[]): Generator<Fault> {
  const builders = new Set([...Object.keys(course.requests), ...requests.map(({ builder }) => builder)]);
  for (const builder of builders) {
    const due = course.requests[builder] ?? 0;
    const there = requests.filter((request) => request.builder === builder);
    if (there.length === due) continue;
    const what = `${builder} got ${there.length} requests instead of ${due}: ${JSON.stringify(there)}`;
    yield { kind: there.length > due ? 'duplicate' : 'other', what };
  }
  const left = requests.filter((request) => !request.complete);
  if (left.length > 0) yield { kind: 'other', what: `left at Buildbot: ${JSON.stringify(left)}` };
  const { withoutBuild } = course;
  if (withoutBuild === undefined) return;
  const empty = requests.filter(({ builds, results }) => builds.length === 0 && results === 6);
  if (empty.length !== withoutBuild)
    yield { kind: 'duplicate', what: `not cancelled before it was built: ${JSON.stringify(requests)}` };
}

/** Everything that is wrong with a play; nothing is what is wanted. */
export function faultsOf(course: Course, played: Played): readonly Fault[] {
  return [
    ...(played.trouble === null ? [] : [{ kind: 'other', what: played.trouble } as const]),
    ...played.jobs.flatMap((job) => [...faultsOfJob(course, played, job)]),
    ...faultsOfRequests(course, played.requests),
  ];
}
