// `gearbridge jobs recheck NUMBER --bug ID`.

import { visible } from '../views/text.ts';
import { apiToAct } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

/** Measures what failed in a decided job once more; the verdict stays. 1 when there is nothing to measure, 6 when there is none of this number. */
export async function jobsRecheck(
  call: Call,
  asked: { readonly number: string; readonly bug: string },
): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToAct(call);
  const path = `jobs/${encodeURIComponent(asked.number)}/recheck`;
  const done = await api.post<{ number: string; builders: readonly string[] }>(path, { bug: asked.bug });
  const said = `measured again on ${done.builders.join(', ')}; gearbridge jobs show ${done.number} says what comes of it`;
  terminal.out(`${common.json ? jsonText(done) : visible(said)}\n`);
  return exitCodes.yes;
}
