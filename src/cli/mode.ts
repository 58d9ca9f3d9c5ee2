// `gearbridge drain` and `gearbridge resume` (RUNS.md 9.5).

import { setTimeout as pause } from 'node:timers/promises';
import type { StatusView } from '../views/document.ts';
import { apiToAct, type Api } from './api.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

const sentences = {
  drain: { done: 'draining: no new run is started', already: 'draining already' },
  resume: { done: 'serving again', already: 'not draining' },
};

const lookEvery = 1_000;

async function lastRunOver(api: Api, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { counts } = await api.get<StatusView>('status');
    if (counts.running === 0) return;
    try {
      await pause(lookEvery, undefined, { signal });
    } catch (error) {
      throw new CommandError(exitCodes.interrupted, 'interrupted; the daemon goes on draining', {
        cause: error,
      });
    }
  }
}

/** Turns draining on or off; with `wait` it returns when the last started run is over. */
export async function mode(
  call: Call,
  options: { readonly to: 'drain' | 'resume'; readonly wait: boolean },
): Promise<ExitCode> {
  const { terminal, common } = call;
  const api = await apiToAct(call);
  const answer = await api.post<{ changed: boolean }>(options.to, {});
  const { done, already } = sentences[options.to];
  terminal.out(`${common.json ? jsonText(answer) : answer.changed ? done : already}\n`);
  if (options.wait) await lastRunOver(api, terminal.interruption());
  return exitCodes.yes;
}
