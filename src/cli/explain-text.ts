// Failures of builders explained, as lines and as a document: the answer first, then the evidence for it.

import type { FoundFailureView, ReadingView } from '../views/document.ts';
import { visible } from '../views/text.ts';
import type { Known } from './explain-history.ts';
import { rateText } from './flakes-report.ts';
import { localTime } from './text.ts';

export interface ExplainedFailure extends FoundFailureView, Known {}

export interface ExplainedBuilder {
  readonly name: string;
  /** As the gate sees it; of a build alone Buildbot's word. */
  readonly state: string;
  readonly why: string;
  /** Of the build. */
  readonly url: string | null;
  readonly found: Omit<ReadingView, 'failures'> & { readonly failures: readonly ExplainedFailure[] };
}

/** `test-failure in test_ssl.T.test_x on AMD64 Debian 3.x and 2 more`. */
export function headline(
  builder: string,
  failure: Pick<FoundFailureView, 'kind' | 'test_id'>,
  more: number,
): string {
  const rest = more === 0 ? '' : ` and ${more} more`;
  return `${failure.kind} in ${failure.test_id ?? 'no test'} on ${builder}${rest}`;
}

const known: readonly string[] = ['known-flake', 'infrastructure', 'already-red', 'seen-on-base'];

/** Whether something other than the change explains a failure of this class. */
export function isExplained({
  class: found,
  excuses_nothing,
}: Pick<FoundFailureView, 'class' | 'excuses_nothing'>): boolean {
  if (found === 'infrastructure' || found === 'already-red') return true;
  return known.includes(found) && excuses_nothing === null;
}

/** What would change the answer about a failure that nothing explains so far. */
function wouldExplain({ signature, elsewhere }: ExplainedFailure): string {
  if (elsewhere !== null && elsewhere.commits > 0) {
    return `20 clean repeats on this builder, which a gate job makes: it was seen on ${landed(elsewhere.commits)}`;
  }
  const seen = 'the same failure in builds of what has landed';
  return signature === null
    ? `${seen}, or an active signature that names it (gearbridge signatures new)`
    : `${seen}, or ${signature} being active`;
}

function landed(commits: number): string {
  return `${commits} landed commit${commits === 1 ? '' : 's'}`;
}

const onBase = 'the same failure in repeats of the base on this builder';

/** What would change the answer about a failure of this class (FLAKES.md 6.3). */
function wouldChange(failure: ExplainedFailure): string {
  const { class: found, signature, excuses_nothing } = failure;
  if (excuses_nothing !== null && (found === 'known-flake' || found === 'seen-on-base')) return onBase;
  switch (found) {
    case 'known-flake':
      return `more than 5 failures in 20 repeats, or another failure among them; a rate above what ${signature ?? 'its signature'} allows`;
    case 'infrastructure':
      return 'nothing in the change: the build says nothing about it and is made again';
    case 'already-red':
      return 'a build of the base on this builder that passes';
    case 'seen-on-base':
      return 'one failure in 20 repeats on this builder';
    case 'new':
      return onBase;
    default:
      return wouldExplain(failure);
  }
}

function place({ step, lines: [first, last] }: FoundFailureView): string {
  if (first === 0) return `${step}, report`;
  return `${step}, ${first === last ? `line ${first}` : `lines ${first}-${last}`}`;
}

function elsewhereLines({ elsewhere }: ExplainedFailure): string[] {
  if (elsewhere === null) return ['elsewhere: in no other build that is known'];
  const { count, commits, builders, last_seen, newest } = elsewhere;
  const where = builders.map(({ name, failures }) => `${name} ${failures}`).join(', ');
  return [
    `elsewhere: ${count} in all, on ${landed(commits)}, last ${localTime(last_seen)}: ${where}`,
    ...newest.map(
      ({ at, source, builder, revision, url }) =>
        `  ${localTime(at)}  ${source}  ${builder}  ${revision.slice(0, 12)}  ${url}`,
    ),
  ];
}

function rateLine({ rate }: ExplainedFailure): string {
  if (rate === null) return 'rate: not known';
  return `rate: ${rate.failures} of ${rate.runs} builds of landed commits on this builder, ${rateText(rate)}`;
}

function paragraph(failure: ExplainedFailure): string[] {
  const { signature, kind, test_id, message, cleared, incident, excuses_nothing } = failure;
  const by = signature === null ? '' : ` ${signature}`;
  const again = cleared ? ', passed when it ran again' : '';
  const under = [
    ...(message === '' ? [] : [message]),
    ...(excuses_nothing === null ? [] : [`excuses nothing now: ${excuses_nothing}`]),
    `incident ${incident}`,
    ...elsewhereLines(failure),
    rateLine(failure),
    `would change it: ${wouldChange(failure)}`,
  ];
  return [
    `  ${failure.class}${by}: ${kind}  ${test_id ?? '-'}  (${place(failure)}${again})`,
    ...under.map((line) => `      ${line}`),
  ];
}

/** A builder and its failures, each with its evidence. */
export function builderLines({ name, state, why, url, found }: ExplainedBuilder): string[] {
  const said = why === '' ? '' : `: ${why}`;
  return [
    '',
    `${name}: ${state}${found.so_far ? ', still running' : ''}${said}`,
    ...(url === null ? [] : [`  ${url}`]),
    ...found.failures.flatMap(paragraph),
    ...(found.more === 0 ? [] : [`  and ${found.more} more`]),
    ...(found.doubt === null ? [] : [`  these may not be all: ${found.doubt}`]),
  ].map(visible);
}

/** A builder for `--json`. */
export function builderDocument({ found, ...builder }: ExplainedBuilder): object {
  const { so_far, more, doubt } = found;
  const failures = found.failures.map((failure) => ({ ...failure, would_change: wouldChange(failure) }));
  return { ...builder, so_far, more, doubt, failures };
}
