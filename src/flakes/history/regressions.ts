// Regression incidents: a flake that comes far more often than it used to, and a bug that is back though its signature is resolved
// (FLAKES.md 6.3, 6.4). Landed commits only.

import type { Count } from '../statistics/rate.ts';
import { jumps, type Recent } from '../statistics/surprise.ts';
import { day, type BaseVote, type VoteFailure } from './base-votes.ts';
import { jumpSentence, shortDays } from './evidence.ts';

export interface Regression {
  readonly kind: 'rate-jump' | 'fix-undone';
  readonly project: string;
  readonly branch: string;
  /** Id of a signature, else an excuse key. */
  readonly name: string;
  readonly why: string;
  /** Milliseconds since 1970 of the newest build that shows it. */
  readonly lastSeen: number;
}

/** Hits of resolved signatures that are looked at. */
const mostHits = 1_000;

interface Named {
  readonly name: string;
  readonly by: 'signature' | 'key';
}

/** By what a failure is known: its signature, else its excuse key. */
function namesOf(failures: readonly VoteFailure[]): Iterable<Named> {
  const named = new Map<string, Named>();
  for (const { signature, excuseKey } of failures) {
    const name = signature ?? excuseKey;
    if (name !== null) named.set(name, { name, by: signature === null ? 'key' : 'signature' });
  }
  return named.values();
}

interface Seen extends Named {
  today: number;
  before: number;
  lastSeen: number;
}

/** A branch of a project. */
interface Line {
  readonly project: string;
  readonly branch: string;
  readonly seen: Map<string, Seen>;
  readonly runs: { today: number; before: number };
  /** When each commit was first seen in a base build. */
  readonly landed: Map<string, number>;
}

function count(line: Line, { completeAt, failures }: BaseVote, now: number): void {
  if (completeAt < now - shortDays * day) return;
  const when = completeAt >= now - day ? 'today' : 'before';
  line.runs[when] += 1;
  if (failures.length === 0) return;
  for (const named of namesOf(failures)) {
    const known = line.seen.get(named.name) ?? { ...named, today: 0, before: 0, lastSeen: 0 };
    line.seen.set(named.name, known);
    known[when] += 1;
    known.lastSeen = Math.max(known.lastSeen, completeAt);
  }
}

/** Of what was known before, whose rate jumped in the last 24 hours, sure enough among all that were looked at. */
function rateJumps(lines: readonly Line[]): readonly Regression[] {
  const known = lines.flatMap(({ project, branch, seen, runs }) =>
    [...seen.values()]
      // What no signature names and nobody saw before is no flake whose rate could jump.
      .filter(({ by, before }) => by === 'signature' || before > 0)
      .map((each) => {
        const of = (when: 'today' | 'before'): Count => ({ failures: each[when], runs: runs[when] });
        return {
          each,
          project,
          branch,
          recent: { today: of('today'), before: of('before') } satisfies Recent,
        };
      }),
  );
  const found = jumps(known.map(({ recent }) => recent));
  return known.flatMap(({ each: { name, lastSeen }, project, branch, recent }, index) =>
    found[index]?.discovery === true
      ? [{ kind: 'rate-jump', project, branch, name, why: jumpSentence(name, recent), lastSeen } as const]
      : [],
  );
}

interface Hit {
  readonly line: Line;
  readonly vote: BaseVote;
  readonly signature: string;
  readonly fixedAt: number;
}

/** Hits on commits that contain the fix: those first seen after it. The newest of each signature tells. */
function undoneFixes(hits: readonly Hit[]): readonly Regression[] {
  const found = new Map<string, Regression>();
  for (const { line, vote, signature, fixedAt } of hits) {
    const { revision, builder, completeAt } = vote;
    if ((line.landed.get(revision) ?? 0) <= fixedAt) continue;
    const { project, branch } = line;
    const why = `${signature} is resolved, and commit ${revision}, which contains the fix, failed so on ${builder}`;
    found.set(JSON.stringify([project, branch, signature]), {
      ...{ kind: 'fix-undone', project, branch, name: signature, why },
      lastSeen: completeAt,
    });
  }
  return [...found.values()];
}

export interface RegressionWatch {
  /** The next vote, oldest first. */
  add(vote: BaseVote): void;
  found(): readonly Regression[];
}

/**
 * Looks for regressions in votes of landed commits.
 *
 * @param terms.now milliseconds since 1970
 * @param terms.resolved when each resolved signature was, in milliseconds since 1970
 */
export function watchRegressions(terms: {
  readonly now: number;
  readonly resolved: ReadonlyMap<string, number>;
}): RegressionWatch {
  const lines = new Map<string, Line>();
  const hits: Hit[] = [];
  const lineFor = ({ project, branch }: BaseVote): Line => {
    const key = JSON.stringify([project, branch]);
    const known = lines.get(key);
    if (known !== undefined) return known;
    const blank = { seen: new Map(), runs: { today: 0, before: 0 }, landed: new Map() };
    const line = { project, branch, ...blank };
    lines.set(key, line);
    return line;
  };
  return {
    add(vote) {
      if (vote.says !== 'tests') return;
      const line = lineFor(vote);
      const { revision, startedAt, failures } = vote;
      line.landed.set(revision, Math.min(line.landed.get(revision) ?? Infinity, startedAt));
      count(line, vote, terms.now);
      for (const { signature } of failures) {
        const fixedAt = signature === null ? undefined : terms.resolved.get(signature);
        if (signature !== null && fixedAt !== undefined) hits.push({ line, vote, signature, fixedAt });
      }
      if (hits.length > mostHits) hits.splice(0, hits.length - mostHits);
    },
    found: () => [...rateJumps([...lines.values()]), ...undoneFixes(hits)],
  };
}
