// The report: faults by kind, verdicts by truth, duplicates, times, and the bars.

import type { Act } from './act.ts';
import { dueWord, type Truth } from './changes.ts';
import { extrasOf } from './duplicates.ts';
import { allKinds, faultKinds } from './fault-kinds.ts';
import type { Item } from './gatekeeper.ts';
import { bars } from './judge.ts';
import { isStuck } from './ledger.ts';

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function count(keys: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].map(([key, times]) => `${times} ${key}`).join(', ');
}

function faultLines(acts: readonly Act[]): readonly string[] {
  const all = acts.flatMap(({ inflicted }) => inflicted);
  const line = (name: string, edge: string, times: string, hits: string): string =>
    `  ${name.padEnd(22)}${edge.padEnd(7)}${times.padStart(6)}${hits.padStart(7)}`;
  const rows = allKinds.flatMap((kind) => {
    const mine = all.filter((each) => each.kind === kind);
    const struck = mine.filter(({ hits }) => hits !== null).length;
    return mine.length === 0 ? [] : [line(kind, faultKinds[kind], String(mine.length), String(struck))];
  });
  return [line('fault', 'edge', 'tried', 'struck'), ...rows];
}

function wordOf({ verdict, dropped }: Item): string {
  return verdict?.word ?? (dropped ? 'dropped' : 'NOTHING');
}

function verdictLines(items: readonly Item[]): readonly string[] {
  return (Object.keys(dueWord) as Truth[]).flatMap((truth) => {
    const mine = items.filter(({ change }) => change.truth === truth);
    if (mine.length === 0) return [];
    return [`  ${truth.padEnd(14)}due ${dueWord[truth].padEnd(14)} ${count(mine.map(wordOf))}`];
  });
}

function duplicateLines(acts: readonly Act[]): readonly string[] {
  return acts.flatMap(({ ledger, plan }) =>
    extrasOf(ledger).map(({ request, of, why, together, found }) => {
      const end = together === null ? 'both still live' : `together for ${together} s`;
      return `  seed ${plan.seed}, ${plan.edge}: request ${request.id} beside ${of.id} on ${request.builder}: ${why}; ${end}, ${found ? 'found' : 'over by itself'}`;
    }),
  );
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function figures(acts: readonly Act[]): readonly string[] {
  const items = acts.flatMap((act) => act.items);
  const launches = items.flatMap((item) => item.launches);
  const times = items.flatMap(({ verdict, launches: [first] }) =>
    verdict === null || first === undefined ? [] : [verdict.at - first.at],
  );
  const requests = acts.flatMap(({ ledger }) => ledger);
  return [
    `  ${items.length} changes, ${launches.length} launches (${launches.filter(({ lost }) => lost).length} lost with a connection), ${requests.length} build requests, ${requests.flatMap(({ builds }) => builds).length} builds`,
    `  ${acts.reduce((sum, { lives }) => sum + lives, 0)} starts of ${acts.reduce((sum, { plan }) => sum + plan.daemons, 0)} daemons`,
    `  first launch to verdict: median ${seconds(quantile(times, 0.5))}, p99 ${seconds(quantile(times, 0.99))}`,
    `  last fault to the end of everything: ${acts.map(({ settled }) => seconds(settled)).join(', ')}`,
  ];
}

/** One line for an act. */
export function actLine({ plan, items, inflicted, breaches, settled }: Act): string {
  const held = breaches.length === 0 ? 'held' : `${breaches.length} BROKEN`;
  return `act of seed ${plan.seed}: ${plan.edge}, ${plan.daemons} on ${plan.store}, ${inflicted.length} faults, ${items.length} changes, settled in ${seconds(settled)}: ${held}`;
}

/** The whole report, with a line for each broken bar at its end. */
export function report(acts: readonly Act[]): string {
  const breaches = acts.flatMap(({ plan, breaches: own }) => own.map((breach) => ({ ...breach, plan })));
  const duplicates = duplicateLines(acts);
  return [
    ...acts.map(actLine),
    '',
    ...faultLines(acts),
    '',
    ...verdictLines(acts.flatMap(({ items }) => items)),
    '',
    ...figures(acts),
    `  builds that Buildbot lost with a worker that it made ready, and never ends: ${acts.flatMap(({ ledger }) => ledger.filter(isStuck)).length}`,
    `  requests too many: ${duplicates.length}`,
    ...duplicates,
    '',
    ...bars.map((bar) => `${String(breaches.filter((each) => each.bar === bar).length).padStart(4)} ${bar}`),
    ...breaches.map(({ bar, what, plan }) => `seed ${plan.seed}: ${bar}: ${what}`),
    '',
  ].join('\n');
}
