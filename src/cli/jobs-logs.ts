// `gearbridge jobs logs NUMBER`: the last lines of every failed step of a job's newest builds.

import type { FailedLogs } from '../views/document.ts';
import { visible } from '../views/text.ts';
import { apiToRead } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

function text({ logs, troubles }: FailedLogs): string {
  const blocks = logs.map(({ builder, step, log, build_url: url, lines }) =>
    [`== ${builder}, step ${step}, ${log}: ${url}`, ...lines].map(visible).join('\n'),
  );
  const said = troubles.map((trouble) => visible(`could not be read: ${trouble}`));
  return [...blocks, ...said].join('\n\n') || 'no step of its builds failed';
}

/** 6 when there is no job of this number, 3 when Buildbot could not be asked for some of it. */
export async function jobsLogs(call: Call, number: string): Promise<ExitCode> {
  const { terminal, common } = call;
  const found = await (await apiToRead(call)).get<FailedLogs>(`jobs/${encodeURIComponent(number)}/logs`);
  terminal.out(`${common.json ? jsonText(found) : text(found)}\n`);
  return found.troubles.length > 0 ? exitCodes.unreachable : exitCodes.yes;
}
