// Whole pages from views. Loaded with the first page that is asked for.

import type { FailedLogs, JobList, JobView, StatusView } from '../views/document.ts';
import type { FlakesReport } from '../views/flakes.ts';
import { flakesMain } from './flakes-page.ts';
import { homeMain } from './home-page.ts';
import { html, render } from './html.ts';
import { jobMain } from './job-page.ts';
import { page } from './layout.ts';
import type { Reply } from './reply.ts';

export function jobPage(job: JobView, failed: FailedLogs): Reply {
  const title = `${job.result ?? job.state} ${job.name} ${job.number}`;
  const live = `live?job=${encodeURIComponent(job.number)}&as=html`;
  return page({ title, status: 200, root: '../', live, main: jobMain(job, failed) });
}

export function homePage(status: StatusView, list: JobList): Reply {
  return page({ title: 'Jobs', status: 200, root: './', live: 'live?as=html', main: homeMain(status, list) });
}

export function flakesPage(report: FlakesReport, since: string): Reply {
  return page({ title: 'Failures', status: 200, root: './', live: null, main: flakesMain(report, since) });
}

/** The contents of `<main>` and the title of a job's page, as /live sends them. */
export function jobPiece(job: JobView, failed: FailedLogs): string {
  return render(jobMain(job, failed));
}

export function homePiece(status: StatusView, list: JobList): string {
  return render(homeMain(status, list));
}

/** A page that says what went wrong. It may stand at any depth, so it has no style and no links of its own. */
export function problemPage(status: number, why: string): Reply {
  const whole = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${status} · gearbridge</title>
      </head>
      <body>
        <main>
          <h1>${status}</h1>
          <p>${why}</p>
        </main>
      </body>
    </html>`;
  return { status, type: 'html', body: `${render(whole)}\n` };
}
