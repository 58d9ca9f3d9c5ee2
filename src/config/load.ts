// From a file to a Config, or to everything that is wrong with it at once.

import { isUtf8 } from 'node:buffer';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { formatAddress } from './address.ts';
import { boundedFile } from './bounded-file.ts';
import type { Config, StoreConfig, GearmanTls, ServerTls, TlsFiles } from './config.ts';
import { crossCheck } from './cross-checks.ts';
import type { Finding } from './finding.ts';
import { remarksOf, valueAt, type Remark } from './issues.ts';
import { configGuide } from './keys.ts';
import { secretFiles } from './secret-files.ts';
import { fileSchema, type File } from './schema.ts';
import { maxFindings, readSource, type Source } from './source.ts';

export type LoadResult =
  /** Findings are warnings here. */
  | { readonly kind: 'loaded'; readonly config: Config; readonly findings: readonly Finding[] }
  /** At least one is an error. */
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

type Level = Finding['level'];
type Leveled = Remark & { readonly level: Level };

const maxBytes = 1024 * 1024;
const nowhere = { line: 1, column: 1, key: 'file', level: 'error' } as const;

/**
 * Reads and checks a configuration file. Never rejects for what a file can be; findings stand in the order of the file.
 * `password: 'unread'`: whoever only looks for the daemon needs no password, and may not be allowed to read it.
 */
export async function load(
  path: string,
  options: { readonly password?: 'read' | 'unread' } = {},
): Promise<LoadResult> {
  const text = await readText(path);
  if (typeof text !== 'string') return { kind: 'refused', findings: [{ ...nowhere, file: path, ...text }] };
  const reading = readSource(text, 'a mapping with buildbot, gearman, jobs and policies');
  if (reading.kind === 'refused') return result(path, reading.findings.map(asError), null);
  const { source } = reading;
  const parsed = fileSchema.safeParse(source.raw);
  const folder = dirname(resolve(path));
  const remarks: readonly Leveled[] = [
    ...(parsed.success ? [] : remarksOf(parsed.error.issues, source, configGuide).map(asError)),
    ...crossCheck(source),
    ...managerName(source),
    ...(options.password === 'unread' ? [] : await secretFiles(source, folder)),
    ...(await signatures(source, folder)),
  ];
  return result(path, remarks, parsed.success ? configOf(parsed.data, folder) : null);
}

function result(file: string, remarks: readonly Leveled[], config: Config | null): LoadResult {
  const findings = remarks
    .map((remark): Finding => ({ ...remark, file }))
    .sort((one, other) => one.line - other.line || one.column - other.column)
    .slice(0, maxFindings);
  const refused = config === null || remarks.some(({ level }) => level === 'error');
  return refused ? { kind: 'refused', findings } : { kind: 'loaded', config, findings };
}

function asError(remark: Remark): Leveled {
  return { ...remark, level: 'error' };
}

/** The text, or what is wrong with the file. */
async function readText(path: string): Promise<string | { readonly sentence: string }> {
  try {
    const bytes = await boundedFile(path, maxBytes);
    if (bytes.length > maxBytes) return { sentence: 'is too long, expected 1 MiB at most' };
    if (!isUtf8(bytes)) return { sentence: 'is no UTF-8 text, expected a YAML file' };
    return bytes.toString('utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { sentence: `cannot be read (${why}), expected a YAML file` };
  }
}

/** The host name stands in for `manager` where it fits. */
function managerName(source: Source): readonly Leveled[] {
  if (valueAt(source.raw, ['manager']) !== undefined || /^[A-Za-z0-9.-]{1,63}$/.test(hostname())) return [];
  const sentence =
    'is missing, and the host name cannot stand in for it, expected 1 to 63 letters, digits, dots and hyphens';
  return [{ ...source.at(['manager']), key: 'manager', sentence, level: 'error' }];
}

async function signatures(source: Source, folder: string): Promise<readonly Leveled[]> {
  const given = valueAt(source.raw, ['signatures']) ?? 'signatures/';
  if (typeof given !== 'string' || (await isFolder(resolve(folder, given)))) return [];
  const sentence = `there is no folder ${resolve(folder, given)}, expected the folder with the signatures; none are used`;
  return [{ ...source.at(['signatures']), key: 'signatures', sentence, level: 'warning' }];
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Whatever keeps us from looking, the folder cannot be used, and that is what the warning says.
    return false;
  }
}

