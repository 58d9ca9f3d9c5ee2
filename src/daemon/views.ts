// What web and CLI see of the daemon: the port of views/ over the register, the journal and what is known of the outside.

import type { Master } from '../buildbot/master.ts';
import type { BuildId, JobNumber } from '../gate/ids.ts';
import type { Job } from '../gate/job.ts';
import { hasLiveBinding, isUndecided, type Run } from '../gate/run.ts';
import { takesSlot } from '../gate/slots.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Journal } from '../store/journal.ts';
import { nameBound } from '../views/builder-view.ts';
import { buildUrl, type ViewContext } from '../views/context.ts';
import type { FailedLogs, FailedStepLog, JobList, JobRow, StatusView } from '../views/document.ts';
import type { FlakesViews } from '../views/flakes.ts';
import { jobRow, jobView } from '../views/job-view.ts';
import { oneLine, visible } from '../views/text.ts';
import type { Found, PlanOutcome, Submission, Views } from '../views/views.ts';
import { dependencyViews, readinessParts } from './dependencies.ts';
import { contextFor, type Around } from './view-context.ts';

export interface ViewsParts {
  readonly around: Around;
  readonly journal: Pick<Journal, 'byNumber' | 'list'>;
  readonly master: Pick<Master, 'failedSteps'>;
  readonly metrics: Metrics;
  readonly refreshMetrics: () => void;
  readonly mode: () => Pick<StatusView, 'mode' | 'why'>;
  readonly plan: (submission: Submission) => PlanOutcome;
  readonly flakes: FlakesViews;
}

/** Builds of a job whose logs are read for one answer. */
const mostFailedBuilds = 20;

function newestRunsFirst(runs: readonly Run[]): readonly Run[] {
  return [...runs].sort((one, other) => other.arrival - one.arrival);
}

async function listJobs(
  parts: ViewsParts,
  query: { readonly limit: number; readonly before?: number },
): Promise<JobList> {
  const kept = await parts.journal.list(query);
  const byId = new Map(kept.map((run) => [run.id, run]));
  // What is in memory is newer than what is written.
  for (const run of parts.around.register.all())
    if (query.before === undefined || run.arrival < query.before) byId.set(run.id, run);
  const page = newestRunsFirst([...byId.values()]).slice(0, query.limit);
  const rows: JobRow[] = page.flatMap((run) =>
    run.jobs.map((job) => jobRow(run, job, contextFor(parts.around, run))),
  );
  return { jobs: rows, next: page.length < query.limit ? null : (page.at(-1)?.arrival ?? null) };
}

async function find(parts: ViewsParts, number: string): Promise<{ run: Run; job: Job } | null> {
  const run =
    parts.around.register.ofNumber(number as JobNumber) ??
    (await parts.journal.byNumber(number as JobNumber));
  const job = run?.jobs.find((each) => each.number === number);
  return run === null || job === undefined ? null : { run, job };
}

interface FailedBuild {
  readonly builder: string;
  readonly id: BuildId;
  readonly url: string;
}

function failedBuilds(run: Run, context: ViewContext): readonly FailedBuild[] {
  const newest = new Map(run.attempts.map((attempt) => [attempt.builder, attempt]));
  return [...newest.values()].flatMap((attempt) => {
    const build = attempt.builds.at(-1);
    const red =
      build?.steps?.some((step) => step.results === 2 || step.results === 4) === true || build?.results === 2;
    if (build === undefined || !red) return [];
    const url = buildUrl(context, {
      builder: attempt.builder,
      number: build.number,
      request: attempt.request,
    });
    return [{ builder: attempt.builder, id: build.id, url }];
  });
}

async function failedLogs(
  parts: ViewsParts,
  number: string,
  lines: number,
): Promise<Found<'failed', FailedLogs>> {
  const found = await find(parts, number);
  if (found === null) return { kind: 'not-found' };
  const logs: FailedStepLog[] = [];
  const troubles: string[] = [];
  const builds = failedBuilds(found.run, contextFor(parts.around, found.run));
  for (const { builder, id, url } of builds.slice(0, mostFailedBuilds)) {
    try {
      for (const { step, log, lines: last } of await parts.master.failedSteps(id, lines)) {
        const names = {
          builder: oneLine(builder, nameBound),
          step: oneLine(step, nameBound),
          log: oneLine(log, nameBound),
        };
        logs.push({ ...names, build_url: url, lines: last.map(visible) });
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      troubles.push(`${oneLine(builder, nameBound)}: ${visible(why)}`);
    }
  }
  if (builds.length > mostFailedBuilds)
    troubles.push(`${builds.length - mostFailedBuilds} more failed builds are not shown here`);
  return { kind: 'ok', failed: { logs, troubles } };
}

function status(parts: ViewsParts): StatusView {
  const runs = [...parts.around.register.all(), ...parts.around.elsewhere.all()];
  const health = parts.around.health();
  const config = parts.around.config();
  return {
    manager: config.manager,
    version: parts.around.version,
    since: new Date(health.startedAt).toISOString(),
    at: new Date(Date.now()).toISOString(),
    ...parts.mode(),
    dependencies: dependencyViews(health),
    slots: { max: config.maxJobs, taken: runs.filter(takesSlot).length },
    counts: {
      waiting: runs.filter((run) => run.phase === 'waiting' && hasLiveBinding(run)).length,
      running: runs.filter((run) => run.phase === 'started').length,
      answered: runs
        .filter((run) => !isUndecided(run))
        .flatMap((run) => run.jobs)
        .filter((job) => job.state === 'answered').length,
    },
  };
}

/** The views, and the function that tells those who watch that a run changed. */
export function createViews(parts: ViewsParts): {
  readonly views: Views;
  readonly changed: (run: Run) => void;
} {
  const listeners = new Set<(number: string) => void>();
  const views: Views = {
    status: () => Promise.resolve(status(parts)),
    jobs: (query) => listJobs(parts, query),
    async job(number) {
      const found = await find(parts, number);
      return found === null
        ? { kind: 'not-found' }
        : { kind: 'ok', job: jobView(found.run, found.job, contextFor(parts.around, found.run)) };
    },
    failedLogs: (number, lines) => failedLogs(parts, number, lines),
    plan: (submission) => Promise.resolve(parts.plan(submission)),
    flakes: parts.flakes,
    readiness: () => Promise.resolve(readinessParts(parts.around.health())),
    async metrics() {
      parts.refreshMetrics();
      return parts.metrics.read();
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const changed = (run: Run): void => {
    for (const listener of listeners) for (const job of run.jobs) listener(job.number);
  };
  return { views, changed };
}
