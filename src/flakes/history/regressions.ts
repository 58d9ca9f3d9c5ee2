// Regression incidents: a flake that comes far more often than it used to, and a bug that is back though its signature is resolved
// (FLAKES.md 6.3, 6.4). Landed commits only.

import type { Count } from '../statistics/rate.ts';
import { jumps, type Recent } from '../statistics/surprise.ts';
import { day, lineOf, type BaseVote, type VoteFailure } from './base-votes.ts';
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

interface Named {
  readonly name: string;
  readonly by: 'signature' | 'key';
}

/** By what a failure is known: its signature, else its excuse key. */
function namesOf(failures: readonly VoteFailure[]): readonly Named[] {
  const named = new Map<string, Named>();
  for (const { signature, excuseKey } of failures) {
    const name = signature ?? excuseKey;
    if (name !== null) named.set(name, { name, by: signature === null ? 'key' : 'signature' });
  }
  return [...named.values()];
}

interface Seen extends Named {
  readonly line: Pick<BaseVote, 'project' | 'branch'>;
  today: number;
  before: number;
  lastSeen: number;
}

interface Line {
  readonly seen: Map<string, Seen>;
  readonly runs: { today: number; before: number };
}

function count(votes: readonly BaseVote[], now: number): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const vote of votes) {
    const { says, completeAt, project, branch, failures } = vote;
    if (says !== 'tests' || completeAt < now - shortDays * day) continue;
    const line = lines.get(lineOf(vote)) ?? { seen: new Map<string, Seen>(), runs: { today: 0, before: 0 } };
    lines.set(lineOf(vote), line);
    const when = completeAt >= now - day ? 'today' : 'before';
    line.runs[when] += 1;
    for (const named of namesOf(failures)) {
      const blank = { ...named, line: { project, branch }, today: 0, before: 0, lastSeen: 0 };
      const known = line.seen.get(named.name) ?? blank;
      line.seen.set(named.name, known);
      known[when] += 1;
      known.lastSeen = Math.max(known.lastSeen, completeAt);
    }
  }
  return [...lines.values()];
}

/** Of what was known before, whose rate jumped in the last 24 hours, sure enough among all that were looked at. */
function rateJumps(votes: readonly BaseVote[], now: number): readonly Regression[] {
  const known = count(votes, now).flatMap(({ seen, runs }) =>
    [...seen.values()]
      // What no signature names and nobody saw before is no flake whose rate could jump.
      .filter(({ by, before }) => by === 'signature' || before > 0)
      .map((each) => {
        const of = (when: 'today' | 'before'): Count => ({ failures: each[when], runs: runs[when] });
        return { each, recent: { today: of('today'), before: of('before') } satisfies Recent };
      }),
  );
  const found = jumps(known.map(({ recent }) => recent));
  return known.flatMap(({ each: { name, line, lastSeen }, recent }, index): readonly Regression[] =>
    found[index]?.discovery === true
      ? [{ kind: 'rate-jump', ...line, name, why: jumpSentence(name, recent), lastSeen }]
      : [],
  );
}

/** When each commit of a branch was first seen in a base build. */
function landings(votes: readonly BaseVote[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const vote of votes) {
    const key = `${lineOf(vote)} ${vote.revision}`;
    first.set(key, Math.min(first.get(key) ?? Infinity, vote.startedAt));
  }
  return first;
}

/** Hits of resolved signatures on commits that contain the fix: those first seen after it. */
function undoneFixes(
  votes: readonly BaseVote[],
  resolved: ReadonlyMap<string, number>,
): readonly Regression[] {
  const landed = landings(votes);
  const found = new Map<string, Regression>();
  for (const vote of votes) {
    const { project, branch, revision, builder, completeAt } = vote;
    const at = landed.get(`${lineOf(vote)} ${revision}`) ?? 0;
    for (const { signature } of vote.failures) {
      const fixedAt = signature === null ? undefined : resolved.get(signature);
      if (signature === null || fixedAt === undefined || at <= fixedAt) continue;
      const why = `${signature} is resolved, and commit ${revision}, which contains the fix, failed so on ${builder}`;
      found.set(`${lineOf(vote)} ${signature}`, {
        ...{ kind: 'fix-undone', project, branch, name: signature, why },
        lastSeen: completeAt,
      });
    }
  }
  return [...found.values()];
}

/**
 * The regressions that votes of landed commits show, oldest votes first.
 *
 * @param terms.now milliseconds since 1970
 * @param terms.resolved when each resolved signature was, in milliseconds since 1970
 */
export function regressionsIn(
  votes: readonly BaseVote[],
  terms: { readonly now: number; readonly resolved: ReadonlyMap<string, number> },
): readonly Regression[] {
  return [...rateJumps(votes, terms.now), ...undoneFixes(votes, terms.resolved)];
}
