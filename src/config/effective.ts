// The configuration in force, as a file that would give it again.

import { stringify } from 'yaml';
import type { JobDefinition, Policy } from '../gate/request.ts';
import { formatAddress } from './address.ts';
import type { Config, RedisConfig, StoreConfig, TlsFiles } from './config.ts';
import { formatDuration } from './duration.ts';

/** What would stand in that file, as plain values that JSON can carry. */
export type Plain = ReturnType<typeof plain>;

/** YAML with every default filled in and absolute paths. It holds no secret, for a Config holds none. */
export function effective(config: Config): string {
  return stringify(plain(config), { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** The same as values. */
export function plain(config: Config) {
  const { gearman, buildbot, store, web, fleet, retention } = config;
  return {
    manager: config.manager,
    gearman:
      gearman.kind === 'servers'
        ? {
            servers: gearman.servers.map(formatAddress),
            ...(gearman.tls !== null && {
              tls: {
                ...filesEntry(gearman.tls),
                oldest: gearman.tls.oldest,
                host_names: gearman.tls.hostNames,
              },
            }),
          }
        : { embedded: { listen: formatAddress(gearman.listen) } },
    buildbot: {
      url: buildbot.url,
      ...(buildbot.username !== null && { username: buildbot.username }),
      ...(buildbot.passwordFile !== null && { password_file: buildbot.passwordFile }),
      force_scheduler: buildbot.forceScheduler,
      ...(buildbot.tls !== null && { tls: filesEntry(buildbot.tls) }),
    },
    store: storeEntry(store),
    web: { listen: formatAddress(web.listen), public_url: web.publicUrl },
    fleet: { ...fleet.stability, platforms: fleet.platforms },
    signatures: config.signatures,
    max_jobs: config.maxJobs,
    retention: { keep_days: retention.keepDays, history_days: retention.historyDays },
    jobs: config.jobs.map(jobEntry),
    policies: Object.fromEntries([...config.policies].map(([name, policy]) => [name, policyEntry(policy)])),
  };
}

function storeEntry(store: StoreConfig) {
  return store.driver === 'embedded' ? { driver: store.driver, path: store.path } : redisEntry(store);
}

/** Without the password that its URL may have, which the file in force has. */
function redisEntry(store: RedisConfig) {
  const { driver, path, address, prefix, passwordFile, sentinels, sentinelPasswordFile, cluster, tls } =
    store;
  return {
    driver,
    path,
    url: address.url,
    prefix,
    ...(passwordFile !== null && { password_file: passwordFile }),
    ...(sentinels !== null && { sentinels: sentinels.map(formatAddress) }),
    ...(sentinelPasswordFile !== null && { sentinel_password_file: sentinelPasswordFile }),
    ...(cluster !== null && { cluster: cluster.map(formatAddress) }),
    ...(tls !== null && { tls: { ...filesEntry(tls), host_names: tls.hostNames } }),
  };
}

function filesEntry({ ca, certificate, key }: TlsFiles) {
  return {
    ...(ca !== null && { ca }),
    ...(certificate !== null && { certificate }),
    ...(key !== null && { key }),
  };
}

function jobEntry({ testSteps, resultText, changedFiles, ...job }: JobDefinition) {
  const command = changedFiles === undefined ? {} : { changed_files: changedFiles };
  return { ...job, test_steps: testSteps, result_text: resultText, ...command };
}

function policyEntry({ coverage, deadlines, ...policy }: Policy) {
  const times = Object.entries(deadlines).map(([name, time]) => [name, formatDuration(time)] as const);
  return { ...(coverage !== null && { coverage }), ...policy, deadlines: Object.fromEntries(times) };
}
