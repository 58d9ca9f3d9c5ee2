// `gearbridge reconcile [--dry-run]`: what journal, Buildbot and Gearman do not agree on, and what is done about it.

import type { DifferenceView } from '../views/actions.ts';
import { apiToAct } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText, lines } from './text.ts';

interface Answer {
  readonly differences: readonly DifferenceView[];
  /** Not shown. */
  readonly more: number;
}

function text({ differences, more }: Answer, { common }: Call): string {
  if (differences.length === 0) return 'journal, Buildbot and Gearman agree';
  const rows = differences.map(({ where, job, about, is, would }) => [
    { text: where },
    { text: job ?? '' },
    { text: about },
    { text: is },
    { text: would },
  ]);
  const heads = ['WHERE', 'JOB', 'WHAT', 'IS', 'WILL BE DONE'];
  // Sentences are not cut: the terminal wraps them.
  const table = lines({ heads, rows }, { columns: 2_000, color: common.color });
  return [...table, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** 0 where all agree, 1 where something differs. */
export async function reconcile(call: Call, dryRun: boolean): Promise<ExitCode> {
  const { terminal, common } = call;
  const answer = await (await apiToAct(call)).post<Answer>('reconcile', { dry_run: dryRun });
  terminal.out(`${common.json ? jsonText(answer) : text(answer, call)}\n`);
  return answer.differences.length === 0 ? exitCodes.yes : exitCodes.no;
}
