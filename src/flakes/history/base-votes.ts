// What landed commits say of workers and of rates: the first build of each commit on each builder (FLAKES.md 6.4, 6.3b rule 3).

import type { Kind } from '../kind.ts';

/** What is looked at of one failure. */
export interface VoteFailure {
  readonly kind: Kind;
  readonly testId: string | null;
  readonly excuseKey: string | null;
  readonly signature: string | null;
  readonly incident: string;
  /** Buildbot's own word (FLAKES.md 6.3b rule 2). */
  readonly infrastructure: boolean;
}

/** A finished build of the branch itself. */
export interface BaseVote {
  readonly project: string;
  readonly branch: string;
  readonly revision: string;
  readonly builder: string;
  readonly worker: string | null;
  readonly platform: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly completeAt: number;
  /** It says something of the tests; `broken`: Buildbot broke it off, which says something of the machine alone. */
  readonly says: 'tests' | 'broken' | 'nothing';
  readonly failures: readonly VoteFailure[];
}

export const day = 86_400_000;

/** Gathers builds, the newest first, into one vote for each commit and builder; what was broken off counts once for each worker. */
export function gatherVotes(): {
  add(build: BaseVote): void;
  /** Oldest first. */
  votes(): readonly BaseVote[];
} {
  const first = new Map<string, BaseVote>();
  return {
    add(build) {
      const { project, branch, revision, builder, worker, says } = build;
      if (says === 'nothing') return;
      const of = says === 'tests' ? null : worker;
      const key = JSON.stringify([project, branch, revision, builder, says, of]);
      const known = first.get(key);
      if (known === undefined || known.completeAt >= build.completeAt) first.set(key, build);
    },
    votes: () => [...first.values()].sort((one, other) => one.completeAt - other.completeAt),
  };
}

/** A branch of a project, as a key. */
export function lineOf({ project, branch }: Pick<BaseVote, 'project' | 'branch'>): string {
  return JSON.stringify([project, branch]);
}
