// `gearbridge jobs cancel NUMBER`.

import { visible } from '../views/text.ts';
import { apiToAct } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

/** Detaches a job: it is answered ABORTED. 1 when it is over already, 6 when there is none of this number. */
export async function jobsCancel(
  call: Call,
  asked: { readonly number: string; readonly reason: string },
): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToAct(call);
  const done = await api.post<{ number: string }>(`jobs/${encodeURIComponent(asked.number)}/cancel`, {
    reason: asked.reason,
  });
  terminal.out(`${common.json ? jsonText(done) : `job ${visible(done.number)} is cancelled`}\n`);
  return exitCodes.yes;
}
