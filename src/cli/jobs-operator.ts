// `gearbridge jobs promote NUMBER --reason TEXT` and `gearbridge jobs forget NUMBER --reason TEXT`.

import type { ForgetOutcome, PromoteOutcome } from '../views/actions.ts';
import { visible } from '../views/text.ts';
import { apiToAct } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

interface Asked {
  readonly number: string;
  readonly reason: string;
}

type Promoted = Extract<PromoteOutcome, { kind: 'ok' }>;
type Forgotten = Extract<ForgetOutcome, { kind: 'ok' }>;

function promotedText(number: string, { moved, raised, waiting, why }: Promoted): string {
  if (moved) return `job ${number} is the first of the line`;
  if (waiting === 0) return `job ${number} runs, and none of its requests waits at Buildbot`;
  const lacking = raised < waiting ? `; Buildbot did not raise the others: ${why}` : '';
  return `job ${number} runs; ${raised} of its ${waiting} requests that wait at Buildbot go first now${lacking}`;
}

async function ask<Answer extends object>(
  call: Call,
  what: string,
  { number, reason }: Asked,
): Promise<Answer> {
  const api = await apiToAct(call);
  return api.post<Answer>(`jobs/${encodeURIComponent(number)}/${what}`, { reason });
}

/** 1 when it is over or nothing could be raised, 6 when there is none of this number. */
export async function jobsPromote(call: Call, asked: Asked): Promise<ExitCode> {
  const { terminal, common } = call;
  const done = await ask<Promoted>(call, 'promote', asked);
  terminal.out(`${common.json ? jsonText(done) : visible(promotedText(asked.number, done))}\n`);
  return done.raised < done.waiting ? exitCodes.no : exitCodes.yes;
}

/** 1 when it is open, 6 when there is none of this number. */
export async function jobsForget(call: Call, asked: Asked): Promise<ExitCode> {
  const { terminal, common } = call;
  const done = await ask<Forgotten>(call, 'forget', asked);
  terminal.out(`${common.json ? jsonText(done) : visible(`forgot ${done.numbers.join(', ')}`)}\n`);
  return exitCodes.yes;
}
