// The part of the page of failures that nobody asked for: regressions, workers to blame, lists to change.

import type { FindingsView, ProposalView, RegressionView, WorkerBlameView } from '../views/flakes.ts';
import { html, type Html } from './html.ts';
import { moment } from './words.ts';

const blames: Readonly<Record<WorkerBlameView['blame'], string>> = {
  blamed: 'to blame',
  suspect: 'suspected',
  inseparable: 'cannot be told from its platform',
};

function regressionItem({ kind, name, branch, why, opened_at, last_seen, open }: RegressionView): Html {
  const what =
    kind === 'rate-jump' ? 'excuses nothing now, its rate jumped' : 'is back though it is resolved';
  const state = open ? html`since ${moment(opened_at)}` : html`quiet, last seen ${moment(last_seen)}`;
  return html`<li><strong>${name}</strong> ${what} (${branch}, ${state}): ${why}</li>`;
}

function workerItem({ worker, platform, blame, why }: WorkerBlameView): Html {
  return html`<li><strong>${worker}</strong> (${platform}) ${blames[blame]}: ${why}</li>`;
}

function proposalItem({ worker, to, why }: ProposalView): Html {
  return html`<li>Proposed: <strong>${worker}</strong> to fleet.${to}: ${why}. People change the lists.</li>`;
}

/** null where there is nothing to say. */
export function findingsPart(findings: FindingsView | null): Html | null {
  if (findings === null) return html`<p class="minor">Workers and regressions were not looked at yet.</p>`;
  const items = [
    ...findings.regressions.map(regressionItem),
    ...findings.workers.map(workerItem),
    ...findings.proposals.map(proposalItem),
  ];
  if (items.length === 0) return null;
  return html`<section aria-labelledby="findings">
    <h2 id="findings">Regressions and workers</h2>
    <ul>
      ${items}
    </ul>
  </section>`;
}
