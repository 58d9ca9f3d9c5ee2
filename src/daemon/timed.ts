// Counts and times what is asked of a dependency, for the metrics.

import type { Gearman } from '../gearman/gearman.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Store } from '../store/store.ts';

type Dependency = 'buildbot' | 'gearman' | 'store';

/** Notes one call: how long it took, and whether it failed. */
export function noteCall(
  metrics: Metrics,
  dependency: Dependency,
  call: { readonly ok: boolean; readonly ms: number },
): void {
  metrics.add('gearbridge_requests_total', { dependency });
  if (!call.ok) metrics.add('gearbridge_request_errors_total', { dependency });
  metrics.time('gearbridge_request_seconds', { dependency }, call.ms / 1000);
}

async function timed<Value>(
  metrics: Metrics,
  dependency: Dependency,
  work: () => Promise<Value>,
): Promise<Value> {
  const began = performance.now();
  let ok = false;
  try {
    const value = await work();
    ok = true;
    return value;
  } finally {
    noteCall(metrics, dependency, { ok, ms: performance.now() - began });
  }
}

/** The store with its durable writes timed. */
export function timedStore(store: Store, metrics: Metrics): Store {
  return { ...store, write: (run, place) => timed(metrics, 'store', () => store.write(run, place)) };
}

/** The Gearman adapter with what waits for a server's answer timed. */
export function timedGearman(gearman: Gearman, metrics: Metrics): Gearman {
  const asked = <Value>(work: () => Promise<Value>): Promise<Value> => timed(metrics, 'gearman', work);
  return {
    ...gearman,
    finish: (connection, handle, state) => asked(() => gearman.finish(connection, handle, state)),
    status: (where, handle) => asked(() => gearman.status(where, handle)),
    waiting: (server) => asked(() => gearman.waiting(server)),
    uniqueJobs: (server) => asked(() => gearman.uniqueJobs(server)),
    jobs: (server) => asked(() => gearman.jobs(server)),
    cancelJob: (server, handle) => asked(() => gearman.cancelJob(server, handle)),
  };
}
