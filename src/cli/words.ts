// Which colour a state or a result has on a terminal. The word says the same.

import type { BuilderView, JobRow } from '../views/document.ts';
import { builderTones, resultTones } from '../views/tone.ts';
import type { Cell } from './text.ts';

/** The result of a job, or its state while it has none. */
export function jobCell(job: Pick<JobRow, 'state' | 'result'>): Cell {
  if (job.result !== null) return { text: job.result, tone: resultTones[job.result] };
  return { text: job.state, tone: job.state === 'running' ? 'busy' : 'calm' };
}

/** The state of a builder; a failure by its result word. */
export function builderCell(builder: Pick<BuilderView, 'state' | 'result'>): Cell {
  if (builder.state === 'failed' && builder.result !== null) {
    return { text: builder.result, tone: resultTones[builder.result] };
  }
  return { text: builder.state, tone: builderTones[builder.state] };
}
