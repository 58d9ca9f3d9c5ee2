// What can be read: pages, JSON documents, health and metrics. Pages and their script are loaded with the first page.

import type { FailedLogs, JobView } from '../views/document.ts';
import type { Views } from '../views/views.ts';
import { viewDeadline, within } from './deadline.ts';
import { readFlakes } from './read-flakes.ts';
import { json, jsonError, type Reply } from './reply.ts';
import type { Page } from './route.ts';

export interface Reading {
  readonly views: Views;
  readonly failedLogs: (job: JobView) => Promise<FailedLogs>;
}

async function jobPage(number: string, { views, failedLogs }: Reading): Promise<Reply> {
  const pages = await import('./pages.ts');
  const found = await within(viewDeadline, `job ${number}`, views.job(number));
  if (found.kind === 'not-found')
    return pages.problemPage(404, `There is no job ${number}, or it was forgotten.`);
  return pages.jobPage(found.job, await failedLogs(found.job));
}

async function homePage({ views }: Reading): Promise<Reply> {
  const pages = await import('./pages.ts');
  const asked = Promise.all([views.status(), views.jobs({ limit: 50 })]);
  const [status, list] = await within(viewDeadline, 'the list of jobs', asked);
  return pages.homePage(status, list);
}

async function readiness({ views }: Reading): Promise<Reply> {
  const parts = await within(viewDeadline, 'readiness', views.readiness());
  const ready = parts.every((part) => part.level !== 'error');
  const body = JSON.stringify({ ready, parts }, null, 2);
  return { status: ready ? 200 : 503, type: 'json', body: `${body}\n` };
}

async function logs(number: string, { views, failedLogs }: Reading): Promise<Reply> {
  const found = await within(viewDeadline, `job ${number}`, views.job(number));
  return found.kind === 'ok' ? json(await failedLogs(found.job)) : jsonError(404, `no job ${number}`);
}

/** The answer to a GET. Rejects when a view does; the caller says 503 or 500 then. */
export async function read(page: Page, reading: Reading): Promise<Reply> {
  const { views } = reading;
  switch (page.kind) {
    case 'home':
      return homePage(reading);
    case 'job':
      return jobPage(page.number, reading);
    case 'asset':
      return (await import('./assets.ts')).asset(page.name);
    case 'livez':
      return { status: 200, type: 'text', body: 'ok\n' };
    case 'readyz':
      return readiness(reading);
    case 'metrics': {
      const { contentType, text } = await within(viewDeadline, 'the metrics', views.metrics());
      return { status: 200, type: { contentType }, body: text };
    }
    case 'api-status':
      return json(await within(viewDeadline, 'the status', views.status()));
    case 'api-jobs': {
      const before = page.before === null ? {} : { before: page.before };
      return json(
        await within(viewDeadline, 'the list of jobs', views.jobs({ limit: page.limit, ...before })),
      );
    }
    case 'api-job': {
      const found = await within(viewDeadline, `job ${page.number}`, views.job(page.number));
      return found.kind === 'ok' ? json(found.job) : jsonError(404, `no job ${page.number}`);
    }
    case 'api-logs':
      return logs(page.number, reading);
    case 'flakes':
    case 'api-flakes':
    case 'api-flake':
    case 'api-unclassified':
    case 'api-import':
    case 'api-past':
    case 'api-flakes-search':
      return readFlakes(page, views.flakes);
  }
}
