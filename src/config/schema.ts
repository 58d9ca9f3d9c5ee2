// The shape of the file, its defaults, and the turning of texts into values (durations, addresses, URLs). What its parts expect is
// said in keys.ts; zod's own sentences are never shown.

import { z } from 'zod';
import { parseAddress, parseRedisUrl, parseWebUrl } from './address.ts';
import { parseDuration } from './duration.ts';

const plain = /^[^\p{Cc}\u2028\u2029]+$/u;
const text = z.string().max(1000).regex(plain);
const list = z.array(text).max(1000);
const someList = list.min(1);
const days = z.int().min(1).max(3650);

/** A text that a function reads; what it does not understand is an issue like any other. */
function read<Value>(parse: (text: string) => Value | null) {
  return text.transform((given, context): Value => {
    const value = parse(given);
    if (value !== null) return value;
    context.issues.push({ code: 'custom', input: given });
    return z.NEVER;
  });
}

const address = read(parseAddress);
const webUrl = read(parseWebUrl);
const redisUrl = read(parseRedisUrl);
const duration = read(parseDuration);
/** Stands in the braces that begin every key in Redis. */
const storePrefix = text.regex(/^[A-Za-z0-9._-]{1,64}$/);

/** 200 bytes leave room for `build:` and a branch in a function name; a colon would begin the branch. */
const jobName = text.regex(/^[^\s:\p{C}]+$/u).refine((name) => Buffer.byteLength(name) <= 200);
/** What begins with a hyphen would be an option to git or hg. */
const repository = text.regex(/^[^-\s]\S*$/u);

const job = z.strictObject({
  name: jobName,
  project: text,
  builders: z.strictObject({
    tags: someList.optional(),
    names: someList.optional(),
    exclude: someList.optional(),
  }),
  policy: text,
  branches: someList.optional(),
  repositories: someList.optional(),
  repository: repository.optional(),
  vcs: z.enum(['git', 'hg']).default('git'),
  test_steps: someList.default(['test']),
  revision: z.enum(['proved', 'trusted']).default('proved'),
  result_text: z.enum(['plain', 'explained']).default('plain'),
  changed_files: someList.optional(),
});

const policy = z.strictObject({
  coverage: z.record(z.string(), z.int().min(1).max(1000)).optional(),
  retries: z.int().min(0).max(10).default(2),
  unheard: z.enum(['withdraw', 'fail']).default('withdraw'),
  deadlines: z
    .strictObject({
      offline: duration.prefault('30m'),
      queued: duration.prefault('4h'),
      running: duration.prefault('4h'),
      silent: duration.prefault('45m'),
      run: duration.prefault('8h'),
    })
    .prefault({}),
});

const tls = { ca: text.optional(), certificate: text.optional(), key: text.optional() };
/** Addresses of servers of one kind. */
const servers = z.array(address).min(1).max(100);
const gearmanTls = z.strictObject({
  ca: text,
  certificate: text,
  key: text,
  oldest: z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']).default('TLSv1.2'),
  host_names: z.boolean().default(true),
});

/** The whole file. Cross checks are made beside it (cross-checks.ts), for zod skips its own once a part is wrong. */
export const fileSchema = z.strictObject({
  manager: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,63}$/)
    .optional(),
  gearman: z.strictObject({
    servers: servers.optional(),
    embedded: z.strictObject({ listen: address.prefault('127.0.0.1:4730') }).optional(),
    tls: gearmanTls.optional(),
  }),
  buildbot: z.strictObject({
    url: webUrl,
    username: text.optional(),
    password_file: text.optional(),
    force_scheduler: text.default('gate'),
    tls: z.strictObject(tls).optional(),
  }),
  store: z
    .strictObject({
      driver: z.enum(['embedded', 'redis']).default('embedded'),
      path: text.default('/var/lib/gearbridge'),
      url: redisUrl.optional(),
      prefix: storePrefix.default('gearbridge'),
      password_file: text.optional(),
      sentinels: servers.optional(),
      sentinel_password_file: text.optional(),
      cluster: servers.optional(),
      tls: z.strictObject({ ...tls, host_names: z.boolean().default(true) }).optional(),
    })
    .prefault({}),
  web: z
    .strictObject({ listen: address.prefault('127.0.0.1:8077'), public_url: webUrl.optional() })
    .prefault({}),
  fleet: z
    .strictObject({
      stable: list.default(['*']),
      unstable: list.default([]),
      platforms: z.record(z.string(), someList).default({}),
    })
    .prefault({}),
  signatures: text.default('signatures/'),
  max_jobs: z.int().min(1).max(1000).default(1),
  retention: z.strictObject({ keep_days: days.default(30), history_days: days.default(180) }).prefault({}),
  jobs: z.array(job).min(1).max(5000),
  policies: z.record(z.string(), policy),
});

export type File = z.output<typeof fileSchema>;
