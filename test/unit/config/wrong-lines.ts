// Lines of a configuration that are wrong, one at a time, and what is said of each.

/** The line to replace, what to put there, and the findings. */
export type Row = readonly [title: string, line: string, instead: string, findings: readonly string[]];

export const wrongLines: readonly Row[] = [
  [
    'an unknown key with the one that was meant',
    'manager: gate.example.org',
    'manger: x\nmanager: x',
    ['1:1: manger: unknown key; did you mean "manager"?'],
  ],
  [
    'an unknown key that is near none',
    'manager: gate.example.org',
    'zzzzzz: x',
    [
      '1:1: zzzzzz: unknown key, expected one of: manager, gearman, buildbot, store, web, fleet, signatures, max_jobs, retention, jobs, policies',
    ],
  ],
  [
    'a bad manager',
    'manager: gate.example.org',
    'manager: "a b"',
    ['1:10: manager: is "a b", expected 1 to 63 letters, digits, dots and hyphens'],
  ],
  [
    'control characters, visibly',
    'manager: gate.example.org',
    'manager: "a\\e[31m"',
    ['1:10: manager: is "a\\u001b[31m", expected 1 to 63 letters, digits, dots and hyphens'],
  ],
  [
    'neither servers nor embedded',
    'gearman: { servers: ["127.0.0.1:4730"] }',
    'gearman: {}',
    ['2:1: gearman: names no server, expected servers or embedded'],
  ],
  [
    'both servers and embedded',
    'gearman: { servers: ["127.0.0.1:4730"] }',
    'gearman: { servers: ["a:1"], embedded: {} }',
    ['2:30: gearman.embedded: stands beside servers, expected one of the two'],
  ],
  [
    'a certificate without its key, and files that are none',
    'gearman: { servers: ["127.0.0.1:4730"] }',
    'gearman: { servers: ["a:1"], tls: { ca: password, certificate: nowhere } }',
    [
      '2:35: gearman.tls.key: is missing, expected the path of a readable PEM file, together with certificate',
      '2:41: gearman.tls.ca: FOLDER/password holds no PEM block, expected -----BEGIN …',
      "2:64: gearman.tls.certificate: FOLDER/nowhere cannot be read (ENOENT: no such file or directory, open 'FOLDER/nowhere'), expected a PEM file",
    ],
  ],
  [
    'TLS where it has no effect, and half of a certificate',
    'buildbot: { url: "http://127.0.0.1:8010" }',
    'buildbot: { url: "http://127.0.0.1:8010", tls: { key: password } }',
    [
      '3:43: buildbot.tls: warning: has no effect, for buildbot.url is no https address',
      '3:50: buildbot.tls.key: stands without certificate, expected both or neither',
      '3:55: buildbot.tls.key: FOLDER/password holds no PEM block, expected -----BEGIN …',
    ],
  ],
  [
    'a port that is none',
    'gearman: { servers: ["127.0.0.1:4730"] }',
    'gearman: { servers: ["a:65536"] }',
    ['2:22: gearman.servers[0]: is "a:65536", expected host:port, such as 127.0.0.1:4730'],
  ],
  [
    'a server given twice',
    'gearman: { servers: ["127.0.0.1:4730"] }',
    'gearman: { servers: ["a:1", "a:1"] }',
    ['2:29: gearman.servers[1]: is "a:1" once more, expected each server once'],
  ],
  [
    'a missing part of the file',
    'buildbot: { url: "http://127.0.0.1:8010" }',
    '',
    ['1:1: buildbot: is missing, expected a mapping with url'],
  ],
  [
    'a URL of another kind, without its password',
    'buildbot: { url: "http://127.0.0.1:8010" }',
    'buildbot: { url: "ftp://u:secret@x/" }',
    ['3:18: buildbot.url: is "ftp://***@x/", expected an http or https URL without user, query and fragment'],
  ],
  [
    'a user without a password',
    'buildbot: { url: "http://127.0.0.1:8010" }',
    'buildbot: { url: "http://b", username: u }',
    ['3:30: buildbot.username: stands without password_file, expected both or neither'],
  ],
  [
    'redis without its URL',
    'manager: gate.example.org',
    'store: { driver: redis }',
    ['1:8: store.url: is missing, expected a redis URL'],
  ],
  [
    'a redis URL of another kind, without its password, and a prefix that would leave its slot',
    'manager: gate.example.org',
    'store: { driver: redis, url: "http://u:secret@x/0", prefix: "{a}" }',
    [
      '1:30: store.url: is "http://***@x/0", expected a redis URL, such as redis://127.0.0.1:6379/0 (rediss with TLS)',
      '1:61: store.prefix: is "{a}", expected 1 to 64 letters, digits, dots, hyphens and underscores',
    ],
  ],
  [
    'a key of redis without redis',
    'manager: gate.example.org',
    'store: { url: "redis://x" }',
    ['1:10: store.url: is for driver: redis, expected no such key with driver: embedded'],
  ],
  [
    'a password and a port too many, Sentinels beside a Cluster, and files that are none',
    'manager: gate.example.org',
    'store: { driver: redis, url: "redis://:secret@gate:6379/1", password_file: password, sentinels: ["a:1"], cluster: ["b:x"], tls: { key: nowhere } }',
    [
      '1:25: store.url: has a port, expected only the name of the master there, for sentinels are given',
      '1:25: store.url: names a database, expected none, for a Cluster has only the first',
      '1:61: store.password_file: stands beside a password in url, expected one of the two',
      '1:106: store.cluster: stands beside sentinels, expected one of the two',
      '1:116: store.cluster[0]: is "b:x", expected host:port, such as 127.0.0.1:4730',
      '1:124: store.tls: warning: has no effect, for store.url is no rediss address',
      '1:131: store.tls.key: stands without certificate, expected both or neither',
      "1:136: store.tls.key: FOLDER/nowhere cannot be read (ENOENT: no such file or directory, open 'FOLDER/nowhere'), expected a PEM file",
    ],
  ],
  [
    'a password of Sentinels without any, and no such file',
    'manager: gate.example.org',
    'store: { driver: redis, url: "redis://h", password_file: password, sentinel_password_file: nowhere }',
    [
      '1:68: store.sentinel_password_file: stands without sentinels, expected both or neither',
      "1:92: store.sentinel_password_file: FOLDER/nowhere cannot be read (ENOENT: no such file or directory, open 'FOLDER/nowhere'), expected a file with the password in one line",
    ],
  ],
  [
    'a listen address without a host',
    'manager: gate.example.org',
    'web: { listen: 8077 }',
    ['1:16: web.listen: is the number 8077, expected host:port, such as 127.0.0.1:4730'],
  ],
  [
    'a public_url with a query',
    'manager: gate.example.org',
    'web: { public_url: "https://x/?a" }',
    [
      '1:20: web.public_url: is "https://x/?a", expected an http or https URL without user, query and fragment',
    ],
  ],
  [
    'a number for a glob, as it was written',
    '  stable: ["debian-*"]',
    '  stable: [3.10]',
    ['5:12: fleet.stable[0]: is the number 3.1, expected a glob, as text; put it in quotes: "3.10"'],
  ],
  [
    'a glob in both lists',
    '  unstable: []',
    '  unstable: ["debian-*"]',
    ['6:14: fleet.unstable[0]: "debian-*" is in stable and in unstable, expected it in one of them'],
  ],
  [
    'a gate in which nobody votes, as a warning',
    '  stable: ["debian-*"]',
    '  stable: []',
    ['5:3: fleet.stable: warning: is empty, so that no builder can vote, expected at least one glob'],
  ],
  [
    'a platform without globs',
    '  platforms: { linux: ["*Debian*"], windows: ["*Windows*"] }',
    '  platforms: { linux: [] }',
    ['7:23: fleet.platforms.linux: is an empty list, expected a list of at least one glob'],
  ],
  [
    'a platform with a number for a name',
    '  platforms: { linux: ["*Debian*"], windows: ["*Windows*"] }',
    '  platforms: { linux: [a], 1: [b] }',
    [
      '7:28: fleet.platforms.1: is no good name, expected a letter and then up to 62 letters, digits, dots, hyphens and underscores',
    ],
  ],
  [
    'a job name with a colon',
    '  - name: gate',
    '  - name: "a:b"',
    [
      '9:11: jobs[0].name: is "a:b", expected text of at most 200 bytes without colon, white space and control characters, once in the file',
    ],
  ],
  [
    'a job name that is too long',
    '  - name: gate',
    `  - name: ${'é'.repeat(101)}`,
    [
      `9:11: jobs[0].name: is "${'é'.repeat(80)}...", expected text of at most 200 bytes without colon, white space and control characters, once in the file`,
    ],
  ],
  [
    'a builder list of nothing',
    '    builders: { tags: ["3.x"] }',
    '    builders: {}',
    ['11:5: jobs[0].builders: selects no builder, expected tags or names or both'],
  ],
  [
    'builders that are only excluded',
    '    builders: { tags: ["3.x"] }',
    '    builders: { exclude: [a] }',
    ['11:5: jobs[0].builders: selects no builder, expected tags or names or both'],
  ],
  [
    'a policy that is not defined',
    '    policy: gate',
    '    policy: gaet',
    [
      '12:5: jobs[0].policy: no policy "gaet" is defined; did you mean "gate"?',
      '14:3: policies.gate: warning: has no effect, for no job names it, expected a job with this policy',
    ],
  ],
  [
    'a word that is none of the choice',
    '    policy: gate',
    '    policy: gate\n    vcs: gti',
    ['13:10: jobs[0].vcs: is "gti", expected git or hg; did you mean "git"?'],
  ],
  [
    'a repository that git would take for an option',
    '    policy: gate',
    '    policy: gate\n    repository: --upload-pack=x',
    [
      '13:17: jobs[0].repository: is "--upload-pack=x", expected the URL of a repository, not beginning with a hyphen',
    ],
  ],
  [
    'a key without a value',
    '    policy: gate',
    '    policy:',
    [
      '12:5: jobs[0].policy: has no value, expected the name of a policy',
      '14:3: policies.gate: warning: has no effect, for no job names it, expected a job with this policy',
    ],
  ],
  [
    'coverage of a platform that is not defined',
    '    coverage: { linux: 1 }',
    '    coverage: { linx: 1 }',
    ['15:17: policies.gate.coverage.linx: no platform "linx" is defined; did you mean "linux"?'],
  ],
  [
    'coverage of nobody',
    '    coverage: { linux: 1 }',
    '    coverage: { linux: 0 }',
    ['15:24: policies.gate.coverage.linux: is the number 0, expected a whole number from 1 to 1000'],
  ],
  [
    'a deadline of nothing',
    '    coverage: { linux: 1 }',
    '    deadlines: { offline: 0s }',
    [
      '15:27: policies.gate.deadlines.offline: is "0s", expected a duration such as 30s, 5m, 2h or 1d, of 24d at most',
    ],
  ],
  [
    'a deadline in words',
    '    coverage: { linux: 1 }',
    '    deadlines: { run: 5 minutes }',
    [
      '15:23: policies.gate.deadlines.run: is "5 minutes", expected a duration such as 30s, 5m, 2h or 1d, of 24d at most',
    ],
  ],
  [
    'a deadline without a unit',
    '    coverage: { linux: 1 }',
    '    deadlines: { silent: 45 }',
    [
      '15:26: policies.gate.deadlines.silent: is the number 45, expected a duration such as 30s, 5m, 2h or 1d, of 24d at most',
    ],
  ],
  [
    'no slot for any job',
    'manager: gate.example.org',
    'max_jobs: 0',
    ['1:11: max_jobs: is the number 0, expected a whole number from 1 to 1000'],
  ],
  [
    'a list where a mapping belongs',
    '    coverage: { linux: 1 }',
    '    deadlines: [1h]',
    ['15:16: policies.gate.deadlines: is a list of 1, expected a mapping'],
  ],
];
