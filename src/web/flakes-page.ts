// The page of failures over time: how far the classing can be trusted, then signatures, tests, builders, workers and branches.

import type { FlakesReport, FlakesRow, RateView, ShareView } from '../views/flakes.ts';
import { findingsPart } from './findings-part.ts';
import { html, type Content, type Html } from './html.ts';

const heads: Readonly<Record<FlakesRow['of'], string>> = {
  signature: 'Signatures',
  test: 'Tests',
  builder: 'Builders',
  worker: 'Workers',
  branch: 'Branches',
};
const spans = ['24h', '7d', '14d', '30d', '90d'];

function percent(rate: number): string {
  return `${(rate * 100).toFixed(rate < 0.0995 ? 1 : 0)} %`;
}

function shareText({ count, of, rate, low, high }: ShareView): string {
  if (rate === null) return 'none yet';
  return `${percent(rate)} (${count} of ${of}, ${percent(low)} to ${percent(high)})`;
}

function rateText({ rate, low, high, small }: RateView): string {
  if (rate === null) return 'no run';
  return `${percent(rate)} (${percent(low)} to ${percent(high)}${small ? ', n too small' : ''})`;
}

/** The address of this page, narrowed to something or widened (null). */
function address(
  report: FlakesReport,
  since: string,
  change: Partial<Record<string, string | null>>,
): string {
  const { branch, builder, worker } = report;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ since, branch, builder, worker, ...change })) {
    if (typeof value === 'string') query.set(name, value);
  }
  return `flakes?${query.toString()}`;
}

function narrowed(report: FlakesReport, since: string): Html | null {
  const parts = (['branch', 'builder', 'worker'] as const).flatMap((of) => {
    const name = report[of];
    return name === null
      ? []
      : [html`<li>${of} ${name} <a href="${address(report, since, { [of]: null })}">show all</a></li>`];
  });
  return parts.length === 0
    ? null
    : html`<ul>
        ${parts}
      </ul>`;
}

function measured(report: FlakesReport): Html {
  const { builds, gate, to_verdict: delay } = report;
  const waited = delay === null ? 'none yet' : `${delay.median_seconds} s (median of ${delay.of})`;
  const facts: readonly (readonly [string, Content])[] = [
    ['Failures explained', shareText(report.classified)],
    ['Excused, then broken on the branch', shareText(report.falsely_excused)],
    ['Commits that passed and failed', shareText(report.flipped)],
    ['Landed commits that failed', `${builds.failures} of ${builds.runs} builds: ${rateText(builds)}`],
    ['Changes in the gate that failed', `${gate.failures} of ${gate.runs} builds`],
    ['Measures and controls', `${report.retry_hours} builder hours`],
    ['From a failed build to the verdict', waited],
  ];
  return html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function nameCell(row: FlakesRow, report: FlakesReport, since: string): Content {
  if (row.of === 'signature' || row.of === 'test') return row.name;
  return html`<a href="${address(report, since, { [row.of]: row.name })}">${row.name}</a>`;
}

function line(row: FlakesRow, report: FlakesReport, since: string): Html {
  return html`<tr role="row">
    <th role="rowheader" scope="row">${nameCell(row, report, since)}</th>
    <td role="cell" data-label="Failures" class="number">${row.failures} of ${row.runs}</td>
    <td role="cell" data-label="Rate">${rateText(row)}</td>
    <td role="cell" data-label="Trend">${row.trend ?? '–'}</td>
    <td role="cell" data-label="Gate" class="number">${row.gate_failures} of ${row.gate_runs}</td>
    <td role="cell" data-label="Forgiven" class="number">${row.forgiven}</td>
    <td role="cell" data-label="Seen">${row.first_seen ?? '–'} to ${row.last_seen ?? '–'}</td>
    <td role="cell" data-label="Hours" class="number">${row.builder_hours}</td>
  </tr>`;
}

const columns = ['Failures', 'Rate', 'Trend', 'Gate', 'Forgiven', 'Seen', 'Hours'];

function table(of: FlakesRow['of'], report: FlakesReport, since: string): Html | null {
  const rows = report.rows.filter((row) => row.of === of);
  if (rows.length === 0) return null;
  const left = report.more[of] ?? 0;
  return html`<section aria-labelledby="${of}">
    <h2 id="${of}">${heads[of]}</h2>
    <table role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">${of}</th>
          ${columns.map((head) => html`<th role="columnheader" scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => line(row, report, since))}
      </tbody>
    </table>
    ${left === 0 ? null : html`<p class="minor">${left} more are not shown.</p>`}
  </section>`;
}

/** What stands in `<main>`. `since` is the span as the address has it. */
export function flakesMain(report: FlakesReport, since: string): Html {
  const tables = (['signature', 'test', 'builder', 'worker', 'branch'] as const).map((of) =>
    table(of, report, since),
  );
  const others = spans.map((span) =>
    span === since
      ? html`<strong>${span}</strong> `
      : html`<a href="${address(report, since, { since: span })}">${span}</a> `,
  );
  return html`<section aria-labelledby="flakes">
      <h1 id="flakes">Failures from ${report.from} to ${report.to}</h1>
      <p>${others}</p>
      ${narrowed(report, since)} ${measured(report)}
    </section>
    ${findingsPart(report.findings)}
    ${report.rows.length === 0 ? html`<p>Nothing failed, or nothing is known of this time yet.</p>` : tables}`;
}
