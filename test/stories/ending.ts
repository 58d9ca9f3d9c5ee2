// The end of a job as the gatekeeper sees it; when it does not come, the error tells what the daemon waited for.

import type { SubmittedJob } from '../gearman-client.ts';
import type { Gate } from './gate.ts';

/** Waits for the job's end packet and gives its `result`; rejects with the job's view and the daemon's last lines. */
export async function endOf(gate: Gate, job: SubmittedJob, within = 90_000): Promise<unknown> {
  try {
    await job.ended(within);
    return job.build.result;
  } catch (error) {
    const number = typeof job.build.number === 'string' ? job.build.number : job.unique;
    const { body } = await gate.get(`api/v1/jobs/${number}`);
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${why}; the job: ${body.slice(0, 6000)}; the daemon: ${gate.log().slice(-4000)}`, {
      cause: error,
    });
  }
}

/** The summary of the job's last data. */
export function summaryOf(job: SubmittedJob): string {
  return String(job.build.last?.['summary']);
}
