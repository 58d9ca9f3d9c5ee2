// What may be seen of failures over time: the documents of `/api/v1/flakes`, and the port that gives them. Text that came from builds
// is bounded and has its control characters made visible.

import type { Time } from './document.ts';

/** A rate in runs: first builds of landed commits. */
export interface RateView {
  readonly failures: number;
  readonly runs: number;
  /** null without a run. */
  readonly rate: number | null;
  /** Wilson's 95 % interval. */
  readonly low: number;
  readonly high: number;
  /** Fewer than 20 runs: the rate says little. */
  readonly small: boolean;
}

export interface FlakesRow extends RateView {
  readonly of: 'signature' | 'test' | 'builder' | 'worker' | 'branch';
  readonly name: string;
  /** null: too few runs to tell. */
  readonly trend: 'rising' | 'falling' | 'steady' | 'new' | null;
  /** Votes of changes in the gate, and those that failed so. */
  readonly gate_failures: number;
  readonly gate_runs: number;
  /** Failures in any build, and those that a re-run inside the build cleared. */
  readonly seen: number;
  readonly cleared: number;
  readonly forgiven: number;
  readonly withdrawn: number;
  /** Hours of builds that failed so. */
  readonly builder_hours: number;
  /** Days. For tests and signatures, of all that is kept; else of this report. */
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  /** Failures on each day. */
  readonly by_day: readonly number[];
}

/** A share of what was looked at. */
export interface ShareView {
  readonly count: number;
  readonly of: number;
  readonly rate: number | null;
  readonly low: number;
  readonly high: number;
}

/** One worker beside its siblings on the same platform and the same landed commits. */
export interface WorkerBlameView {
  readonly worker: string;
  readonly platform: string;
  /** The test file, or the kind, in which it stands out. */
  readonly family: string;
  /** `inseparable`: nobody can tell it from its platform. */
  readonly blame: 'blamed' | 'suspect' | 'inseparable';
  /** Fisher's, one-sided, and the share of false discoveries; null: compared with nobody. */
  readonly p: number | null;
  readonly q: number | null;
  readonly why: string;
}

/** A change of the worker lists that the figures speak for. People make it. */
export interface ProposalView {
  readonly worker: string;
  readonly to: 'stable' | 'unstable';
  readonly why: string;
}

export interface RegressionView {
  /** A flake comes far more often than it did; or what its signature calls resolved is back. */
  readonly kind: 'rate-jump' | 'fix-undone';
  /** Id of the signature, else the excuse key. */
  readonly name: string;
  readonly project: string;
  readonly branch: string;
  readonly why: string;
  readonly opened_at: Time;
  readonly last_seen: Time;
  /** False: the last look did not find it any more. */
  readonly open: boolean;
}

/** What the landed commits of two weeks show by themselves. */
export interface FindingsView {
  readonly at: Time;
  /** First builds of landed commits that were looked at. */
  readonly votes: number;
  /** False: there are more than were looked at. */
  readonly complete: boolean;
  readonly workers: readonly WorkerBlameView[];
  readonly proposals: readonly ProposalView[];
  readonly regressions: readonly RegressionView[];
}

export interface FlakesReport {
  /** First and last day (UTC), both included. */
  readonly from: string;
  readonly to: string;
  readonly branch: string | null;
  readonly builder: string | null;
  readonly worker: string | null;
  readonly builds: RateView;
  readonly gate: { readonly failures: number; readonly runs: number };
  /** Failures with a class that explains them. */
  readonly classified: ShareView;
  /** Excused failures that landed commits then showed as broken, among the newest that were looked at. */
  readonly falsely_excused: ShareView;
  /** Commits that passed and failed on one builder, among those tested twice or more: the only direct proof of flakes. */
  readonly flipped: ShareView;
  /** Hours of measures and controls. */
  readonly retry_hours: number;
  /** From the end of a vote that failed to the verdict of its run, the newest ones; null: none is known. */
  readonly to_verdict: { readonly median_seconds: number; readonly of: number } | null;
  /** Of the workers and the branch of this report; null: not looked yet. */
  readonly findings: FindingsView | null;
  readonly rows: readonly FlakesRow[];
  /** Rows left out, by subject. */
  readonly more: Readonly<Partial<Record<FlakesRow['of'], number>>>;
}

