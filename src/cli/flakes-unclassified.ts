// `gearbridge flakes unclassified`: failures that nothing explains, by cause, each with a signature to begin with.

import type { UnclassifiedList, UnclassifiedView } from '../views/flakes.ts';
import { visible } from '../views/text.ts';
import { apiToRead } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { queryText, shareText, type FlakesQuery } from './flakes-report.ts';
import type { Call } from './terminal.ts';
import { jsonText, localTime } from './text.ts';

const mostNames = 5;

function some(names: readonly string[]): string {
  const rest = names.length - mostNames;
  return `${names.slice(0, mostNames).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function paragraph(group: UnclassifiedView): string[] {
  const { sample, tests, draft } = group;
  const other = group.incidents.length === 1 ? '' : `, ${group.incidents.length} incidents alike`;
  const told = [
    `${group.count} x ${sample.kind}  incident ${group.group}${other}`,
    `    ${tests.length === 0 ? 'no test' : some(tests)}`,
    ...(sample.message === '' ? [] : [`    ${sample.message}`]),
    `    on ${some(group.builders)}; ${group.commits} landed commits; ${localTime(group.first_seen)} to ${localTime(group.last_seen)}`,
    `    newest: ${sample.url} step ${sample.step}, lines ${sample.lines.join('-')}`,
  ].map(visible);
  const yaml = (draft ?? '').split('\n').filter((line) => line !== '');
  return ['', ...told, ...yaml.map((line) => `    | ${visible(line)}`)];
}

/** Prints the groups, the most frequent first; 1 when there is something unexplained, so that a script can watch it. */
export async function flakesUnclassified(call: Call, given: FlakesQuery): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToRead(call);
  const list = await api.get<UnclassifiedList>(`flakes/unclassified?${queryText({ ...given })}`);
  const head = `unexplained: ${shareText(list.unclassified)}`;
  const text = [head, ...list.groups.flatMap(paragraph)].join('\n');
  terminal.out(`${common.json ? jsonText(list) : text}\n`);
  if (!list.complete) terminal.err('not all failures of this time were looked at: give a shorter --since\n');
  return list.groups.length === 0 ? exitCodes.yes : exitCodes.no;
}
