// Which colour a state or a result has on a terminal. The word says the same.

import type { ResultWord } from '../gate/answer.ts';
import type { BuilderView, JobRow } from '../views/document.ts';
import type { Cell, Tone } from './text.ts';

const results: Readonly<Record<ResultWord, Tone>> = {
  SUCCESS: 'good',
  FAILURE: 'bad',
  TIMED_OUT: 'bad',
  INFRA_FAILURE: 'warn',
  NO_COVERAGE: 'warn',
  ABORTED: 'calm',
  CONFIG_ERROR: 'warn',
};

const builders: Readonly<Record<BuilderView['state'], Tone>> = {
  planned: 'calm',
  sending: 'calm',
  unclear: 'warn',
  queued: 'calm',
  running: 'busy',
  retrying: 'warn',
  passed: 'good',
  forgiven: 'good',
  withdrawn: 'warn',
  failed: 'bad',
  unheard: 'warn',
  stopped: 'calm',
};

/** The result of a job, or its state while it has none. */
export function jobCell(job: Pick<JobRow, 'state' | 'result'>): Cell {
  if (job.result !== null) return { text: job.result, tone: results[job.result] };
  return { text: job.state, tone: job.state === 'running' ? 'busy' : 'calm' };
}

/** The state of a builder; a failure by its result word. */
export function builderCell(builder: Pick<BuilderView, 'state' | 'result'>): Cell {
  if (builder.state === 'failed' && builder.result !== null) {
    return { text: builder.result, tone: results[builder.result] };
  }
  return { text: builder.state, tone: builders[builder.state] };
}
