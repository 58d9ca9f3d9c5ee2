// `gearbridge jobs show NUMBER`: the job, what it waits for, its builders.

import type { JobView } from '../views/document.ts';
import { apiToRead } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { jobText } from './job-text.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

/** Prints a job; 6 when there is none of this number. */
export async function jobsShow(call: Call, number: string): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToRead(call);
  const job = await api.get<JobView>(`jobs/${encodeURIComponent(number)}`);
  const look = { columns: terminal.columns(), color: common.color };
  terminal.out(`${common.json ? jsonText(job) : jobText(job, look).join('\n')}\n`);
  return exitCodes.yes;
}
