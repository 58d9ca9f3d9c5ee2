// `gearbridge config check [FILE] [--online]`: everything that is wrong with the file, and with --online what the master and the
// Gearman servers say. Works without a daemon.

import type { Config } from '../config/config.ts';
import { formatFinding } from '../config/finding.ts';
import { load } from '../config/load.ts';
import { visible } from '../views/text.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { askGearman, serversOf } from './outside/ask-gearman.ts';
import { askMaster } from './outside/ask-master.ts';
import { findingLines, outsideCode, type Outside } from './outside/finding.ts';
import { jsonText } from './text.ts';

async function askOutside(config: Config): Promise<Outside> {
  const servers = config.gearman.kind === 'servers' ? serversOf(config.gearman) : [];
  const [master, ...gearman] = await Promise.all([askMaster(config), ...servers.map(askGearman)]);
  return {
    findings: [...master.findings, ...gearman],
    unreachable: master.unreachable || gearman.some((one) => one.level === 'error'),
  };
}

/** What is right, and yet costs something that is easily overlooked. */
function notesOn({ jobs }: Config): readonly string[] {
  return jobs
    .filter(({ changedFiles }) => changedFiles === undefined)
    .map(
      ({ name }) =>
        `note: job ${name} has no changed_files: unless its gatekeeper sends GATE_FILES, every file counts as touched, and known flakes are forgiven much less`,
    );
}

/** 2 for a wrong file; online 3 when something cannot be reached, 1 when it answers and is wrong. Warnings do not fail. */
export async function configCheck(
  call: Call,
  options: { readonly file: string | null; readonly online: boolean },
): Promise<ExitCode> {
  const { terminal, common } = call;
  const file = options.file ?? common.config;
  const result = await load(file);
  const online = options.online && result.kind === 'loaded' ? await askOutside(result.config) : null;
  const code =
    result.kind === 'refused' ? exitCodes.usage : online === null ? exitCodes.yes : outsideCode(online);
  const notes = result.kind === 'loaded' ? notesOn(result.config) : [];
  if (common.json) {
    const document = {
      file,
      ok: code === exitCodes.yes,
      findings: result.findings,
      online: online?.findings ?? null,
      notes,
    };
    terminal.out(`${jsonText(document)}\n`);
    return code;
  }
  for (const finding of result.findings) terminal.out(`${formatFinding(finding)}\n`);
  for (const note of notes) terminal.out(`${visible(note)}\n`);
  if (result.kind === 'loaded') terminal.out(`${visible(file)} is a valid configuration\n`);
  if (online !== null) terminal.out(`${findingLines(online.findings, call).join('\n')}\n`);
  return code;
}
