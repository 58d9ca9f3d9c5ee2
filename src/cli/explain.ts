// `gearbridge flakes explain WHAT`: finds out what is meant, and what may be said with it.

import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import { targetOf } from './explain-target.ts';
import type { FlakesExplain } from './flakes-explain.ts';
import type { Call } from './terminal.ts';

export interface Explain extends Omit<FlakesExplain, 'log'> {
  readonly what: string;
}

function refuse(given: Explain, names: readonly (keyof Explain)[], kind: string): void {
  const name = names.find((one) => given[one] !== null && given[one] !== 'auto');
  if (name === undefined) return;
  throw new CommandError(exitCodes.usage, `--${name} does not go with ${kind}; leave it out`);
}

/** Explains a saved log, a job, a build or the builds of a request; the exit codes are those of each. */
export async function explain(call: Call, given: Explain): Promise<ExitCode> {
  const { what, ...rest } = given;
  const target = await targetOf(what);
  switch (target.kind) {
    case 'log': {
      const { flakesExplain } = await import('./flakes-explain.ts');
      return flakesExplain(call, { ...rest, log: what });
    }
    case 'job': {
      refuse(given, ['format', 'junit', 'builder', 'platform', 'signatures'], 'a job');
      const { explainJob } = await import('./explain-job.ts');
      const common = target.url === null ? call.common : { ...call.common, url: target.url };
      return explainJob({ ...call, common }, target.number);
    }
    case 'build':
    case 'request': {
      refuse(given, ['format', 'junit', 'builder'], 'a build, which says it itself');
      const { explainBuild } = await import('./explain-build.ts');
      const { platform, signatures } = rest;
      return explainBuild(call, { target, platform, signatures });
    }
  }
}
