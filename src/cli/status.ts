// `gearbridge status`: the daemon, what it depends on, and how busy it is.

import type { StatusView } from '../views/document.ts';
import { visible } from '../views/text.ts';
import type { Tone } from '../views/tone.ts';
import { apiToRead } from './api.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText, lines, localTime } from './text.ts';

const tones: Readonly<Record<StatusView['dependencies'][number]['state'], Tone>> = {
  up: 'good',
  degraded: 'warn',
  down: 'bad',
};

function text(view: StatusView, { terminal, common }: Call): string[] {
  const { slots, counts } = view;
  const why = view.why === '' ? '' : `: ${visible(view.why)}`;
  const rows = view.dependencies.map((one) => [
    { text: one.name },
    { text: one.state, tone: tones[one.state] },
    { text: localTime(one.since) },
    { text: one.why },
  ]);
  return [
    `${visible(view.manager)}, version ${visible(view.version)}, up since ${localTime(view.since)}`,
    `${view.mode}${why}; ${slots.taken} of ${slots.max} slots taken; ` +
      `${counts.running} running, ${counts.waiting} waiting, ${counts.answered} answered but not confirmed`,
    '',
    ...lines(
      { heads: ['DEPENDENCY', 'STATE', 'SINCE', 'WHY'], rows },
      { columns: terminal.columns(), color: common.color },
    ),
  ];
}

/** 0 when the daemon serves and everything is up, 1 when not. */
export async function status(call: Call): Promise<ExitCode> {
  const api = await apiToRead(call);
  const view = await api.get<StatusView>('status');
  call.terminal.out(`${call.common.json ? jsonText(view) : text(view, call).join('\n')}\n`);
  const well = view.mode === 'serving' && view.dependencies.every((one) => one.state === 'up');
  return well ? exitCodes.yes : exitCodes.no;
}
