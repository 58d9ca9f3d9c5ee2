// The configuration for a command that cannot do without it.

import type { Config } from '../config/config.ts';
import { CommandError, exitCodes } from './exit.ts';

/** The configuration, or exit code 2 with every finding. */
export async function loaded(path: string): Promise<Config> {
  const { load } = await import('../config/load.ts');
  const result = await load(path);
  if (result.kind === 'loaded') return result.config;
  const { formatFinding } = await import('../config/finding.ts');
  throw new CommandError(exitCodes.usage, result.findings.map(formatFinding).join('\n'));
}
