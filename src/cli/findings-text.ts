// What the landed commits show by themselves, a line each: regressions first, then workers, then lists to change.

import type { FindingsView, ProposalView, RegressionView, WorkerBlameView } from '../views/flakes.ts';
import { localTime } from './text.ts';

function regressionLine({ kind, name, branch, why, opened_at, last_seen, open }: RegressionView): string {
  const what = kind === 'rate-jump' ? `${name} excuses nothing now` : `${name} is back`;
  const state = open ? `since ${localTime(opened_at)}` : `quiet, last seen ${localTime(last_seen)}`;
  return `regression:       ${what} (${branch}, ${state}): ${why}`;
}

const blames: Readonly<Record<WorkerBlameView['blame'], string>> = {
  blamed: 'worker to blame:  ',
  suspect: 'worker suspected: ',
  inseparable: 'cannot tell:      ',
};

function workerLine({ worker, platform, blame, p, q, why }: WorkerBlameView): string {
  const sure = p === null || q === null ? '' : `, p=${p.toExponential(0)}, q=${q.toExponential(0)}`;
  return `${blames[blame]}${worker} (${platform}${sure}): ${why}`;
}

function proposalLine({ worker, to, why }: ProposalView): string {
  return `proposed:         fleet.${to}: "${worker}" (${why}); people change the lists`;
}

/** Lines above a report; the text in them is bounded, and not yet made visible. */
export function findingLines(findings: FindingsView | null): readonly string[] {
  if (findings === null) return ['workers and regressions: not looked at yet'];
  const { regressions, workers, proposals, complete, votes } = findings;
  return [
    ...regressions.map(regressionLine),
    ...workers.map(workerLine),
    ...proposals.map(proposalLine),
    ...(complete ? [] : [`workers and regressions: by the newest ${votes} builds of landed commits alone`]),
  ];
}
