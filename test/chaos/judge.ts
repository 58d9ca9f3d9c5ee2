// What must be true after an act, whatever went wrong in it: the gatekeeper's jobs against Buildbot's own database.

import type { SubmittedJob } from '../gearman-client.ts';
import { commitOf } from '../stories/gate.ts';
import { isGreen, jobBuilders } from './changes.ts';
import { extrasOf, type Extra } from './duplicates.ts';
import type { Edge } from './fault-kinds.ts';
import type { Item } from './gatekeeper.ts';
import { isStuck, type Ledger, type LedgerRequest } from './ledger.ts';

/** The bars: each has to be 0. */
export const bars = [
  'lost',
  'false SUCCESS',
  'false FAILURE',
  'duplicate',
  'duplicate found late',
  'left at Buildbot',
] as const;

export interface Breach {
  readonly bar: (typeof bars)[number];
  readonly what: string;
}

export interface Evidence {
  readonly edge: Edge;
  readonly items: readonly Item[];
  readonly ledger: Ledger;
  /** When somebody was frozen, cut off, dead or on the way back, so that nobody could find a duplicate; seconds since 1970. */
  readonly hindered: readonly (readonly [from: number, to: number])[];
}

const ends: ReadonlySet<string> = new Set(['WORK_COMPLETE', 'WORK_FAIL', 'WORK_EXCEPTION']);
/** Seconds: the sweep comes each 30 s, and asking, cancelling and stopping a build take a few more. */
const foundWithin = 35;

function endsOf({ packets }: SubmittedJob): readonly string[] {
  return packets.map(({ name }) => name).filter((name) => ends.has(name));
}

function* lostOf(item: Item): Generator<Breach> {
  const { change, verdict, dropped, launches } = item;
  const title = `${change.name} (${change.truth}, ${change.job})`;
  if (verdict === null && !dropped)
    yield { bar: 'lost', what: `${title} has no verdict after ${launches.length} launches` };
  for (const { job } of launches) {
    if (job === null) continue;
    const came = endsOf(job);
    if (came.length > 1)
      yield { bar: 'lost', what: `job ${job.unique} of ${title} ended ${came.join(', ')}` };
    // A null result makes the gatekeeper relaunch, and is never sent (DESIGN.md section 6).
    if (came[0] === 'WORK_COMPLETE' && typeof job.build.result !== 'string')
      yield { bar: 'lost', what: `job ${job.unique} of ${title} was completed without a result` };
  }
}

function votesFor(ledger: Ledger, item: Item): readonly LedgerRequest[] {
  const commit = commitOf(item.change.name);
  return ledger.filter(({ revision, role }) => revision === commit && role === 'vote');
}

/** Whether a build of the request proves the commit, and was over when the verdict came (the gatekeeper's clock is Buildbot's). */
function proves(request: LedgerRequest, { change, verdict }: Item): boolean {
  const by = (verdict?.at ?? 0) / 1000 + 1;
  return request.builds.some(
    ({ results, revision, completeAt }) =>
      (results === 0 || results === 1) &&
      revision === commitOf(change.name) &&
      completeAt !== null &&
      completeAt <= by,
  );
}

function* falseWords(item: Item, ledger: Ledger): Generator<Breach> {
  const { change, verdict } = item;
  const title = `${change.name} (${change.truth}, ${change.job})`;
  const votes = votesFor(ledger, item);
  const failed = votes.flatMap(({ builds }) => builds).some(({ results }) => results === 2);
  if (verdict?.word === 'FAILURE' && !failed)
    yield { bar: 'false FAILURE', what: `${title}: FAILURE, and no build of it failed` };
  if (verdict?.word !== 'SUCCESS') return;
  if (!isGreen(change.truth)) yield { bar: 'false SUCCESS', what: `${title}: SUCCESS` };
  for (const builder of jobBuilders[change.job]) {
    const there = votes.filter((request) => request.builder === builder);
    if (!there.some((request) => proves(request, item)))
      yield {
        bar: 'false SUCCESS',
        what: `${title}: no green build on ${builder}: ${JSON.stringify(there)}`,
      };
  }
}

/** Seconds for which the two were live while somebody could have found it. */
function foundable({ request, together }: Extra, hindered: Evidence['hindered']): number {
  if (together === null) return Infinity;
  let seconds = 0;
  for (let at = request.submittedAt; at < request.submittedAt + together; at += 1)
    if (!hindered.some(([from, to]) => at >= from && at <= to)) seconds += 1;
  return seconds;
}

function* duplicates({ edge, ledger, hindered }: Evidence): Generator<Breach> {
  for (const extra of extrasOf(ledger)) {
    const { request, of, why, together } = extra;
    const what = `request ${request.id} on ${request.builder}, ${why} (${of.id}), together for ${together ?? 'ever: both live'} s: ${JSON.stringify([of, request])}`;
    if (edge === 'sharp') yield { bar: 'duplicate', what };
    else if (foundable(extra, hindered) > foundWithin) yield { bar: 'duplicate found late', what };
  }
}

/** Everything that is wrong; nothing is what is wanted. */
export function breachesOf(evidence: Evidence): readonly Breach[] {
  const { items, ledger } = evidence;
  const left = ledger.filter((request) => request.completeAt === null && !isStuck(request));
  return [
    ...items.flatMap((item) => [...lostOf(item), ...falseWords(item, ledger)]),
    ...duplicates(evidence),
    ...left.map((request) => ({ bar: 'left at Buildbot' as const, what: JSON.stringify(request) })),
  ];
}
