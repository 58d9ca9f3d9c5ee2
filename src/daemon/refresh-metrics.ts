// Gauges that a scrape reads off: set when it comes.

import type { Master } from '../buildbot/master.ts';
import { takesSlot } from '../gate/slots.ts';
import type { Gearman } from '../gearman/gearman.ts';
import type { Core } from './core.ts';

export function refreshMetrics(
  { register, metrics, config }: Pick<Core, 'register' | 'metrics' | 'config'>,
  sides: { readonly gearman: Pick<Gearman, 'state'>; readonly master: Pick<Master, 'watching'> },
): void {
  const runs = register.all();
  const answered = runs.flatMap((run) => run.jobs).filter((job) => job.state === 'answered');
  metrics.set('gearbridge_jobs', { state: 'waiting' }, runs.filter((run) => run.phase === 'waiting').length);
  metrics.set('gearbridge_jobs', { state: 'running' }, runs.filter((run) => run.phase === 'started').length);
  metrics.set('gearbridge_jobs', { state: 'answered' }, answered.length);
  metrics.set('gearbridge_slots', { kind: 'max' }, config.get().maxJobs);
  metrics.set('gearbridge_slots', { kind: 'taken' }, runs.filter(takesSlot).length);
  const links = sides.gearman.state();
  metrics.set('gearbridge_gearman_connections', { kind: 'build' }, links.filter((link) => link.build).length);
  metrics.set(
    'gearbridge_gearman_connections',
    { kind: 'control' },
    links.filter((link) => link.control).length,
  );
  metrics.set('gearbridge_websocket_up', {}, sides.master.watching() ? 1 : 0);
}
