// One thing that was looked at outside of the configuration, and how they are shown.

import type { Tone } from '../../views/tone.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import type { Call } from '../terminal.ts';
import { lines, type Cell } from '../text.ts';

export interface OutsideFinding {
  readonly part: string;
  readonly level: 'ok' | 'warning' | 'error';
  /** What is so, and where it is not well, what to do. */
  readonly sentence: string;
}

export interface Outside {
  readonly findings: readonly OutsideFinding[];
  /** Something did not answer at all. */
  readonly unreachable: boolean;
}

const tones: Readonly<Record<OutsideFinding['level'], Tone>> = { ok: 'good', warning: 'warn', error: 'bad' };

/** The findings as a table. */
export function findingLines(findings: readonly OutsideFinding[], { terminal, common }: Call): string[] {
  const rows = findings.map(({ part, level, sentence }): Cell[] => [
    { text: part },
    { text: level, tone: tones[level] },
    { text: sentence },
  ]);
  // A sentence that says what to do is not cut: the terminal wraps it.
  const columns = Math.max(terminal.columns(), 2_000);
  return lines({ heads: ['PART', 'LEVEL', 'WHAT'], rows }, { columns, color: common.color });
}

/** 3 when something cannot be reached, 1 when it answers and is wrong, else 0: warnings do not fail. */
export function outsideCode({ findings, unreachable }: Outside): ExitCode {
  if (unreachable) return exitCodes.unreachable;
  return findings.some((one) => one.level === 'error') ? exitCodes.no : exitCodes.yes;
}