function configOf(file: File, folder: string): Config {
  const { gearman, buildbot, store, web, fleet, retention } = file;
  return {
    manager: file.manager ?? hostname(),
    gearman:
      gearman.embedded === undefined
        ? { kind: 'servers', servers: gearman.servers ?? [], tls: gearmanTlsOf(gearman.tls, folder) }
        : { kind: 'embedded', listen: gearman.embedded.listen },
    buildbot: {
      url: buildbot.url,
      username: buildbot.username ?? null,
      passwordFile: buildbot.password_file === undefined ? null : resolve(folder, buildbot.password_file),
      forceScheduler: buildbot.force_scheduler,
      tls: buildbot.tls === undefined ? null : filesOf(buildbot.tls, folder),
    },
    store: storeOf(store, folder),
    web: { listen: web.listen, publicUrl: web.public_url ?? `http://${formatAddress(web.listen)}/` },
    fleet: { stability: { stable: fleet.stable, unstable: fleet.unstable }, platforms: fleet.platforms },
    signatures: resolve(folder, file.signatures),
    maxJobs: file.max_jobs,
    retention: { keepDays: retention.keep_days, historyDays: retention.history_days },
    jobs: file.jobs.map(jobOf),
    policies: new Map(
      Object.entries(file.policies).map(([name, policy]) => [
        name,
        { ...policy, coverage: policy.coverage ?? null },
      ]),
    ),
  };
}

function filesOf(
  files: { readonly [Name in keyof TlsFiles]?: string | undefined },
  folder: string,
): TlsFiles {
  const at = (path: string | undefined): string | null => (path === undefined ? null : resolve(folder, path));
  return { ca: at(files.ca), certificate: at(files.certificate), key: at(files.key) };
}

function serverTlsOf(
  tls: Parameters<typeof filesOf>[0] & { readonly host_names: boolean },
  folder: string,
): ServerTls {
  return { ...filesOf(tls, folder), hostNames: tls.host_names };
}

function gearmanTlsOf(tls: File['gearman']['tls'], folder: string): GearmanTls | null {
  if (tls === undefined) return null;
  return { ...serverTlsOf(tls, folder), oldest: tls.oldest };
}

function jobOf(job: File['jobs'][number]): Config['jobs'][number] {
  const {
    name,
    project,
    builders,
    policy,
    branches,
    repositories,
    repository,
    vcs,
    test_steps,
    revision,
    result_text,
    changed_files,
  } = job;
  return {
    name,
    project,
    builders: {
      ...(builders.tags && { tags: builders.tags }),
      ...(builders.names && { names: builders.names }),
      ...(builders.exclude && { exclude: builders.exclude }),
    },
    policy,
    ...(branches && { branches }),
    ...(repositories && { repositories }),
    ...(repository !== undefined && { repository }),
    vcs,
    testSteps: test_steps,
    revision,
    resultText: result_text,
    ...(changed_files && { changedFiles: changed_files }),
  };
}

function storeOf(store: File['store'], folder: string): StoreConfig {
  const { url, prefix, password_file, sentinels, sentinel_password_file, cluster, tls } = store;
  const path = resolve(folder, store.path);
  if (url === undefined) return { driver: 'embedded', path };
  const at = (file: string | undefined): string | null => (file === undefined ? null : resolve(folder, file));
  return {
    driver: 'redis',
    path,
    address: url,
    prefix,
    passwordFile: at(password_file),
    sentinels: sentinels ?? null,
    sentinelPasswordFile: at(sentinel_password_file),
    cluster: cluster ?? null,
    tls: tls === undefined ? null : serverTlsOf(tls, folder),
  };
}
