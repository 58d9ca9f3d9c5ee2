// What no schema can check: keys that speak of one another. It reads the plain data, right or wrong, so that these findings come
// together with those of the schema; what has a wrong shape is the schema's business and is passed over here.

import { formatKey, type KeyPath } from './keys.ts';
import { quoted } from './finding.ts';
import { valueAt, type Remark } from './issues.ts';
import { maxFindings, type Source } from './source.ts';
import { suggestion } from './suggest.ts';

export interface CrossRemark extends Remark {
  readonly level: 'error' | 'warning';
}

type Say = (path: KeyPath, sentence: string, level?: CrossRemark['level']) => void;
type Check = (raw: unknown, say: Say) => void;

/** Every contradiction within the file. */
export function crossCheck(source: Source): readonly CrossRemark[] {
  const remarks: CrossRemark[] = [];
  const say: Say = (path, sentence, level = 'error') => {
    if (remarks.length >= maxFindings) return;
    const last = path.at(-1);
    const missing = valueAt(source.raw, path) === undefined || typeof last === 'number';
    const position = missing ? source.at(path) : source.keyAt(path.slice(0, -1), String(last));
    remarks.push({ ...position, key: formatKey(path), sentence, level });
  };
  const checks: readonly Check[] = [
    jobNames,
    selectors,
    policies,
    names,
    coverage,
    stability,
    gearman,
    login,
    tls,
    store,
    redis,
  ];
  for (const check of checks) check(source.raw, say);
  return remarks;
}

const jobNames: Check = (raw, say) => {
  const first = new Map<string, number>();
  for (const [index, job] of items(raw, ['jobs']).entries()) {
    const name = valueAt(job, ['name']);
    if (typeof name !== 'string') continue;
    const before = first.get(name);
    if (before === undefined) first.set(name, index);
    else
      say(['jobs', index, 'name'], `is ${quoted(name)}, as jobs[${before}].name is, expected each name once`);
  }
};

const selectors: Check = (raw, say) => {
  for (const [index, job] of items(raw, ['jobs']).entries()) {
    const builders = valueAt(job, ['builders']);
    if (!isMapping(builders) || 'tags' in builders || 'names' in builders) continue;
    say(['jobs', index, 'builders'], 'selects no builder, expected tags or names or both');
  }
};

const policies: Check = (raw, say) => {
  const defined = keys(raw, ['policies']);
  const used = new Set<unknown>();
  for (const [index, job] of items(raw, ['jobs']).entries()) {
    const name = valueAt(job, ['policy']);
    used.add(name);
    if (typeof name !== 'string' || name === '' || defined.includes(name)) continue;
    const choice = defined.length === 0 ? ', expected a policy under policies' : suggestion(name, defined);
    say(['jobs', index, 'policy'], `no policy ${quoted(name)} is defined${choice}`);
  }
  for (const name of defined) {
    if (!used.has(name))
      say(
        ['policies', name],
        'has no effect, for no job names it, expected a job with this policy',
        'warning',
      );
  }
};

/** A name that begins with a digit could change its place in the order of platforms; one with odd characters could not be shown. */
const names: Check = (raw, say) => {
  for (const path of [['policies'], ['fleet', 'platforms']]) {
    for (const name of keys(raw, path)) {
      if (/^[A-Za-z][A-Za-z0-9._-]{0,62}$/.test(name)) continue;
      say(
        [...path, name],
        'is no good name, expected a letter and then up to 62 letters, digits, dots, hyphens and underscores',
      );
    }
  }
};

const coverage: Check = (raw, say) => {
  const platforms = keys(raw, ['fleet', 'platforms']);
  for (const policy of keys(raw, ['policies'])) {
    for (const platform of keys(raw, ['policies', policy, 'coverage'])) {
      if (platforms.includes(platform)) continue;
      const choice =
        platforms.length === 0
          ? ', expected a platform under fleet.platforms'
          : suggestion(platform, platforms);
      say(['policies', policy, 'coverage', platform], `no platform ${quoted(platform)} is defined${choice}`);
    }
  }
};

const stability: Check = (raw, say) => {
  const stable = valueAt(raw, ['fleet', 'stable']);
  const both = new Set(Array.isArray(stable) ? stable : []);
  for (const [index, glob] of items(raw, ['fleet', 'unstable']).entries()) {
    if (typeof glob !== 'string' || !both.has(glob)) continue;
    say(
      ['fleet', 'unstable', index],
      `${quoted(glob)} is in stable and in unstable, expected it in one of them`,
    );
  }
  if (Array.isArray(stable) && stable.length === 0) {
    say(['fleet', 'stable'], 'is empty, so that no builder can vote, expected at least one glob', 'warning');
  }
};

