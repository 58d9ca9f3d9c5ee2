// Alert rules and dashboard against the metrics that there are.

import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parse } from 'yaml';
import { metricTable, type MetricName } from '../../../src/observe/metric-table.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly summary: string; readonly what_to_do: string };
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const place = new URL('../../../config/monitoring/', import.meta.url);
const text = (name: string): Promise<string> => readFile(new URL(name, place), 'utf8');
const isName = (name: string): name is MetricName => Object.hasOwn(metricTable, name);

/** What an expression asks for that no scrape has: metrics, and labels of theirs. */
function unknownIn(expr: string): readonly string[] {
  return [...expr.matchAll(/\b(gearbridge_\w+)(?:\{([^}]*)\})?/g)].flatMap(([, full = '', labels = '']) => {
    const name = isName(full) ? full : full.replace(/_(bucket|sum|count)$/, '');
    if (!isName(name)) return [full];
    const { kind, labels: known } = metricTable[name];
    if (name !== full && kind !== 'histogram') return [full];
    const asked = [...labels.matchAll(/(\w+)\s*=~?/g)].map(([, label = '']) => label);
    return asked.filter((label) => !known.some((each) => each === label)).map((label) => `${name}{${label}}`);
  });
}

/** The metrics of an expression. */
function metricsIn(expr: string): readonly string[] {
  return [...expr.matchAll(/\bgearbridge_\w+/g)].map(([name]) => name);
}

function isBalanced(expr: string): boolean {
  const pairs: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' };
  const open: string[] = [];
  for (const character of expr.replace(/"[^"]*"/g, '')) {
    if ('([{'.includes(character)) open.push(character);
    else if (character in pairs && open.pop() !== pairs[character]) return false;
  }
  return open.length === 0;
}

describe('what watches the gate', () => {
  it('has alert rules that ask only for metrics and labels that there are, and say what to do', async () => {
    const file = parse(await text('alerts.yaml')) as { groups: { rules: Rule[] }[] };
    const rules = file.groups.flatMap((group) => group.rules);
    expect(rules.flatMap(({ expr }) => unknownIn(expr))).to.deep.equal([]);
    expect(rules.filter(({ expr }) => !isBalanced(expr) || metricsIn(expr).length === 0)).to.deep.equal([]);
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length);
    for (const { alert, annotations } of rules) {
      expect(annotations.summary, alert).to.match(/^\S.{10,}[^.]$/);
      expect(annotations.what_to_do, alert).to.match(/\.$/);
    }
  });

  it('has a dashboard that shows every metric but those of a single value at most, and no other', async () => {
    const { panels } = JSON.parse(await text('dashboard.json')) as { panels: Panel[] };
    const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(exprs.flatMap(unknownIn)).to.deep.equal([]);
    expect(exprs.filter((expr) => !isBalanced(expr))).to.deep.equal([]);
    expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
    const shown = new Set(exprs.flatMap(metricsIn).map((name) => name.replace(/_bucket$/, '')));
    const missing = Object.keys(metricTable).filter((name) => !shown.has(name));
    expect(missing).to.deep.equal([
      'gearbridge_info',
      'gearbridge_start_time_seconds',
      'gearbridge_signatures_refused',
      'gearbridge_reload_refused',
      'gearbridge_grabs_total',
    ]);
  });

  it('would be told of a metric or a label that is not there', () => {
    expect(unknownIn('rate(gearbridge_nope_total[5m]) > gearbridge_jobs{kind="x"}')).to.deep.equal([
      'gearbridge_nope_total',
      'gearbridge_jobs{kind}',
    ]);
    expect(unknownIn('gearbridge_jobs_bucket')).to.deep.equal(['gearbridge_jobs_bucket']);
  });
});
