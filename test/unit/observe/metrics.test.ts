// The metrics: what is counted is shown, and README.md tells exactly the table.

import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { metricTable } from '../../../src/observe/metric-table.ts';
import { createMetrics, type Metrics } from '../../../src/observe/metrics.ts';

const readme = new URL('../../../src/observe/README.md', import.meta.url);

describe('the metrics', () => {
  let metrics: Metrics;
  beforeEach(async () => {
    metrics = await createMetrics('1.2.3');
  });
  afterEach(() => metrics.close());

  it('show counters, gauges and durations under their labels', async () => {
    metrics.add('gearbridge_verdicts_total', { word: 'SUCCESS' });
    metrics.add('gearbridge_verdicts_total', { word: 'SUCCESS' }, 2);
    metrics.set('gearbridge_jobs', { state: 'running' }, 4);
    metrics.time('gearbridge_request_seconds', { dependency: 'buildbot' }, 0.03);

    const { contentType, text } = await metrics.read();

    expect(contentType).to.match(/^text\/plain/);
    expect(text).to.contain('gearbridge_verdicts_total{word="SUCCESS"} 3\n');
    expect(text).to.contain('gearbridge_jobs{state="running"} 4\n');
    expect(text).to.contain('gearbridge_request_seconds_bucket{le="0.05",dependency="buildbot"} 1\n');
    expect(text).to.contain('gearbridge_info{version="1.2.3"} 1\n');
  });

  it('show memory and the lag of the loop as of the scrape', async () => {
    const { text } = await metrics.read();

    expect(text).to.match(/^gearbridge_resident_bytes \d{7,}$/m);
    expect(text).to.match(/^gearbridge_loop_lag_seconds \d/m);
  });

  it('of two daemons in one process do not mix', async () => {
    const other = await createMetrics('1.2.3');
    other.add('gearbridge_duplicate_requests_total', {});

    expect((await metrics.read()).text).to.contain('gearbridge_duplicate_requests_total 0\n');
    other.close();
  });

  it('are all in README.md, row by row', async () => {
    const rows = (await readFile(readme, 'utf8'))
      .split('\n')
      .filter((line) => line.startsWith('| `gearbridge_'));

    const table = Object.entries(metricTable).map(
      ([name, { kind, labels, help }]) => `| \`${name}\` | ${kind} | ${labels.join(', ')} | ${help} |`,
    );

    expect(rows).to.deep.equal(table);
  });
});
