// The views and actions of a daemon that is a map of documents, for the tests of what stands before it.

import type { Actions, Caller, ReconcileOutcome, ReloadOutcome } from '../../../src/views/actions.ts';
import type {
  FailedLogs,
  JobView,
  PlanView,
  ReadinessPart,
  StatusView,
} from '../../../src/views/document.ts';
import type { FlakesViews } from '../../../src/views/flakes.ts';
import { flake, imported, report, unclassified } from './flakes-sample.ts';
import type { Submission, Views } from '../../../src/views/views.ts';

export interface Port {
  readonly views: Views;
  readonly actions: Actions;
  readonly asked: { action: string; caller: Caller; about: unknown }[];
  readonly logsAsked: () => number;
  /** Sets a job and tells the listeners. */
  put(job: JobView): void;
  /** What the views give from now on. */
  given: {
    failed: FailedLogs;
    readiness: readonly ReadinessPart[];
    trouble: Error | null;
    slow: Promise<void> | null;
    reload: ReloadOutcome;
    reconcile: ReconcileOutcome;
  };
  listeners(): number;
}

export const status: StatusView = {
  manager: 'gate.example.org',
  version: '0.1.0',
  since: '2026-03-04T05:00:00.000Z',
  at: '2026-03-04T05:11:07.000Z',
  mode: 'serving',
  why: '',
  dependencies: [
    { name: 'gearman 127.0.0.1:4730', state: 'up', since: '2026-03-04T05:00:01.000Z', why: '' },
    { name: 'buildbot', state: 'down', since: '2026-03-04T05:10:00.000Z', why: 'connection refused' },
  ],
  slots: { max: 2, taken: 1 },
  counts: { waiting: 1, running: 1, answered: 0 },
};

export const plan: PlanView = {
  job: 'cpython-gate',
  project: 'cpython',
  repository: 'https://git.example.org/cpython',
  branch: 'main',
  revision: '3f786850e387550fdab836ed7e6dc881de23001b',
  ref: '',
  coverage: { linux: 1 },
  builders: [
    { name: 'AMD64 Debian 3.x', platform: 'linux', role: 'voting', why: 'all its workers are stable' },
  ],
  verdict: null,
  force: [
    {
      scheduler: 'gate',
      builders: ['AMD64 Debian 3.x'],
      fields: { branch: 'main', reason: 'gearbridge <nonce>' },
    },
  ],
};

function flakesOf(port: Port): FlakesViews {
  const note =
    <Value>(action: string, value: Value) =>
    async (about: unknown): Promise<Value> => {
      port.asked.push({ action, caller: { name: '' }, about });
      if (port.given.trouble !== null) throw port.given.trouble;
      return value;
    };
  return {
    report: note('report', report),
    show: async (name) => (name === 'FLK-1' ? note('show', flake)(name) : null),
    unclassified: note('unclassified', unclassified),
    importing: () => note('importing', imported)(null),
    past: note('past', { failures: [], next: null }),
    search: note('search', { failures: flake.failures, complete: false }),
  };
}

function createViews(
  port: Port,
  jobs: Map<string, JobView>,
  listeners: Set<(number: string) => void>,
): Views {
  const ready = async (): Promise<void> => {
    if (port.given.slow !== null) await port.given.slow;
    if (port.given.trouble !== null) throw port.given.trouble;
  };
  let logsAsked = 0;
  Object.assign(port, { logsAsked: () => logsAsked });
  return {
    async status() {
      await ready();
      return status;
    },
    async jobs({ limit, before }) {
      await ready();
      const rows = [...jobs.values()].slice(before ?? 0, (before ?? 0) + limit);
      const end = (before ?? 0) + rows.length;
      return { jobs: rows, next: end < jobs.size ? end : null };
    },
    async job(number) {
      await ready();
      const job = jobs.get(number);
      return job === undefined ? { kind: 'not-found' } : { kind: 'ok', job };
    },
    async failedLogs() {
      logsAsked += 1;
      return { kind: 'ok', failed: port.given.failed };
    },
    async plan(submission) {
      if (submission.job !== 'cpython-gate') return { kind: 'not-found', known: ['cpython-gate'] };
      return submission.branch.includes('..')
        ? { kind: 'refused', why: 'no such branch' }
        : { kind: 'ok', plan };
    },
    flakes: flakesOf(port),
    readiness: async () => port.given.readiness,
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'gearbridge_info 1\n' }),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function createActions(port: Port, jobs: Map<string, JobView>): Actions {
  const note = (action: string, caller: Caller, about: unknown): void => {
    port.asked.push({ action, caller, about });
  };
  return {
    async submit(submission: Submission, caller) {
      note('submit', caller, submission);
      if (submission.job !== 'cpython-gate') return { kind: 'not-found', known: ['cpython-gate'] };
      return { kind: 'ok', number: 'n1', url: 'https://gate.example.org/jobs/n1' };
    },
    async cancel(number, reason, caller) {
      note('cancel', caller, { number, reason });
      const job = jobs.get(number);
      if (job === undefined) return { kind: 'not-found' };
      return job.result === null ? { kind: 'ok', number } : { kind: 'over', result: job.result };
    },
    async recheck(number, bug, caller) {
      note('recheck', caller, { number, bug });
      const job = jobs.get(number);
      if (job === undefined) return { kind: 'not-found' };
      if (job.result === null) return { kind: 'refused', why: `job ${number} has no verdict yet` };
      return { kind: 'ok', number, builders: ['AMD64 Debian 3.x'] };
    },
    async importBuilds(window, caller) {
      note('import', caller, { window });
      return window > 90 * 86_400_000 ? { kind: 'running' } : { kind: 'ok' };
    },
    async reload(caller) {
      note('reload', caller, null);
      return port.given.reload;
    },
    async compareConfig() {
      return port.given.reload;
    },
    async reconcile(dryRun, caller) {
      note('reconcile', caller, { dryRun });
      return port.given.reconcile;
    },
    async promote(number, reason, caller) {
      note('promote', caller, { number, reason });
      if (!jobs.has(number)) return { kind: 'not-found' };
      return { kind: 'ok', moved: false, raised: 1, waiting: 2, why: 'no such method' };
    },
    async forget(number, reason, caller) {
      note('forget', caller, { number, reason });
      const job = jobs.get(number);
      if (job === undefined) return { kind: 'not-found' };
      return job.result === null
        ? { kind: 'refused', why: `job ${number} is open` }
        : { kind: 'ok', numbers: [number] };
    },
    async drain(caller) {
      note('drain', caller, null);
      return { kind: 'ok', changed: true };
    },
    async resume(caller) {
      note('resume', caller, null);
      return { kind: 'unavailable', why: 'the store takes no writes' };
    },
  };
}

/** A port with these jobs, newest first. */
export function createPort(first: readonly JobView[] = []): Port {
  const jobs = new Map(first.map((job) => [job.number, job]));
  const listeners = new Set<(number: string) => void>();
  const port: Port = {
    asked: [],
    given: {
      failed: { logs: [], troubles: [] },
      readiness: [{ part: 'store', level: 'ok', sentence: 'takes writes' }],
      trouble: null,
      slow: null,
      reload: { kind: 'ok', changes: [] },
      reconcile: { kind: 'ok', differences: [], more: 0 },
    },
    put(job) {
      jobs.set(job.number, job);
      for (const listener of listeners) listener(job.number);
    },
    listeners: () => listeners.size,
    logsAsked: () => 0,
    views: {} as Views,
    actions: {} as Actions,
  };
  Object.assign(port.views, createViews(port, jobs, listeners));
  Object.assign(port.actions, createActions(port, jobs));
  return port;
}
