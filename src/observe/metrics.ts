// The metrics of metric-table.ts, kept by prom-client in a registry of our own, which is loaded with the first call.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  metricTable,
  type CounterName,
  type GaugeName,
  type HistogramName,
  type Labels,
  type MetricName,
} from './metric-table.ts';

/** Everything may be called at any rate: it is a few additions in memory. */
export interface Metrics {
  set<Name extends GaugeName>(name: Name, labels: Labels<Name>, value: number): void;
  add<Name extends CounterName>(name: Name, labels: Labels<Name>, by?: number): void;
  /** A duration in seconds. */
  time<Name extends HistogramName>(name: Name, labels: Labels<Name>, seconds: number): void;
  /** The exposition text as it is now. */
  read(): Promise<{ readonly contentType: string; readonly text: string }>;
  close(): void;
}

/** Milliseconds between two samples of the loop: rare, so that an idle daemon sleeps. The sample includes them. */
const lagResolution = 100;
const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

function names(kind: 'gauge' | 'counter' | 'histogram'): MetricName[] {
  const all = Object.keys(metricTable) as MetricName[];
  return all.filter((name) => metricTable[name].kind === kind);
}

function must<Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = map.get(key);
  if (value === undefined) throw new Error(`metric ${String(key)} is not in the table of metric-table.ts`);
  return value;
}

/** Sets up every metric of the table. Those without labels, and those that a scrape reads off, are there from the first scrape on. */
export async function createMetrics(version: string): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const settings = (name: MetricName) => ({
    name,
    help: metricTable[name].help,
    labelNames: metricTable[name].labels,
    registers: [registry],
  });
  const gauges = new Map(names('gauge').map((name) => [name, new Gauge<string>(settings(name))]));
  const counters = new Map(names('counter').map((name) => [name, new Counter<string>(settings(name))]));
  const histograms = new Map(
    names('histogram').map((name) => [
      name,
      new Histogram<string>({ ...settings(name), buckets: secondsBuckets }),
    ]),
  );
  const lag = monitorEventLoopDelay({ resolution: lagResolution });
  lag.enable();
  const metrics: Metrics = {
    set: (name, labels, value) => must(gauges, name).set(labels, value),
    add: (name, labels, by = 1) => must(counters, name).inc(labels, by),
    time: (name, labels, seconds) => must(histograms, name).observe(labels, seconds),
    async read() {
      metrics.set('gearbridge_loop_lag_seconds', {}, Math.max(0, lag.max / 1e9 - lagResolution / 1e3));
      lag.reset();
      metrics.set('gearbridge_resident_bytes', {}, process.memoryUsage.rss());
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close() {
      lag.disable();
      registry.clear();
    },
  };
  metrics.set('gearbridge_info', { version }, 1);
  metrics.set('gearbridge_start_time_seconds', {}, Math.round(Date.now() / 1000 - process.uptime()));
  return metrics;
}
