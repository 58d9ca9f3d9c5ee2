// Builds and failures to record, as small as they may be.

import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import type { BuildRecord, FailureRecord } from '../../../src/store/build-record.ts';

export const day = 86_400_000;

export function failure(wish: Partial<FailureRecord> = {}): FailureRecord {
  return {
    testId: 'test_ssl.NetworkedTests.test_connect',
    kind: 'test-failure',
    message: 'timed out',
    step: 'test',
    lines: [3, 9],
    fingerprint: 'f1',
    excuseKey: 'f1:test_ssl',
    incident: 'i1',
    signature: null,
    class: 'new',
    ruling: null,
    cleared: false,
    ...wish,
  };
}

/** A base build that took 100 ms; its revision and start follow from its id. */
export function build(id: number, completeAt: number, wish: Partial<BuildRecord> = {}): BuildRecord {
  return {
    id,
    number: id,
    builder: 'AMD64 Debian 3.x' as BuilderName,
    worker: 'debian-1' as WorkerName,
    platform: 'linux',
    project: 'cpython',
    branch: 'main',
    revision: `r${id}`,
    startedAt: completeAt - 100,
    completeAt,
    results: (wish.failures?.length ?? 0) > 0 ? 2 : 0,
    source: 'base',
    role: null,
    judged: true,
    failures: [],
    more: 0,
    doubt: null,
    ...wish,
  };
}
