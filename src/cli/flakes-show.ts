// `gearbridge flakes show KEY|SIGNATURE|TEST`: where and when it failed so, and what became of it.

import type { FlakeView } from '../views/flakes.ts';
import { visible } from '../views/text.ts';
import { apiToRead } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { queryText } from './flakes-report.ts';
import { failureTable } from './flakes-text.ts';
import type { Call } from './terminal.ts';
import { jsonText, localTime } from './text.ts';

function names(counts: FlakeView['builders']): string {
  return counts.map(({ name, failures }) => `${name} ${failures}`).join(', ');
}

function above(flake: FlakeView): string[] {
  return [
    `${flake.of} ${flake.name}`,
    `${flake.count} failures on ${flake.commits} landed commits, first ${localTime(flake.first_seen)}, last ${localTime(flake.last_seen)}`,
    `builders: ${names(flake.builders)}`,
    `workers:  ${flake.workers.length === 0 ? '-' : names(flake.workers)}`,
  ].map(visible);
}

/** Prints what is kept under a name; 6 when nothing is. */
export async function flakesShow(call: Call, name: string): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToRead(call);
  const flake = await api.get<FlakeView>(`flakes/show?${queryText({ name })}`);
  const look = { columns: terminal.columns(), color: common.color };
  const text = [...above(flake), '', ...failureTable(flake.failures, look)].join('\n');
  terminal.out(`${common.json ? jsonText(flake) : text}\n`);
  return exitCodes.yes;
}
