// The port through which the control socket acts on the daemon. Implemented in daemon/. Every outcome that a caller must tell
// apart is a value; a rejection is an accident, and its message can be shown.

import type { ResultWord } from '../gate/answer.ts';
import type { Submission } from './views.ts';

/** Who acts, for the audit: what the peer says of itself. The socket's mode is the proof of the right to act. */
export interface Caller {
  readonly name: string;
}

export type SubmitOutcome =
  | { readonly kind: 'ok'; readonly number: string; readonly url: string }
  | { readonly kind: 'not-found'; readonly known: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string }
  /** The store takes no writes, or the daemon is draining. */
  | { readonly kind: 'unavailable'; readonly why: string };

export type CancelOutcome =
  | { readonly kind: 'ok'; readonly number: string }
  | { readonly kind: 'not-found' }
  /** It is answered or closed already. */
  | { readonly kind: 'over'; readonly result: ResultWord | null }
  | { readonly kind: 'unavailable'; readonly why: string };

export type RecheckOutcome =
  | {
      readonly kind: 'ok';
      readonly number: string;
      /** Builders on which it is measured. */ readonly builders: readonly string[];
    }
  | { readonly kind: 'not-found' }
  /** It is not decided yet, or nothing failed that could be measured. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unavailable'; readonly why: string };

export type PromoteOutcome =
  | {
      readonly kind: 'ok';
      /** It was waiting, and is the first of the line now. */
      readonly moved: boolean;
      /** Requests put first at Buildbot, of those that wait there, and why one was not. */
      readonly raised: number;
      readonly waiting: number;
      readonly why: string;
    }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unavailable'; readonly why: string };

export type ForgetOutcome =
  /** Every job of the run. */
  | { readonly kind: 'ok'; readonly numbers: readonly string[] }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly why: string };

export type ModeOutcome =
  | { readonly kind: 'ok'; /** False: it was so already. */ readonly changed: boolean }
  | { readonly kind: 'unavailable'; readonly why: string };

export type ImportOutcome =
  | { readonly kind: 'ok' }
  /** One is under way already. */
  | { readonly kind: 'running' }
  | { readonly kind: 'unavailable'; readonly why: string };

/** One key of the configuration that differs; values are JSON, null where there is none. */
export interface ConfigChange {
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
  /** restart: a reload does not take it. */
  readonly reload: 'live' | 'restart';
}

export type ReloadOutcome =
  | { readonly kind: 'ok'; readonly changes: readonly ConfigChange[] }
  /** The file is wrong and nothing changed; each sentence is a finding. */
  | { readonly kind: 'refused'; readonly findings: readonly string[] };

/** One thing that journal, Buildbot and Gearman do not agree on. */
export interface DifferenceView {
  readonly where: 'journal' | 'buildbot' | 'gearman';
  readonly job: string | null;
  readonly about: string;
  readonly is: string;
  /** What the daemon does about it by itself. */
  readonly would: string;
}

export type ReconcileOutcome =
  | { readonly kind: 'ok'; readonly differences: readonly DifferenceView[]; readonly more: number }
  | { readonly kind: 'unavailable'; readonly why: string };

/** What may be done. */
export interface Actions {
  submit(submission: Submission, caller: Caller): Promise<SubmitOutcome>;
  cancel(number: string, reason: string, caller: Caller): Promise<CancelOutcome>;
  /** Measures what failed in a decided job once more, for a bug; changes no verdict (RUNS.md 9.8). */
  recheck(number: string, bug: string, caller: Caller): Promise<RecheckOutcome>;
  /** Moves a job forward: in our line, or at Buildbot. */
  promote(number: string, reason: string, caller: Caller): Promise<PromoteOutcome>;
  /** Removes the record of a job that is over. */
  forget(number: string, reason: string, caller: Caller): Promise<ForgetOutcome>;
  /** Start no new run and grab nothing (RUNS.md 9.5). */
  drain(caller: Caller): Promise<ModeOutcome>;
  resume(caller: Caller): Promise<ModeOutcome>;
  /** Has every loop look at once, unless it is a dry run, and says what still differs. */
  reconcile(dryRun: boolean, caller: Caller): Promise<ReconcileOutcome>;
  /** Reads the configuration anew; a wrong file changes nothing, a running job keeps its terms (RUNS.md 1.2). */
  reload(caller: Caller): Promise<ReloadOutcome>;
  /** What a reload would change. */
  compareConfig(): Promise<ReloadOutcome>;
  /** Starts reading Buildbot's finished builds of the last `window` milliseconds into the history. */
  importBuilds(window: number, caller: Caller): Promise<ImportOutcome>;
}