const gearman: Check = (raw, say) => {
  const given = valueAt(raw, ['gearman']);
  if (!isMapping(given)) return;
  if ('servers' in given && 'embedded' in given)
    say(['gearman', 'embedded'], 'stands beside servers, expected one of the two');
  if (!('servers' in given) && !('embedded' in given))
    say(['gearman'], 'names no server, expected servers or embedded');
  const seen = new Set<unknown>();
  for (const [index, server] of items(raw, ['gearman', 'servers']).entries()) {
    if (typeof server === 'string' && seen.has(server)) {
      say(['gearman', 'servers', index], `is ${quoted(server)} once more, expected each server once`);
    }
    seen.add(server);
  }
};

const tls: Check = (raw, say) => {
  for (const part of ['buildbot', 'store']) {
    const ours = valueAt(raw, [part, 'tls']);
    if (!isMapping(ours) || 'certificate' in ours === 'key' in ours) continue;
    const [there, missing] = 'key' in ours ? ['key', 'certificate'] : ['certificate', 'key'];
    say([part, 'tls', there], `stands without ${missing}, expected both or neither`);
  }
  if (valueAt(raw, ['gearman', 'tls']) !== undefined && valueAt(raw, ['gearman', 'embedded']) !== undefined)
    say(['gearman', 'tls'], 'stands beside embedded, which speaks no TLS, expected servers');
  const url = valueAt(raw, ['buildbot', 'url']);
  if (valueAt(raw, ['buildbot', 'tls']) !== undefined && typeof url === 'string' && !/^https:/i.test(url))
    say(['buildbot', 'tls'], 'has no effect, for buildbot.url is no https address', 'warning');
};

const login: Check = (raw, say) => {
  const given = valueAt(raw, ['buildbot']);
  if (!isMapping(given) || 'username' in given === 'password_file' in given) return;
  const [there, missing] =
    'username' in given ? ['username', 'password_file'] : ['password_file', 'username'];
  say(['buildbot', there], `stands without ${missing}, expected both or neither`);
};

const store: Check = (raw, say) => {
  const given = valueAt(raw, ['store']);
  if (!isMapping(given)) return;
  const { driver } = given as { readonly driver?: unknown };
  if (driver === 'redis' && !('url' in given)) say(['store', 'url'], 'is missing, expected a redis URL');
  if (driver !== undefined && driver !== 'embedded') return;
  for (const key of ofRedis) {
    if (key in given) say(['store', key], 'is for driver: redis, expected no such key with driver: embedded');
  }
};

const ofRedis = ['url', 'prefix', 'password_file', 'sentinels', 'sentinel_password_file', 'cluster', 'tls'];

const redis: Check = (raw, say) => {
  const given = valueAt(raw, ['store']);
  const text = valueAt(raw, ['store', 'url']);
  if (!isMapping(given) || typeof text !== 'string' || !URL.canParse(text)) return;
  const url = new URL(text);
  if ('password_file' in given && url.password !== '')
    say(['store', 'password_file'], 'stands beside a password in url, expected one of the two');
  if ('sentinels' in given && url.port !== '')
    say(['store', 'url'], 'has a port, expected only the name of the master there, for sentinels are given');
  if ('sentinel_password_file' in given && !('sentinels' in given))
    say(['store', 'sentinel_password_file'], 'stands without sentinels, expected both or neither');
  if ('cluster' in given && 'sentinels' in given)
    say(['store', 'cluster'], 'stands beside sentinels, expected one of the two');
  if ('cluster' in given && !/^\/?0*$/.test(url.pathname))
    say(['store', 'url'], 'names a database, expected none, for a Cluster has only the first');
  if ('tls' in given && url.protocol !== 'rediss:')
    say(['store', 'tls'], 'has no effect, for store.url is no rediss address', 'warning');
};

function items(raw: unknown, path: KeyPath): readonly unknown[] {
  const list = valueAt(raw, path);
  return Array.isArray(list) ? list : [];
}

function keys(raw: unknown, path: KeyPath): readonly string[] {
  const mapping = valueAt(raw, path);
  return isMapping(mapping) ? Object.keys(mapping) : [];
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
