// A job of a run as the JSON documents show it: the row of a list and the whole view.

import type { ResultWord } from '../gate/answer.ts';
import type { Job } from '../gate/job.ts';
import { isUndecided, mustBeCleaned, type Run } from '../gate/run.ts';
import { builderView, nameBound } from './builder-view.ts';
import { jobUrl, type ViewContext } from './context.ts';
import type { BuilderView, Fault, JobPhase, JobRow, JobView } from './document.ts';
import { plainText } from './description.ts';
import { iso, oneLine } from './text.ts';
import { jobWait } from './waits.ts';

const summaryBound = 1000;
const fieldBound = 300;
const shownParameters = 64;

function phase(run: Run, job: Job): JobPhase {
  if (job.answer !== null) return 'finished';
  if (job.state === 'closed') return 'abandoned';
  if (!isUndecided(run)) return 'finished';
  return run.phase === 'waiting' ? 'waiting' : 'running';
}

function result(run: Run, job: Job): { word: ResultWord; summary: string } | null {
  return job.answer ?? run.verdict;
}

const done: ReadonlySet<string> = new Set([
  'passed',
  'forgiven',
  'withdrawn',
  'failed',
  'unheard',
  'stopped',
]);

function progress(builders: readonly BuilderView[]): JobRow['progress'] {
  const voting = builders.filter((builder) => builder.role === 'voting');
  return {
    total: voting.length,
    done: voting.filter((builder) => done.has(builder.state)).length,
    failed: voting.filter((builder) => builder.state === 'failed').length,
  };
}

function row(run: Run, job: Job, shown: { context: ViewContext; builders: readonly BuilderView[] }): JobRow {
  const { context, builders } = shown;
  const change = run.terms?.change;
  const answer = result(run, job);
  const state = phase(run, job);
  const end = job.answeredAt ?? run.verdict?.at ?? run.changedAt;
  const open = state === 'waiting' || state === 'running';
  const field = (name: string, value: string | undefined): string | null => {
    const text = value ?? job.parameters[name];
    return text === undefined || text === '' ? null : oneLine(text, fieldBound);
  };
  return {
    number: job.number,
    name: oneLine(run.jobName, fieldBound),
    state,
    result: answer?.word ?? null,
    summary: oneLine(answer?.summary ?? '', summaryBound),
    project: field('ZUUL_PROJECT', change?.project),
    branch: field('ZUUL_BRANCH', change?.branch),
    revision: field('ZUUL_COMMIT', change?.revision),
    ref: field('ZUUL_REF', change?.changeRef),
    received_at: iso(job.receivedAt),
    finished_at: open ? null : iso(end),
    elapsed_ms: Math.max(0, (open ? context.now : end) - job.receivedAt),
    progress: progress(builders),
    waits_for: jobWait(run, job, context),
    url: jobUrl(context.publicUrl, job.number),
  };
}

const wordFaults = {
  SUCCESS: null,
  FAILURE: 'change',
  TIMED_OUT: 'change',
  INFRA_FAILURE: 'infrastructure',
  NO_COVERAGE: 'fleet',
  ABORTED: 'person',
  CONFIG_ERROR: 'configuration',
} as const satisfies Record<ResultWord, Fault | null>;

const classFaults: Readonly<Record<string, Fault>> = {
  change: 'change',
  infrastructure: 'infrastructure',
  configuration: 'configuration',
  person: 'person',
  unheard: 'fleet',
};

function fault(word: ResultWord | null, builders: readonly BuilderView[]): Fault | null {
  if (word === null) return null;
  const deciding = builders.find((builder) => builder.role === 'voting' && builder.result === word);
  return classFaults[deciding?.class ?? ''] ?? wordFaults[word];
}

function gatekeeper(job: Job): JobView['gatekeeper'] {
  if (job.bindings.some((binding) => binding.kind === 'own')) return 'own';
  return job.bindings.some((binding) => binding.state === 'live') ? 'connected' : 'gone';
}

function parameters(job: Job): Readonly<Record<string, string>> {
  const entries = Object.entries(job.parameters).slice(0, shownParameters);
  return Object.fromEntries(
    entries.map(([name, value]) => [oneLine(name, fieldBound), oneLine(value, fieldBound)]),
  );
}

// A builder on no configured platform is a platform of its own, by the name that its master gives it.
function coverage(demand: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(demand).map(([platform, count]) => [oneLine(platform, nameBound), count]),
  );
}

function changedFiles({ terms }: Run): JobView['changed_files'] {
  if (terms !== null && terms.change.files !== null) return 'gatekeeper';
  return terms?.definition.changedFiles === undefined ? 'unknown' : 'command';
}

function isCleaning(run: Run): boolean {
  return !isUndecided(run) && !run.gaveUp && run.attempts.some((attempt) => mustBeCleaned(run, attempt));
}

function builders(run: Run, context: ViewContext): readonly BuilderView[] {
  return (run.plan?.builders ?? []).map((planned) => builderView(run, planned, context));
}

/** One line of the list for a job of a run. */
export function jobRow(run: Run, job: Job, context: ViewContext): JobRow {
  return row(run, job, { context, builders: builders(run, context) });
}

/** Everything that is shown of one job of a run. The clocks in it are as of the run's last step. */
export function jobView(run: Run, job: Job, context: ViewContext): JobView {
  const shown = builders(run, context);
  const line = row(run, job, { context, builders: shown });
  return {
    ...line,
    run: run.id,
    repository: run.terms === null ? null : oneLine(run.terms.change.repository, fieldBound),
    reason: oneLine((job.answer ?? run.verdict)?.reason ?? '', fieldBound),
    fault: fault(line.result, shown),
    plan: run.plan === null ? null : { coverage: coverage(run.plan.coverage) },
    builders: shown,
    description: job.description === null ? null : plainText(job.description),
    parameters: parameters(job),
    changed_files: changedFiles(run),
    confirmed: job.confirmed,
    gatekeeper: gatekeeper(job),
    cleaning: isCleaning(run),
    left_behind: run.leftBehind.slice(0, 100).map((one) => oneLine(one, fieldBound)),
  };
}
