// Debian starts a package's service as soon as it is installed, unless /usr/sbin/policy-rc.d says no (invoke-rc.d(8)).

import { constants } from 'node:fs';
import { access, rename, rm, writeFile } from 'node:fs/promises';
import { tried } from './command.ts';
import { policyStep } from './packages.ts';

const ours = '#!/bin/sh\n# gearbridge: no service starts while its test servers are installed.\nexit 101\n';

/** Runs `install` while the policy file forbids services to start; the file is as before when this settles. */
export async function withoutServices<Result>(
  policy: string,
  install: () => Promise<Result>,
): Promise<Result> {
  const aside = `${policy}.before-gearbridge`;
  const step = policyStep(await ask(policy));
  if (step === 'leave-theirs') return install();
  if (step === 'set-theirs-aside') await rename(policy, aside);
  try {
    // wx: what somebody else wrote a moment ago is not ours to replace.
    await writeFile(policy, ours, { mode: 0o755, flag: 'wx' });
    try {
      return await install();
    } finally {
      await rm(policy, { force: true });
    }
  } finally {
    if (step === 'set-theirs-aside') await rename(aside, policy);
  }
}

/** Exit code of the policy asked to start a service; null where there is none. */
async function ask(policy: string): Promise<number | null> {
  try {
    await access(policy, constants.F_OK);
  } catch {
    // No file: no policy.
    return null;
  }
  const { code } = await tried({ program: policy, args: ['gearman-job-server', 'start'], within: 10_000 });
  // Killed by the deadline: a policy that does not answer forbids nothing.
  return code ?? 0;
}
