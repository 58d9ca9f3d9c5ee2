// The table of keys: what each expects, its default, whether a reload takes it live, and what it is for. The messages, the list in
// config/README.md and the reload read it by way of keys.ts; a test keeps it equal to the schema and the sample.

import { jobKeys } from './job-keys.ts';
import { address, url, word, globs, live, restart, tlsFiles, type KeyEntry } from './key-entry.ts';
import { storeKeys } from './store-keys.ts';

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
  ...storeKeys,
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
  ...jobKeys,
];
