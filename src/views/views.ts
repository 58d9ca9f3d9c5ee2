// The port through which web and CLI see the daemon. Implemented in daemon/; calls may read the store or Buildbot, each with a
// deadline of the implementation's own, and reject with an Error whose message can be shown.

import type { FlakesViews } from './flakes.ts';
import type { FailedLogs, JobList, JobView, PlanView, ReadinessPart, StatusView } from './document.ts';

/** What a job from the command line asks for. */
export interface Submission {
  readonly job: string;
  readonly branch: string;
  readonly revision: string;
  readonly ref?: string;
  /** More parameters of the gatekeeper's kind, such as ZUUL_CHANGE. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export type Found<Name extends string, Value> =
  ({ readonly kind: 'ok' } & Readonly<Record<Name, Value>>) | { readonly kind: 'not-found' };

export type PlanOutcome =
  | { readonly kind: 'ok'; readonly plan: PlanView }
  /** No such job definition; `known` names those that there are. */
  | { readonly kind: 'not-found'; readonly known: readonly string[] }
  /** It would end as CONFIG_ERROR, with this sentence. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Buildbot or another dependency cannot be asked. */
  | { readonly kind: 'unavailable'; readonly why: string };

/** What may be seen. */
export interface Views {
  status(): Promise<StatusView>;
  /** Newest first; `limit` is 1 to 200, `before` the `next` of the page before. */
  jobs(query: { readonly limit: number; readonly before?: number }): Promise<JobList>;
  job(number: string): Promise<Found<'job', JobView>>;
  /** The last `lines` lines of each failed step of a job's newest builds; bounded in number and size. */
  failedLogs(number: string, lines: number): Promise<Found<'failed', FailedLogs>>;
  plan(submission: Submission): Promise<PlanOutcome>;
  /** Failures over time. */
  readonly flakes: FlakesViews;
  readiness(): Promise<readonly ReadinessPart[]>;
  /** The Prometheus exposition text. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /**
   * Calls back with the number of each job that changed, synchronously and without bound on its rate: the listener gathers.
   * Returns the function that ends it. A listener must not throw.
   */
  watch(listener: (number: string) => void): () => void;
}
