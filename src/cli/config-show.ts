// `gearbridge config show`: the configuration in force, with every default. It holds no secret.

import { loaded } from './config-load.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

export async function configShow({ terminal, common }: Call): Promise<ExitCode> {
  const config = await loaded(common.config);
  const { effective } = await import('../config/effective.ts');
  const text = effective(config);
  if (!common.json) {
    terminal.out(text);
    return exitCodes.yes;
  }
  terminal.out(`${jsonText({ ...config, policies: Object.fromEntries(config.policies) })}\n`);
  return exitCodes.yes;
}
