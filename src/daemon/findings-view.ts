// What is shown of the findings: those of the workers and the branch that a report is about.

import type { FindingsView, FlakesScope } from '../views/flakes.ts';
import { iso, oneLine } from '../views/text.ts';
import type { Findings } from './findings.ts';

const nameRoom = 200;
const whyRoom = 500;
const mostShown = 100;

/** Findings narrowed to a scope. A builder has no findings of its own: workers and branches are looked at whole. */
export function findingsView(
  findings: Findings | null,
  { branch, worker }: Pick<FlakesScope, 'branch' | 'worker'>,
): FindingsView | null {
  if (findings === null) return null;
  const { at, votes, complete, blames, proposals, incidents } = findings;
  const isAbout = (one: { readonly worker: string }): boolean => (worker ?? one.worker) === one.worker;
  return {
    at: iso(at),
    votes,
    complete,
    workers: blames
      .filter(isAbout)
      .slice(0, mostShown)
      .flatMap(({ worker: name, platform, family, blame, p, q, why }) => {
        if (blame === 'unclear') return [];
        const names = { worker: oneLine(name, nameRoom), platform: oneLine(platform, nameRoom) };
        return [{ ...names, family: oneLine(family, nameRoom), blame, p, q, why: oneLine(why, whyRoom) }];
      }),
    proposals: proposals
      .filter(isAbout)
      .slice(0, mostShown)
      .map(({ worker: name, to, why }) => ({
        worker: oneLine(name, nameRoom),
        to,
        why: oneLine(why, whyRoom),
      })),
    regressions: incidents
      .filter((incident) => (branch ?? incident.branch) === incident.branch)
      .slice(0, mostShown)
      .map(({ kind, name, project, branch: line, why, state, openedAt, lastSeen }) => ({
        kind,
        name: oneLine(name, nameRoom),
        project: oneLine(project, nameRoom),
        branch: oneLine(line, nameRoom),
        why: oneLine(why, whyRoom),
        opened_at: iso(openedAt),
        last_seen: iso(lastSeen),
        open: state !== 'quiet',
      })),
  };
}
