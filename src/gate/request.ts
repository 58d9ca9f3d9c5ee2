// What a gate job asks for: the job definition that serves it, and the exact source stamp that is to be proved.

export type Vcs = 'git' | 'hg';

/** An entry under `jobs:` of the configuration, validated. */
export interface JobDefinition {
  readonly name: string;
  readonly project: string;
  readonly builders: {
    readonly tags?: readonly string[];
    readonly names?: readonly string[];
    readonly exclude?: readonly string[];
  };
  readonly policy: string;
  /** Globs; absent: any. */
  readonly branches?: readonly string[];
  /** Globs over repository URLs; absent: any. */
  readonly repositories?: readonly string[];
  /** One URL that stands in for ZUUL_URL/ZUUL_PROJECT. */
  readonly repository?: string;
  readonly vcs: Vcs;
  readonly testSteps: readonly string[];
  /** `proved`: a build without got_revision is refused; `trusted`: a missing one will do. */
  readonly revision: 'proved' | 'trusted';
  readonly resultText: 'plain' | 'explained';
  /** Program and arguments that print the files of a change, one a line; absent: only the gatekeeper may say them. */
  readonly changedFiles?: readonly string[];
}

/** A policy of the configuration. All times in milliseconds. */
export interface Policy {
  /** Platform to number of builders that must pass; null: one for each platform of the plan's voting builders (RUNS.md 3.4). */
  readonly coverage: Readonly<Record<string, number>> | null;
  /** Retries per builder for infrastructure only. */
  readonly retries: number;
  readonly unheard: 'withdraw' | 'fail';
  readonly deadlines: {
    readonly offline: number;
    readonly queued: number;
    readonly running: number;
    readonly silent: number;
    readonly run: number;
  };
}

/** Lists of workers, globs. */
export interface StabilityLists {
  readonly stable: readonly string[];
  readonly unstable: readonly string[];
}

/** Platform name to globs over builder names, in the order of the configuration. */
export type Platforms = Readonly<Record<string, readonly string[]>>;

/** The exact thing to prove, read from the arguments of a Gearman job (RUNS.md 2.7). */
export interface Change {
  readonly project: string;
  readonly repository: string;
  readonly branch: string;
  /** The commit asked for, as the gatekeeper wrote it, lower case. */
  readonly revision: string;
  /** ZUUL_REF; may be empty. */
  readonly changeRef: string;
  /** What the force field `branch` gets: the ref, so that Buildbot's Git step can fetch it. */
  readonly forceBranch: string;
  /** The paths that the gatekeeper says it touches (GATE_FILES); null: it says none. */
  readonly files: readonly string[] | null;
}
