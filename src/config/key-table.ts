// The table of keys: what each expects, its default, whether a reload takes it live, and what it is for. The messages, the list in
// config/README.md and the reload read it by way of keys.ts; a test keeps it equal to the schema and the sample.
// `[]` stands for an entry of a list, `*` for a name of the user's choice.

export interface KeyEntry {
  readonly key: string;
  /** Goes after "expected". */
  readonly expects: string;
  /** For a list: what each of its entries is. */
  readonly each?: string;
  /** As YAML; absent: it must be given, or has no value of its own. */
  readonly default?: string;
  readonly reload: 'live' | 'restart';
  readonly about: string;
}

const duration = 'a duration such as 30s, 5m, 2h or 1d, of 24d at most';
const address = 'host:port, such as 127.0.0.1:4730';
const url = 'an http or https URL without user, query and fragment';
const word = 'text without control characters';
const globs = { expects: 'a list of globs', each: 'a glob, as text' };
const live = 'live';
const restart = 'restart';

function tlsFiles(key: string, whose: string): readonly KeyEntry[] {
  const file = 'the path of a readable PEM file';
  return [
    {
      key: `${key}.ca`,
      expects: file,
      reload: restart,
      about: `The authority that signed the certificate of ${whose}`,
    },
    {
      key: `${key}.certificate`,
      expects: `${file}, together with key`,
      reload: restart,
      about: 'Our own certificate',
    },
    {
      key: `${key}.key`,
      expects: `${file}, together with certificate`,
      reload: restart,
      about: 'Its private key',
    },
  ];
}

