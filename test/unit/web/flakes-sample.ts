// A report, a flake and a list of unclassified failures, with text that a hostile build might have written.

import type {
  FailureView,
  FlakesReport,
  FlakesRow,
  FlakeView,
  ImportView,
  UnclassifiedList,
} from '../../../src/views/flakes.ts';

export const hostile = '=cmd|<script>alert(1)</script>|`x`';

function row(of: FlakesRow['of'], name: string, wish: Partial<FlakesRow> = {}): FlakesRow {
  return {
    of,
    name,
    failures: 2,
    runs: 100,
    rate: 0.02,
    low: 0.006,
    high: 0.07,
    small: false,
    trend: 'rising',
    gate_failures: 1,
    gate_runs: 40,
    seen: 4,
    cleared: 1,
    forgiven: 1,
    withdrawn: 0,
    builder_hours: 1.5,
    first_seen: '2026-03-01',
    last_seen: '2026-03-04',
    by_day: [0, 1, 0, 2],
    ...wish,
  };
}

const share = { count: 3, of: 4, rate: 0.75, low: 0.3, high: 0.954 };

export const report: FlakesReport = {
  from: '2026-03-01',
  to: '2026-03-04',
  branch: 'main',
  builder: null,
  worker: null,
  builds: { failures: 5, runs: 100, rate: 0.05, low: 0.0215, high: 0.1118, small: false },
  gate: { failures: 1, runs: 40 },
  classified: share,
  falsely_excused: { count: 0, of: 0, rate: null, low: 0, high: 1 },
  flipped: share,
  retry_hours: 0.25,
  to_verdict: { median_seconds: 312, of: 7 },
  findings: {
    at: '2026-03-04T05:00:00.000Z',
    votes: 100,
    complete: false,
    workers: [
      {
        worker: 'debian-1',
        platform: 'linux',
        family: 'disk-full',
        blame: 'blamed',
        p: 6e-7,
        q: 2e-5,
        why: 'disk-full: debian-1 failed 6 of 8, its siblings 3 of 112',
      },
      {
        worker: 'bsd-1',
        platform: 'freebsd',
        family: 'timeout',
        blame: 'inseparable',
        p: null,
        q: null,
        why: 'timeout: bsd-1 failed 6 of 8; cannot separate worker from platform freebsd',
      },
    ],
    proposals: [{ worker: 'debian-1', to: 'unstable', why: '6 failures in 7 days' }],
    regressions: [
      {
        kind: 'rate-jump',
        name: 'FLK-1',
        project: 'cpython',
        branch: 'main',
        why: hostile,
        opened_at: '2026-03-04T05:00:00.000Z',
        last_seen: '2026-03-04T04:00:00.000Z',
        open: true,
      },
    ],
  },
  rows: [
    row('signature', 'FLK-1'),
    row('test', hostile),
    row('builder', 'AMD64 Debian 3.x', { runs: 5, rate: 0.4, small: true, trend: null }),
    row('worker', 'debian-1'),
    row('branch', 'main'),
  ],
  more: { test: 7 },
};

const failure: FailureView = {
  at: '2026-03-04T05:00:00.000Z',
  test_id: 'test_ssl.NetworkedTests.test_connect',
  kind: 'network',
  message: hostile,
  step: 'test',
  lines: [3, 9],
  class: 'known-flake',
  ruling: 'forgiven',
  cleared: false,
  signature: 'FLK-1',
  key: 'f1:test_ssl',
  incident: 'i1',
  fingerprint: 'f1',
  builder: 'AMD64 Debian 3.x',
  worker: 'debian-1',
  branch: 'main',
  revision: '3f786850e387550fdab836ed7e6dc881de23001b',
  source: 'gate',
  build: 7,
  url: 'http://127.0.0.1:8010/#/builders/1/builds/7',
};

export const flake: FlakeView = {
  of: 'signature',
  name: 'FLK-1',
  first_seen: '2026-03-01T05:00:00.000Z',
  last_seen: '2026-03-04T05:00:00.000Z',
  count: 1,
  commits: 0,
  builders: [{ name: 'AMD64 Debian 3.x', failures: 1 }],
  workers: [{ name: 'debian-1', failures: 1 }],
  failures: [failure],
};

export const unclassified: UnclassifiedList = {
  groups: [
    {
      group: 'i1',
      incidents: ['i1', 'i2'],
      count: 3,
      commits: 2,
      tests: ['test_ssl.NetworkedTests.test_connect'],
      builders: ['AMD64 Debian 3.x'],
      first_seen: '2026-03-01T05:00:00.000Z',
      last_seen: '2026-03-04T05:00:00.000Z',
      sample: failure,
      draft: 'id: FLK-0000\nstate: monitor\n',
    },
  ],
  unclassified: share,
  complete: true,
};

export const imported: ImportView = {
  state: 'done',
  why: '',
  since: '2026-02-01T00:00:00.000Z',
  reached: '2026-03-04T05:00:00.000Z',
  builds: 1200,
  failures: 37,
  unread: 2,
};
