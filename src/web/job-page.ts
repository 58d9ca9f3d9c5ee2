// The page of one job: the verdict and its reason first, then whose fault, what it waits for, the builders, the failed lines.

import type {
  AttemptView,
  BuilderView,
  FailedLogs,
  FailedStepLog,
  FoundFailureView,
  JobView,
  Wait,
} from '../views/document.ts';
import { html, preformatted, type Html } from './html.ts';
import {
  builderBadge,
  commit,
  duration,
  faultSentences,
  jobBadge,
  moment,
  resultTone,
  stepBadge,
} from './words.ts';

function waiting(wait: Wait | null): Html | null {
  if (wait === null) return null;
  const since = wait.since === null ? null : html` Since ${moment(wait.since)}.`;
  const until =
    wait.until === null
      ? html` Then ${wait.next}.`
      : html` Until ${moment(wait.until)} at the latest; then ${wait.next}.`;
  return html`<p class="wait"><strong>Waits for</strong> ${wait.what}.${since}${until}</p>`;
}

function lasted(job: JobView): Html {
  if (job.finished_at !== null) return html`${duration(job.elapsed_ms)}`;
  return html`<span data-since="${job.received_at}">${duration(job.elapsed_ms)}</span>`;
}

function verdict(job: JobView): Html {
  const { done, total } = job.progress;
  const sentence =
    job.result === null && total > 0 ? `${done} of ${total} voting builders are done.` : job.summary;
  return html`<section class="verdict ${resultTone(job.state, job.result)}" aria-labelledby="verdict">
    <h1 id="verdict">${jobBadge(job.state, job.result)} <span class="name">${job.name}</span></h1>
    ${sentence === '' ? null : html`<p class="reason">${sentence}</p>`}
    ${job.fault === null ? null : html`<p class="fault">${faultSentences[job.fault]}</p>`}
    ${waiting(job.waits_for)}
    ${job.cleaning ? html`<p class="wait">What is left of it at Buildbot is being stopped.</p>` : null}
  </section>`;
}

function fact(name: string, value: Html | string | null): Html | null {
  return value === null
    ? null
    : html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`;
}

const unknownFiles = 'nobody says: every file counts as touched, and less is forgiven';

function facts(job: JobView): Html {
  return html`<dl class="facts">
    ${fact('Project', job.project)} ${fact('Branch', job.branch)}
    ${fact('Commit', job.revision === null ? null : commit(job.revision))} ${fact('Ref', job.ref)}
    ${fact('Received', moment(job.received_at))}
    ${fact(job.finished_at === null ? 'Running for' : 'Took', lasted(job))}
    ${fact('Gatekeeper', job.gatekeeper === 'own' ? 'command line' : job.gatekeeper)}
    ${fact('Job number', html`<code>${job.number}</code>`)} ${fact('Description', job.description)}
    ${fact('Changed files', job.changed_files === 'unknown' ? unknownFiles : null)}
  </dl>`;
}

function step(builder: BuilderView): Html | null {
  const now = builder.steps.findLast((one) => one.state === 'running') ?? builder.steps.at(-1);
  if (now === undefined || !['running', 'failed'].includes(builder.state)) return null;
  const bad = builder.steps.find((one) => one.state === 'failure' || one.state === 'exception');
  return html`<p class="step">${stepBadge(bad ?? now)}</p>`;
}

function reason(builder: BuilderView): Html | null {
  const wait = builder.waits_for;
  const why = builder.why === '' ? null : html`<p>${builder.why}</p>`;
  if (wait === null || (why !== null && builder.state !== 'measuring')) return why;
  return html`${why}
    <p>Waits for ${wait.what}${wait.until === null ? null : html`, until ${moment(wait.until)}`}</p>`;
}

function elapsed(builder: BuilderView): Html | string {
  if (builder.elapsed_ms === null) return '–';
  const first = builder.attempts.find(
    (attempt) => attempt.role === 'vote' && attempt.sent_at !== null,
  )?.sent_at;
  const open = ['queued', 'running', 'unclear', 'retrying', 'measuring', 'sending'].includes(builder.state);
  if (!open || first === undefined || first === null) return duration(builder.elapsed_ms);
  return html`<span data-since="${first}">${duration(builder.elapsed_ms)}</span>`;
}

function attempt(one: AttemptView): Html {
  const builds = one.builds.map(
    (build) =>
      html` <a href="${build.url}">build ${build.number}</a
        >${build.worker === null ? null : html` on ${build.worker}`}: ${build.result ?? 'running'}`,
  );
  const ended = one.outcome ?? one.state;
  const repeats =
    one.repeats === null ? null : html`, ${one.repeats.failed} of ${one.repeats.ran} repeats failed`;
  const recheck = one.recheck === null ? null : html` for ${one.recheck}`;
  return html`<li>
    ${one.role} ${one.ordinal}${recheck}:
    ${ended}${repeats}${one.why === '' ? null : html` (${one.why})`}${builds.length === 0 ? null : html`;`}${builds}
  </li>`;
}

function earlier(builder: BuilderView): Html | null {
  if (builder.attempts.length < 2) return null;
  return html`<details>
    <summary>${builder.attempts.length} attempts</summary>
    <ul>
      ${builder.attempts.map(attempt)}
    </ul>
  </details>`;
}

function foundFailure(one: FoundFailureView, soFar: boolean): Html {
  const [first, last] = one.lines;
  const place = first === 0 ? 'report' : `${one.step}, line ${first === last ? first : `${first}–${last}`}`;
  const by = one.signature === null ? '' : ` ${one.signature}`;
  const seen =
    one.seen === null || one.seen.failures === 0
      ? ''
      : `, ${one.seen.failures} of ${one.seen.runs} base builds`;
  return html`<li>
    <strong>${soFar ? 'likely ' : ''}${one.class}${by}</strong> ${one.test_id ?? one.kind}
    <span class="minor">${place}${seen}</span>
    ${one.message === '' ? null : html`<br /><code>${one.message}</code>`}
    ${one.excuses_nothing === null ? null : html`<br />Excuses nothing now: ${one.excuses_nothing}`}
    ${one.cleared ? html`<span class="minor">passed when it ran again</span>` : null}
  </li>`;
}

function found(builder: BuilderView): Html | null {
  const reading = builder.found;
  if (reading === null || (reading.failures.length === 0 && reading.doubt === null)) return null;
  const count = reading.failures.length + reading.more;
  const so = reading.so_far ? ' so far' : '';
  return html`<details>
    <summary>${count} ${count === 1 ? 'failure' : 'failures'}${so}</summary>
    <ul>
      ${reading.failures.map((one) => foundFailure(one, reading.so_far))}
    </ul>
    ${reading.more === 0 ? null : html`<p class="minor">and ${reading.more} more</p>`}
    ${reading.doubt === null ? null : html`<p class="minor">These may not be all: ${reading.doubt}.</p>`}
  </details>`;
}

function builderRow(builder: BuilderView): Html {
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      ${builder.url === null ? builder.name : html`<a href="${builder.url}">${builder.name}</a>`}
      ${builder.platform === builder.name ? null : html`<span class="minor">${builder.platform}</span>`}
    </th>
    <td role="cell" data-label="Counts">${builder.role}</td>
    <td role="cell" data-label="State">${builderBadge(builder.state, builder.result)}</td>
    <td role="cell" data-label="What happened" class="wide">
      ${reason(builder)}${step(builder)}${found(builder)}${earlier(builder)}
    </td>
    <td role="cell" data-label="Worker">${builder.worker ?? '–'}</td>
    <td role="cell" data-label="Time" class="number">${elapsed(builder)}</td>
  </tr>`;
}

