// `gearbridge flakes import --since 30d`: Buildbot's finished builds into the history, so that the first day is not blind.

import { setTimeout as pause } from 'node:timers/promises';
import type { ImportView } from '../views/flakes.ts';
import { visible } from '../views/text.ts';
import { apiToAct, type Api } from './api.ts';
import { CommandError, exitCodes, isCommandError, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText, localTime } from './text.ts';

const lookEvery = 1_000;

function progress({ builds, failures, unread, reached, since }: ImportView): string {
  const place = reached === null ? `from ${localTime(since)}` : `up to ${localTime(reached)}`;
  const lost = unread === 0 ? '' : `, ${unread} builds whose logs are gone or cannot be read`;
  return visible(`${builds} builds with ${failures} failures ${place}${lost}`);
}

async function start(api: Api, since: string): Promise<boolean> {
  try {
    await api.post('flakes/import', { since });
    return true;
  } catch (error) {
    // One that is under way is watched instead.
    if (isCommandError(error) && error.exitCode === exitCodes.no) return false;
    throw error;
  }
}

async function watched(call: Call, api: Api): Promise<ImportView> {
  const { terminal } = call;
  const signal = terminal.interruption();
  let told = '';
  for (;;) {
    const view = await api.get<ImportView>('flakes/import');
    if (view.state !== 'running') return view;
    const line = progress(view);
    if (line !== told) terminal.err(`${line}\n`);
    told = line;
    try {
      await pause(lookEvery, undefined, { signal });
    } catch (error) {
      throw new CommandError(exitCodes.interrupted, 'interrupted; the daemon goes on with the import', {
        cause: error,
      });
    }
  }
}

/** Starts the import, or watches the one that is under way, until it ends; 3 where it had to stop. */
export async function flakesImport(call: Call, since: string): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToAct(call);
  if (!(await start(api, since))) terminal.err('an import is under way already; this is how far it is\n');
  const view = await watched(call, api);
  terminal.out(`${common.json ? jsonText(view) : progress(view)}\n`);
  if (view.state === 'done') return exitCodes.yes;
  terminal.err(`${visible(`the import stopped: ${view.why}; start it again, it goes on where it was`)}\n`);
  return exitCodes.unreachable;
}