/** One failure of one build. */
export interface FailureView {
  readonly at: Time;
  readonly test_id: string | null;
  readonly kind: string;
  readonly message: string;
  readonly step: string;
  readonly lines: readonly [number, number];
  readonly class: string;
  readonly ruling: 'forgiven' | 'withdrawn' | 'failed' | null;
  readonly cleared: boolean;
  readonly signature: string | null;
  readonly key: string | null;
  readonly incident: string;
  readonly fingerprint: string;
  readonly builder: string;
  readonly worker: string | null;
  readonly branch: string;
  readonly revision: string;
  readonly source: 'base' | 'gate' | 'other';
  readonly build: number;
  readonly url: string;
}

/** All that is known of one key, test, signature or incident. */
export interface FlakeView {
  readonly of: 'key' | 'test' | 'signature' | 'incident';
  readonly name: string;
  readonly first_seen: Time;
  readonly last_seen: Time;
  /** Failures found, at most 1,000. */
  readonly count: number;
  /** Landed commits among them. */
  readonly commits: number;
  readonly builders: readonly { readonly name: string; readonly failures: number }[];
  readonly workers: readonly { readonly name: string; readonly failures: number }[];
  /** The newest ones. */
  readonly failures: readonly FailureView[];
}

/** Unexplained failures with one cause. */
export interface UnclassifiedView {
  /** Incidents whose texts differ by less than a tenth, or which the machines share within half an hour. */
  readonly group: string;
  readonly incidents: readonly string[];
  readonly count: number;
  readonly commits: number;
  readonly tests: readonly string[];
  readonly builders: readonly string[];
  readonly first_seen: Time;
  readonly last_seen: Time;
  readonly sample: FailureView;
  /** A signature to begin with, as YAML; null where none can be drafted. */
  readonly draft: string | null;
}

export interface UnclassifiedList {
  readonly groups: readonly UnclassifiedView[];
  /** Failures in them, of all failures looked at. */
  readonly unclassified: ShareView;
  /** False: there are more builds than were looked at. */
  readonly complete: boolean;
}

export interface FailureList {
  readonly failures: readonly FailureView[];
  /** False: there are more than are shown, or than were looked at. */
  readonly complete: boolean;
}

/** How far an import has come. */
export interface ImportView {
  readonly state: 'never' | 'running' | 'done' | 'stopped';
  /** Why it stopped. */
  readonly why: string;
  readonly since: Time | null;
  /** Builds up to here are read. */
  readonly reached: Time | null;
  readonly builds: number;
  readonly failures: number;
  /** Logs that were gone, too large or late: their builds are kept without failures. */
  readonly unread: number;
}

/** A failure as a signature is tried on it again. */
export interface PastFailureView {
  /** Buildbot's id and the start of the build, which together name it. */
  readonly build: string;
  /** The build passed all the same, and no re-run inside it cleared this. */
  readonly passed: boolean;
  readonly source: 'base' | 'gate' | 'other';
  readonly kind: string;
  readonly test_id: string | null;
  readonly message: string | null;
  readonly step: string;
  readonly builder: string;
  readonly worker: string | null;
  readonly platform: string;
  readonly branch: string;
  /** The signature that named it then. */
  readonly signature: string | null;
  readonly incident: string;
  /** Of the build at Buildbot. */
  readonly url: string;
}

export interface PastFailures {
  readonly failures: readonly PastFailureView[];
  /** `before` of the next page; null: this is the last. */
  readonly next: number | null;
}

/** What a report is narrowed to; null: any. */
export interface FlakesScope {
  /** Milliseconds. */
  readonly window: number;
  readonly branch: string | null;
  readonly builder: string | null;
  readonly worker: string | null;
}

/** What may be seen of failures over time. */
export interface FlakesViews {
  /** `top`: rows of each subject. */
  report(query: FlakesScope & { readonly top: number }): Promise<FlakesReport>;
  /** By excuse key, signature id, test id or incident; null: nothing is kept of it. */
  show(name: string): Promise<FlakeView | null>;
  unclassified(query: FlakesScope): Promise<UnclassifiedList>;
  search(query: FlakesScope & { readonly text: string }): Promise<FailureList>;
  importing(): Promise<ImportView>;
  /** Failures of finished builds, newest first, a page at a time; text as it was kept. `before`: milliseconds since 1970. */
  past(query: { readonly window: number; readonly before: number | null }): Promise<PastFailures>;
}
