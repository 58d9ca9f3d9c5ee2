// Which of Debian's packages the real servers need, and what is to be done about those that are missing. Pure.

/** All from Debian 12. */
export const neededPackages = [
  'gearman-job-server',
  'gearman-tools',
  'buildbot',
  'buildbot-worker',
  'libpython3.11-testsuite',
  'redis-server',
  'git',
  'mercurial',
  'ripgrep',
] as const;

/** What dpkg-query is asked, so that `missingPackages` can read its answer. */
export const dpkgFormat = '${Package} ${db:Status-Status}\n';

/** Those that dpkg does not call installed: removed ones with their configuration left are missing, too. */
export function missingPackages(
  dpkgAnswer: string,
  wanted: readonly string[] = neededPackages,
): readonly string[] {
  const lines = new Set(dpkgAnswer.split('\n'));
  return wanted.filter((name) => !lines.has(`${name} installed`));
}

/** One apt-get run; `within` in milliseconds. */
export interface AptRun {
  readonly args: readonly string[];
  readonly within: number;
}

export type Decision =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'install';
      readonly missing: readonly string[];
      readonly update: AptRun;
      readonly install: AptRun;
    }
  /** Not ours to do: the one line for who may. */
  | { readonly kind: 'ask'; readonly missing: readonly string[]; readonly line: string };

const minute = 60_000;
// Somebody else's apt may hold the lock for a moment.
const patient = '--option=DPkg::Lock::Timeout=120';

/** Decides apart from doing: root installs, anybody else is told how. */
export function decide(missing: readonly string[], root: boolean): Decision {
  if (missing.length === 0) return { kind: 'nothing' };
  const install = ['install', '--yes', '--no-install-recommends', ...missing];
  if (!root) return { kind: 'ask', missing, line: `sudo apt-get ${install.join(' ')}` };
  return {
    kind: 'install',
    missing,
    // Without the option an update that reached no source counts as done.
    update: { args: [patient, '--option=APT::Update::Error-Mode=any', 'update'], within: 5 * minute },
    install: { args: [patient, ...install], within: 30 * minute },
  };
}