const weights = {
  failed: 0,
  unheard: 1,
  running: 2,
  retrying: 2,
  measuring: 2,
  unclear: 2,
  queued: 3,
  sending: 3,
  planned: 3,
} as const;

function weight(builder: BuilderView): number {
  const state = builder.state in weights ? weights[builder.state as keyof typeof weights] : 4;
  return (builder.role === 'voting' ? 0 : 10) + state;
}

function builders(job: JobView): Html {
  if (job.builders.length === 0) {
    return html`<section aria-labelledby="builders">
      <h2 id="builders">Builders</h2>
      <p>None chosen yet.</p>
    </section>`;
  }
  const sorted = [...job.builders].sort((a, b) => weight(a) - weight(b));
  return html`<section aria-labelledby="builders">
    <h2 id="builders">Builders</h2>
    <table role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Builder</th>
          <th role="columnheader" scope="col">Counts</th>
          <th role="columnheader" scope="col">State</th>
          <th role="columnheader" scope="col">What happened</th>
          <th role="columnheader" scope="col">Worker</th>
          <th role="columnheader" scope="col" class="number">Time</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${sorted.map(builderRow)}
      </tbody>
    </table>
  </section>`;
}

function failedStep(log: FailedStepLog): Html {
  const title = `${log.builder}: ${log.step}`;
  return html`<details open>
    <summary>${title} <span class="minor">last ${log.lines.length} lines of ${log.log}</span></summary>
    <pre tabindex="0" role="region" aria-label="${title}">${preformatted(log.lines)}</pre>
    <p><a href="${log.build_url}">The whole log at Buildbot</a></p>
  </details>`;
}

function failedSteps(failed: FailedLogs): Html | null {
  if (failed.logs.length === 0 && failed.troubles.length === 0) return null;
  return html`<section aria-labelledby="failed">
    <h2 id="failed">Failed steps</h2>
    ${failed.logs.map(failedStep)}
    ${failed.troubles.map((trouble) => html`<p class="wait">Not shown: ${trouble}</p>`)}
  </section>`;
}

function leftBehind(job: JobView): Html | null {
  if (job.left_behind.length === 0) return null;
  return html`<section aria-labelledby="left">
    <h2 id="left">Left at Buildbot</h2>
    <ul>
      ${job.left_behind.map((one) => html`<li>${one}</li>`)}
    </ul>
  </section>`;
}

/** What stands in `<main>`; /live sends it again whenever the job changes. */
export function jobMain(job: JobView, failed: FailedLogs): Html {
  return html`${verdict(job)} ${facts(job)} ${builders(job)} ${failedSteps(failed)} ${leftBehind(job)}`;
}
