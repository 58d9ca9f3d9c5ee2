// `gearbridge reload` and `gearbridge config diff`: what the file says now beside what is in force.

import type { ConfigChange } from '../views/actions.ts';
import { visible } from '../views/text.ts';
import { apiToAct } from './api.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

const sentences = {
  reload: { none: 'nothing changed', later: 'not taken: needs a restart' },
  'config/diff': { none: 'no difference', later: 'needs a restart' },
};

function lineOf({ key, before, after, reload }: ConfigChange, later: string): string {
  const value =
    before === null
      ? `+ ${key}: ${after}`
      : after === null
        ? `- ${key}: ${before}`
        : `~ ${key}: ${before} -> ${after}`;
  return visible(reload === 'restart' ? `${value} (${later})` : value);
}

interface Answer {
  readonly changes: readonly ConfigChange[];
  /** What is wrong with the file; then nothing changed. */
  readonly findings: readonly string[];
}

/** 0 also where nothing differs; a wrong file is exit code 2 with every finding, and changes nothing. */
export async function reload(call: Call, path: 'reload' | 'config/diff'): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToAct(call);
  const answer = await api.post<Answer>(path, {});
  if (answer.findings.length > 0) {
    const findings = answer.findings.map(visible).join('\n');
    throw new CommandError(exitCodes.usage, `${findings}\nthe configuration in force stays as it is`);
  }
  const { none, later } = sentences[path];
  const lines = answer.changes.map((change) => lineOf(change, later));
  terminal.out(`${common.json ? jsonText(answer) : lines.length === 0 ? none : lines.join('\n')}\n`);
  return exitCodes.yes;
}
