// What the gatekeeper is told: the objects of WORK_DATA and WORK_COMPLETE (RUNS.md 7.2, GATEKEEPER.md 2.2). The last object is the
// state for the gatekeeper, so each is whole, and none but the last has a `result` of its own.

import type { Answer, BuilderVerdict } from '../gate/answer.ts';
import type { Job } from '../gate/job.ts';
import type { Run } from '../gate/run.ts';
import { builderView } from './builder-view.ts';
import { jobUrl, type ViewContext } from './context.ts';
import type { BuilderView } from './document.ts';
import { oneLine } from './text.ts';

/** Bytes of UTF-8 JSON that one object may have. */
export const dataBound = 64 * 1024;
/** The gatekeeper's SQL reporter has 255 characters for a result. */
const resultBound = 250;
const summaryBound = 1_000;
const fieldBound = 255;
const likelyNamed = 3;

/** A builder in the last object; in reports before the end it has no `result`. */
export interface BuilderData {
  readonly name: string;
  readonly platform: string;
  readonly role: 'voting' | 'advisory';
  readonly state: string;
  readonly result?: string | null;
  readonly class: string | null;
  readonly attempt: number;
  readonly worker: string | null;
  readonly revision: string | null;
  readonly url: string | null;
}

export interface FirstData {
  readonly name: string;
  readonly number: string;
  readonly manager: string;
  readonly url: string;
  readonly worker_name: string;
  readonly worker_hostname: string;
  readonly worker_ips: readonly string[];
  readonly worker_fqdn: string;
  readonly worker_program: 'gearbridge';
  readonly worker_version: string;
  readonly worker_extra: Readonly<Record<string, string>>;
  readonly node_name: string;
  readonly node_labels: readonly string[];
}

export interface ProgressData extends FirstData {
  readonly summary: string;
  readonly builders: readonly BuilderData[];
  readonly builders_left_out: number;
}

export interface FinalData extends ProgressData {
  readonly result: string;
}

/** The first WORK_DATA, sent before any call to Buildbot. */
export function firstData(run: Run, job: Job, context: ViewContext): FirstData {
  const platforms = [
    ...new Set((run.plan?.builders ?? []).map((planned) => oneLine(planned.platform, fieldBound))),
  ];
  return {
    name: oneLine(run.jobName, fieldBound),
    number: job.number,
    manager: context.manager,
    url: jobUrl(context.publicUrl, job.number),
    worker_name: context.manager,
    worker_hostname: context.host.name,
    worker_ips: context.host.ips.slice(0, 16),
    worker_fqdn: context.host.fqdn,
    worker_program: 'gearbridge',
    worker_version: context.version,
    worker_extra: { run: run.id, buildbot: oneLine(context.buildbotUrl, fieldBound) },
    node_name: context.manager,
    node_labels: platforms.slice(0, 32),
  };
}

function runningData(view: BuilderView): BuilderData {
  return {
    name: view.name,
    platform: view.platform,
    role: view.role,
    state: view.state,
    class: view.class === null ? null : oneLine(view.class, fieldBound),
    attempt: view.attempt,
    worker: view.worker,
    revision: view.revision,
    url: view.url,
  };
}

/** In the order of RUNS.md 7.2. */
function builderData(view: BuilderView): BuilderData {
  const { name, platform, role, state, ...rest } = runningData(view);
  return { name, platform, role, state, result: view.result, ...rest };
}

function views(run: Run, context: ViewContext): readonly BuilderView[] {
  return (run.plan?.builders ?? []).map((planned) => builderView(run, planned, context));
}

function bytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}

const leftOutFirst: readonly BuilderVerdict['state'][] = ['passed', 'forgiven'];

/** Leaves builders out until the object fits: passed ones first, then advisory ones, then from the end. */
function bounded<Data extends ProgressData>(data: Data): Data {
  let size = bytes(data);
  if (size <= dataBound) return data;
  const weight = (builder: BuilderData): number => {
    if (leftOutFirst.some((state) => state === builder.state)) return 2;
    return builder.role === 'advisory' ? 1 : 0;
  };
  const order = data.builders
    .map((builder, index) => ({ builder, index, weight: weight(builder) }))
    .sort((a, b) => b.weight - a.weight || b.index - a.index);
  const out = new Set<number>();
  for (const { builder, index } of order) {
    // The count's own digits may grow by a few.
    if (size <= dataBound - 8) break;
    size -= bytes(builder) + 1;
    out.add(index);
  }
  return {
    ...data,
    builders: data.builders.filter((_, index) => !out.has(index)),
    builders_left_out: out.size,
  };
}

/** What was read of builders that have no result yet: likely, and no ruling. */
function likely(shown: readonly BuilderView[]): string {
  const read = shown.filter((view) => view.result === null && view.class !== null && view.found !== null);
  const named = read.slice(0, likelyNamed).map((view) => `${view.class ?? ''} on ${view.name}`);
  const more = read.length > named.length ? ` and ${read.length - named.length} more` : '';
  return named.length === 0 ? '' : `; likely ${named.join(', ')}${more}`;
}

/** A WORK_DATA while the run goes on: a whole object without `result`, on the top as in the builders. */
export function progressData(run: Run, job: Job, context: ViewContext): ProgressData {
  const shown = views(run, context);
  const atWork: readonly BuilderView['state'][] = ['queued', 'running', 'measuring'];
  const open = shown.filter((view) => view.role === 'voting' && atWork.includes(view.state));
  const voting = shown.filter((view) => view.role === 'voting').length;
  const work = `${open.length} of ${voting} voting builders at work${likely(shown)}`;
  return bounded({
    ...firstData(run, job, context),
    summary: oneLine(voting === 0 ? 'waiting for a free slot' : work, summaryBound),
    builders: shown.map(runningData),
    builders_left_out: 0,
  });
}

/**
 * The `result` string: the bare word, or with `result_text: explained` a negative word and its reason in one bounded line.
 * Never empty; SUCCESS is always bare, for the gatekeeper takes every other string for a failure (RUNS.md 7.3).
 */
export function resultText(run: Run, answer: Answer): string {
  if (answer.word === 'SUCCESS' || run.resultText !== 'explained') return answer.word;
  const room = resultBound - answer.word.length - 3;
  const line = oneLine(answer.reason, room);
  return line === '' ? answer.word : `${answer.word} (${line})`;
}

/** The object of the last WORK_DATA and of WORK_COMPLETE (RUNS.md 7.2), at most `dataBound` bytes of UTF-8 JSON. */
export function finalData(run: Run, job: Job, options: { context: ViewContext; answer: Answer }): FinalData {
  const { context, answer } = options;
  const shown = views(run, context);
  const deciding = shown.find((view) => view.result === answer.word && view.worker !== null);
  const base = firstData(run, job, context);
  return bounded({
    ...base,
    node_name: deciding?.worker ?? base.node_name,
    result: resultText(run, answer),
    summary: oneLine(answer.summary, summaryBound),
    builders: shown.map(builderData),
    builders_left_out: 0,
  });
}
