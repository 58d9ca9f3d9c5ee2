// What the master says of itself, of us, and of the force scheduler.

import type { Master } from '../../buildbot/master.ts';
import type { Config } from '../../config/config.ts';
import { tlsSettings } from '../../config/pem.ts';
import type { Outside, OutsideFinding } from './finding.ts';

/** Asks the master what every start asks it, then whatever `more` asks; the first only where it answered. Never rejects. */
export async function askMaster(
  config: Config,
  more: (master: Master) => Promise<readonly OutsideFinding[]> = () => Promise.resolve([]),
): Promise<Outside> {
  const [{ createMaster }, { readPassword }, { stanzaVersion }] = await Promise.all([
    import('../../buildbot/create-master.ts'),
    import('../../config/password.ts'),
    import('../stanza.ts'),
  ]);
  const { url, username, passwordFile, forceScheduler, tls } = config.buildbot;
  const master = createMaster({
    url,
    scheduler: forceScheduler,
    ...(tls === null ? {} : { tls: tlsSettings(tls) }),
    stanza: await stanzaVersion(),
    ...(username === null ? {} : { username }),
    ...(passwordFile === null ? {} : { password: () => readPassword(passwordFile) }),
  });
  try {
    const findings = await master.check();
    const unreachable = findings.some((one) => one.part === 'master' && one.level === 'error');
    return { findings: unreachable ? findings : [...findings, ...(await more(master))], unreachable };
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    return { findings: [{ part: 'master', level: 'error', sentence }], unreachable: true };
  } finally {
    await master.close();
  }
}
