// The page of what runs now: the daemon's state, what it depends on, and the newest jobs.

import type { DependencyView, JobList, JobRow, StatusView } from '../views/document.ts';
import { html, type Html } from './html.ts';
import { commit, duration, jobBadge, levelBadge, moment } from './words.ts';

function modeSentence(status: StatusView): string {
  if (status.mode === 'serving') return '';
  const what =
    status.mode === 'draining' ? 'Draining: no new run is started.' : 'Paused: no job is taken now.';
  return status.why === '' ? what : `${what} ${status.why}`;
}

function dependency(one: DependencyView): Html {
  return html`<li>
    ${levelBadge(one.state)} ${one.name}${one.why === '' ? null : html`: ${one.why}`}
    <span class="minor">since ${moment(one.since)}</span>
  </li>`;
}

function state(status: StatusView): Html {
  const { slots, counts } = status;
  const mode = modeSentence(status);
  return html`<section aria-labelledby="now">
    <h1 id="now">${status.manager}</h1>
    ${mode === '' ? null : html`<p class="wait">${mode}</p>`}
    <p>
      ${counts.running} running, ${counts.waiting} waiting; ${slots.taken} of ${slots.max} slots taken.
      Version ${status.version}, up since ${moment(status.since)}.
    </p>
    <ul class="dependencies">
      ${status.dependencies.map(dependency)}
    </ul>
  </section>`;
}

function lasted(job: JobRow): Html {
  if (job.finished_at !== null) return html`${duration(job.elapsed_ms)}`;
  return html`<span data-since="${job.received_at}">${duration(job.elapsed_ms)}</span>`;
}

function news(job: JobRow): string {
  if (job.summary !== '') return job.summary;
  return job.waits_for === null ? '–' : `Waits for ${job.waits_for.what}`;
}

function jobLine(job: JobRow): Html {
  const { done, total } = job.progress;
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      <a href="jobs/${encodeURIComponent(job.number)}">${job.name}</a>
      <span class="minor">${job.number}</span>
    </th>
    <td role="cell" data-label="State">${jobBadge(job.state, job.result)}</td>
    <td role="cell" data-label="Change">
      ${job.project ?? '–'} ${job.branch} ${job.revision === null ? null : commit(job.revision)}
    </td>
    <td role="cell" data-label="Builders" class="number">${total === 0 ? '–' : `${done} of ${total}`}</td>
    <td role="cell" data-label="Summary" class="wide">${news(job)}</td>
    <td role="cell" data-label="Time" class="number">${lasted(job)}</td>
  </tr>`;
}

function table(list: JobList): Html {
  if (list.jobs.length === 0) return html`<p>No job has come yet.</p>`;
  return html`<table role="table">
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Job</th>
        <th role="columnheader" scope="col">State</th>
        <th role="columnheader" scope="col">Change</th>
        <th role="columnheader" scope="col" class="number">Builders</th>
        <th role="columnheader" scope="col">Summary</th>
        <th role="columnheader" scope="col" class="number">Time</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${list.jobs.map(jobLine)}
    </tbody>
  </table>`;
}

/** What stands in `<main>`; /live sends it again whenever a job changes. */
export function homeMain(status: StatusView, list: JobList): Html {
  return html`${state(status)}
    <section aria-labelledby="jobs">
      <h2 id="jobs">Jobs</h2>
      ${table(list)}
    </section>`;
}