export const keyTable: readonly KeyEntry[] = [
  {
    key: 'manager',
    expects: '1 to 63 letters, digits, dots and hyphens',
    default: 'the host name',
    reload: restart,
    about: 'Name of this gate: serves stop:<manager>, marks its builds, owns its store; stable over restarts',
  },
  {
    key: 'gearman',
    expects: 'a mapping with servers or embedded',
    reload: restart,
    about: 'Where gate jobs come from',
  },
  {
    key: 'gearman.servers',
    expects: 'a list of at least one host:port, each once',
    each: address,
    reload: restart,
    about: 'Gearman servers to take jobs from',
  },
  {
    key: 'gearman.embedded',
    expects: 'a mapping with listen',
    reload: restart,
    about: 'Instead of servers: start and mind a gearmand, to try things out',
  },
  {
    key: 'gearman.embedded.listen',
    expects: address,
    default: '127.0.0.1:4730',
    reload: restart,
    about: 'Where that gearmand listens',
  },
  {
    key: 'gearman.tls',
    expects: 'a mapping with ca, certificate and key',
    reload: restart,
    about: 'TLS to every server, plain TCP without it; the files are read anew for each connection',
  },
  ...tlsFiles('gearman.tls', 'the servers'),
  {
    key: 'gearman.tls.oldest',
    expects: 'TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3',
    reload: restart,
    about:
      "The oldest version that is spoken, TLSv1.2 where it is left out; OpenStack's gear up to 0.13 speaks TLSv1 alone, which also asks OpenSSL for less",
  },
  {
    key: 'gearman.tls.host_names',
    expects: 'true or false',
    reload: restart,
    about:
      "Whether a server's certificate must bear its host name, true where it is left out; gear makes none that do",
  },
  { key: 'buildbot', expects: 'a mapping with url', reload: restart, about: 'The Buildbot master' },
  { key: 'buildbot.url', expects: url, reload: restart, about: 'Address of its web interface' },
  {
    key: 'buildbot.username',
    expects: `${word}, together with password_file`,
    reload: restart,
    about: 'User to log in as; without it nobody logs in',
  },
  {
    key: 'buildbot.password_file',
    expects: 'the path of a readable file with one line, together with username',
    reload: live,
    about: 'File that holds the password of that user',
  },
  {
    key: 'buildbot.force_scheduler',
    expects: word,
    default: 'gate',
    reload: restart,
    about: 'Name of the ForceScheduler that starts the builds',
  },
  {
    key: 'buildbot.tls',
    expects: 'a mapping with ca, or certificate and key, or all three',
    reload: restart,
    about:
      'For an https master: by default the public authorities, and no certificate of our own; the files are read anew when they change',
  },
  ...tlsFiles('buildbot.tls', 'the master'),
  { key: 'store', expects: 'a mapping', reload: restart, about: 'Where runs and their history are kept' },
  {
    key: 'store.driver',
    expects: 'embedded or redis',
    default: 'embedded',
    reload: restart,
    about: 'embedded: one folder, one daemon; redis: several daemons may share it',
  },
  {
    key: 'store.path',
    expects: 'the path of a folder',
    default: '/var/lib/gearbridge',
    reload: restart,
    about:
      'Folder of the embedded store, of the control socket and of caches; it is made; each daemon has its own',
  },
  {
    key: 'store.url',
    expects: 'a redis URL, such as redis://127.0.0.1:6379/0 (rediss with TLS)',
    reload: restart,
    about: 'Only with driver: redis',
  },
  {
    key: 'store.prefix',
    expects: '1 to 64 letters, digits, dots, hyphens and underscores',
    reload: restart,
    about: 'Only with driver: redis; begins the name of every key there; gearbridge where it is left out',
  },
  { key: 'web', expects: 'a mapping', reload: restart, about: 'Pages, JSON and metrics' },
  {
    key: 'web.listen',
    expects: address,
    default: '127.0.0.1:8077',
    reload: restart,
    about: 'Where they are served, over plain HTTP',
  },
  {
    key: 'web.public_url',
    expects: url,
    default: 'http:// and web.listen',
    reload: restart,
    about: 'Address under which people reach them; begins the URL that the gatekeeper shows',
  },
  { key: 'fleet', expects: 'a mapping', reload: live, about: 'What is known of workers and builders' },
  {
    key: 'fleet.stable',
    ...globs,
    default: '["*"]',
    reload: live,
    about: 'Workers that may judge: a builder votes if all its workers match',
  },
  {
    key: 'fleet.unstable',
    ...globs,
    default: '[]',
    reload: live,
    about: 'Workers that may not judge, whatever stable says',
  },
  {
    key: 'fleet.platforms',
    expects: 'a mapping of platform names to lists of globs',
    default: '{}',
    reload: live,
    about: 'Platforms; a builder belongs to the first that matches, else it is a platform of its own',
  },
  {
    key: 'fleet.platforms.*',
    expects: 'a list of at least one glob',
    each: globs.each,
    reload: live,
    about: 'Builders of that platform',
  },
  {
    key: 'signatures',
    expects: 'the path of a folder',
    default: 'signatures/',
    reload: live,
    about: 'Folder with the files that name known flakes',
  },
  {
    key: 'max_jobs',
    expects: 'a whole number from 1 to 1000',
    default: '1',
    reload: live,
    about: 'Gate jobs at once; the rest waits at Gearman (1: the serial gate)',
  },
  { key: 'retention', expects: 'a mapping', reload: live, about: 'How long things are kept' },
  {
    key: 'retention.keep_days',
    expects: 'a whole number from 1 to 3650',
    default: '30',
    reload: live,
    about: 'Days for which closed jobs and runs are kept',
  },
  {
    key: 'retention.history_days',
    expects: 'a whole number from 1 to 3650',
    default: '180',
    reload: live,
    about: 'Days for which outcomes of builds are kept, for the reports',
  },
  {
    key: 'jobs',
    expects: 'a list of at least one job',
    each: 'a mapping with name, project, builders and policy',
    reload: live,
    about: 'The gate jobs that are served',
  },
  {
    key: 'jobs[].name',
    expects: 'text of at most 200 bytes without colon, white space and control characters, once in the file',
    reload: live,
    about: 'Serves build:NAME and build:NAME:BRANCH',
  },
  { key: 'jobs[].project', expects: word, reload: live, about: 'Only jobs of this project are taken' },
  {
    key: 'jobs[].builders',
    expects: 'a mapping with tags or names or both',
    reload: live,
    about: 'Builders that prove the change: those with all tags that match any name, less exclude',
  },
  {
    key: 'jobs[].builders.tags',
    expects: 'a list of at least one tag',
    each: 'a tag, as text',
    reload: live,
    about: 'Tags that a builder must have, all of them',
  },
  {
    key: 'jobs[].builders.names',
    expects: 'a list of at least one glob',
    each: globs.each,
    reload: live,
    about: 'Names, any of which a builder must match',
  },
  {
    key: 'jobs[].builders.exclude',
    expects: 'a list of at least one glob',
    each: globs.each,
    reload: live,
    about: 'Names that are left out',
  },
  { key: 'jobs[].policy', expects: 'the name of a policy', reload: live, about: 'What the verdict asks for' },
  {
    key: 'jobs[].branches',
    expects: 'a list of at least one glob',
    each: 'a branch or glob, as text',
    default: 'any branch',
    reload: live,
    about: 'Branches that are served; those that are no globs get a function of their own',
  },
  {
    key: 'jobs[].repositories',
    expects: 'a list of at least one glob',
    each: 'a URL or glob, as text',
    default: 'any repository',
    reload: live,
    about: 'Repository URLs that are served; another scheme than http, https, ssh and git stands in full',
  },
  {
    key: 'jobs[].repository',
    expects: 'the URL of a repository, not beginning with a hyphen',
    default: 'ZUUL_URL/ZUUL_PROJECT',
    reload: live,
    about: 'One URL for all changes of this job',
  },
  { key: 'jobs[].vcs', expects: 'git or hg', default: 'git', reload: live, about: 'Kind of the repository' },
  {
    key: 'jobs[].test_steps',
    expects: 'a list of at least one step name',
    each: 'the name of a step, as text',
    default: '[test]',
    reload: live,
    about: 'Steps that must have run for a build to count as tested',
  },
  {
    key: 'jobs[].revision',
    expects: 'proved or trusted',
    default: 'proved',
    reload: live,
    about: 'proved: a build must say which revision it built; trusted: it may be silent',
  },
  {
    key: 'jobs[].result_text',
    expects: 'plain or explained',
    default: 'plain',
    reload: live,
    about: 'explained: a negative result is followed by its short reason',
  },
  {
    key: 'jobs[].changed_files',
    expects: 'a list of a program and its arguments',
    each: 'a word of the command, as text',
    default: 'only GATE_FILES says what a change touches',
    reload: live,
    about: 'Command that prints the files of a change, one a line; without it less is forgiven',
  },
  {
    key: 'policies',
    expects: 'a mapping of policy names to policies',
    reload: live,
    about: 'What verdicts ask for',
  },
  { key: 'policies.*', expects: 'a mapping; {} takes every default', reload: live, about: 'One policy' },
  {
    key: 'policies.*.coverage',
    expects: 'a mapping of platform names to numbers of builders',
    default: 'one builder for each platform of the voting builders',
    reload: live,
    about: 'Builders of each platform that must pass',
  },
  {
    key: 'policies.*.coverage.*',
    expects: 'a whole number from 1 to 1000',
    reload: live,
    about: 'Builders of that platform',
  },
  {
    key: 'policies.*.retries',
    expects: 'a whole number from 0 to 10',
    default: '2',
    reload: live,
    about: 'Retries per builder after faults of the infrastructure, never after a failure',
  },
  {
    key: 'policies.*.unheard',
    expects: 'withdraw or fail',
    default: 'withdraw',
    reload: live,
    about:
      'What a builder counts for on which no build began: nothing where the coverage allows it, or a failure',
  },
  { key: 'policies.*.deadlines', expects: 'a mapping', reload: live, about: 'How long an attempt may take' },
  {
    key: 'policies.*.deadlines.offline',
    expects: duration,
    default: '30m',
    reload: live,
    about: 'Waiting while no worker is there',
  },
  {
    key: 'policies.*.deadlines.queued',
    expects: duration,
    default: '4h',
    reload: live,
    about: 'Waiting while a worker is there',
  },
  {
    key: 'policies.*.deadlines.running',
    expects: duration,
    default: '4h',
    reload: live,
    about:
      'Building at most; a builder with 50 known builds gets three times what 99 of 100 take, if that is less',
  },
  {
    key: 'policies.*.deadlines.silent',
    expects: duration,
    default: '45m',
    reload: live,
    about: 'Building without a new line of log',
  },
  {
    key: 'policies.*.deadlines.run',
    expects: duration,
    default: '8h',
    reload: live,
    about: 'The whole run, from its free slot on',
  },
];
