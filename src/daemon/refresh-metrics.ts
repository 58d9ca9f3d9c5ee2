// Gauges that a scrape reads off: set when it comes.

import type { Master } from '../buildbot/master.ts';
import { takesSlot } from '../gate/slots.ts';
import type { Run } from '../gate/run.ts';
import type { Gearman } from '../gearman/gearman.ts';
import type { Core } from './core.ts';
import type { FindingsWatch } from './findings.ts';

/** Of each queue since when its oldest job is there, milliseconds since 1970; now for an empty one. */
function oldest(runs: readonly Run[], now: number): readonly (readonly [queue: string, since: number])[] {
  const jobs = runs.flatMap((run) => run.jobs.map((job) => ({ run, job })));
  const attempts = runs.flatMap((run) => run.attempts.map((attempt) => ({ run, attempt })));
  const came = (run: Run): number => Math.min(now, ...run.jobs.map(({ receivedAt }) => receivedAt));
  const least = (times: readonly number[]): number => Math.min(now, ...times);
  const unsent = attempts.filter(({ attempt }) => ['intended', 'unclear'].includes(attempt.state));
  const queued = attempts.filter(({ attempt }) => attempt.state === 'queued');
  const answered = jobs.filter(({ job }) => job.state === 'answered');
  return [
    ['waiting', least(runs.filter(({ phase }) => phase === 'waiting').map(came))],
    ['sending', least(unsent.map(({ run, attempt }) => attempt.sentAt ?? came(run)))],
    ['queued', least(queued.map(({ run, attempt }) => attempt.sentAt ?? came(run)))],
    ['unconfirmed', least(answered.map(({ job }) => job.answeredAt ?? job.receivedAt))],
  ];
}

export function refreshMetrics(
  {
    register,
    metrics,
    config,
    around,
    gate,
  }: Pick<Core, 'register' | 'metrics' | 'config' | 'around' | 'gate'>,
  sides: {
    readonly gearman: Pick<Gearman, 'state'>;
    readonly master: Pick<Master, 'watching'>;
    readonly findings: Pick<FindingsWatch, 'get'>;
  },
): void {
  const runs = register.all();
  const now = Date.now();
  const answered = runs.flatMap((run) => run.jobs).filter((job) => job.state === 'answered');
  metrics.set('gearbridge_jobs', { state: 'waiting' }, runs.filter((run) => run.phase === 'waiting').length);
  metrics.set('gearbridge_jobs', { state: 'running' }, runs.filter((run) => run.phase === 'started').length);
  metrics.set('gearbridge_jobs', { state: 'answered' }, answered.length);
  metrics.set('gearbridge_takes_jobs', {}, gate.closed().closed === 'no' ? 1 : 0);
  metrics.set('gearbridge_slots', { kind: 'max' }, config.get().maxJobs);
  metrics.set('gearbridge_slots', { kind: 'taken' }, runs.filter(takesSlot).length);
  for (const [queue, since] of oldest(runs, now))
    metrics.set('gearbridge_oldest_seconds', { queue }, Math.max(0, (now - since) / 1_000));
  metrics.set('gearbridge_reload_refused', {}, config.refused() === null ? 0 : 1);
  metrics.set('gearbridge_signatures_refused', {}, around.health().signaturesRefused === null ? 0 : 1);
  const links = sides.gearman.state();
  metrics.set('gearbridge_gearman_connections', { kind: 'build' }, links.filter((link) => link.build).length);
  metrics.set(
    'gearbridge_gearman_connections',
    { kind: 'control' },
    links.filter((link) => link.control).length,
  );
  metrics.set('gearbridge_websocket_up', {}, sides.master.watching() ? 1 : 0);
  const findings = sides.findings.get();
  if (findings === null) return;
  const blamed = findings.blames.filter(({ blame }) => blame === 'blamed').length;
  metrics.set('gearbridge_workers_blamed', {}, blamed);
  for (const kind of ['rate-jump', 'fix-undone'] as const) {
    const open = findings.incidents.filter((one) => one.kind === kind && one.state !== 'quiet');
    metrics.set('gearbridge_regressions', { kind }, open.length);
  }
}
