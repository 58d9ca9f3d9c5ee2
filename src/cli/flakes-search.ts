// `gearbridge flakes search TEXT`: failures whose test, message, step, builder, worker, signature or incident has the text.

import type { FailureList } from '../views/flakes.ts';
import { apiToRead } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { queryText, type FlakesQuery } from './flakes-report.ts';
import { failureTable } from './flakes-text.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

/** Prints what is found, newest first; 1 when nothing is. */
export async function flakesSearch(
  call: Call,
  given: FlakesQuery & { readonly text: string },
): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToRead(call);
  const found = await api.get<FailureList>(`flakes/search?${queryText({ ...given })}`);
  const look = { columns: terminal.columns(), color: common.color };
  terminal.out(`${common.json ? jsonText(found) : failureTable(found.failures, look).join('\n')}\n`);
  if (!found.complete) terminal.err('there are more: give a longer text, a shorter --since or a --builder\n');
  return found.failures.length > 0 ? exitCodes.yes : exitCodes.no;
}
