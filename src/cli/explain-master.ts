// The Buildbot master that a build's page is of: with the credentials of the configuration where it is the configuration's own, else anonymously.

import type { Master } from '../buildbot/master.ts';
import type { Config } from '../config/config.ts';
import { CommandError, exitCodes } from './exit.ts';
import type { Call } from './terminal.ts';

export interface MasterInQuestion {
  readonly master: Master;
  /** null: there is none. */
  readonly config: Config | null;
  /** It is the master of the configuration. */
  readonly ours: boolean;
  readonly testSteps: readonly string[];
  /** What went wrong with a call, as the command ends with it. */
  readonly failed: (error: unknown) => unknown;
  readonly close: () => Promise<void>;
}

async function configOf({ common }: Call): Promise<Config | null> {
  const { load } = await import('../config/load.ts');
  // The password is read only if the master asks for it; whoever runs this may not be allowed to.
  const result = await load(common.config, { password: 'unread' });
  if (result.kind === 'loaded') return result.config;
  // A file that nobody named may be missing, or another user's.
  if (!common.configNamed) return null;
  const { formatFinding } = await import('../config/finding.ts');
  throw new CommandError(exitCodes.usage, result.findings.map(formatFinding).join('\n'));
}

function codeOf(status: number | null) {
  if (status === 404) return exitCodes.notFound;
  return status === 401 || status === 403 ? exitCodes.notPermitted : exitCodes.unreachable;
}

/** The master at an address. Nothing is sent yet; rejects with exit code 2 for a configuration that was named and is wrong. */
export async function masterOf(call: Call, address: string): Promise<MasterInQuestion> {
  const [config, { createMaster }, { readPassword }, { tlsSettings }, { BuildbotError }] = await Promise.all([
    configOf(call),
    import('../buildbot/create-master.ts'),
    import('../config/password.ts'),
    import('../config/pem.ts'),
    import('../buildbot/buildbot-error.ts'),
  ]);
  // Credentials go to the master that they are for, and to no address that somebody pasted.
  const ours = config !== null && new URL(config.buildbot.url).href === new URL(address).href;
  const { username, passwordFile, tls } = config?.buildbot ?? {
    username: null,
    passwordFile: null,
    tls: null,
  };
  const master = createMaster({
    url: address,
    // For forcing, which is not done here.
    scheduler: '',
    stanza: '',
    ...(ours && username !== null ? { username } : {}),
    ...(ours && tls !== null ? { tls: tlsSettings(tls) } : {}),
    ...(ours && passwordFile !== null ? { password: () => readPassword(passwordFile) } : {}),
  });
  const steps = new Set(config?.jobs.flatMap((job) => job.testSteps) ?? []);
  return {
    master,
    config,
    ours,
    testSteps: steps.size === 0 ? ['test'] : [...steps],
    failed: (error) =>
      error instanceof BuildbotError
        ? new CommandError(codeOf(error.status), `${address}: ${error.message}`, { cause: error })
        : error,
    close: () => master.close(),
  };
}
