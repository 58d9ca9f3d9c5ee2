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

export interface BaseVotes {
  /** In whatever order builds come. */
  add(build: BaseVote): void;
  /** One for each commit and builder, its first; what was broken off counts once for each worker. Oldest first. */
  votes(): readonly BaseVote[];
  /** Whether more than one worker of the platform built the commit. */
  isShared(vote: BaseVote): boolean;
}

const commitOf = ({ platform, project, branch, revision }: BaseVote): string =>
  JSON.stringify([platform, project, branch, revision]);

export function gatherVotes(): BaseVotes {
  const first = new Map<string, BaseVote>();
  /** The only worker that built a commit; null: there are more. */
  const builtBy = new Map<string, string | null>();
  return {
    add(build) {
      const { project, branch, revision, builder, worker, says } = build;
      if (says === 'nothing') return;
      const of = says === 'tests' ? null : worker;
      const key = JSON.stringify([project, branch, revision, builder, says, of]);
      const known = first.get(key);
      if (known === undefined || known.completeAt >= build.completeAt) first.set(key, build);
      if (worker === null) return;
      const commit = commitOf(build);
      const other = builtBy.get(commit);
      builtBy.set(commit, other === undefined || other === worker ? worker : null);
    },
    votes: () => [...first.values()].sort((one, other) => one.completeAt - other.completeAt),
    isShared: (vote) => builtBy.get(commitOf(vote)) === null,
  };
}
