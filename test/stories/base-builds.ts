// What landed before a story begins, put into the daemon's history as if it had read it from Buildbot.

import { join } from 'node:path';
import type { Failure } from '../../src/flakes/failure.ts';
import type { BuilderName } from '../../src/fleet/fleet.ts';
import { openLevelJournal } from '../../src/store/level/open-level-journal.ts';
import type { BuildRecord } from '../../src/store/build-record.ts';
import { tried } from '../../src/servers/command.ts';
import { fileURLToPath } from 'node:url';
import { read } from '../unit/flakes/read.ts';
import type { Gate } from './gate.ts';

const says = fileURLToPath(new URL('../../src/servers/buildbot/suite/says.py', import.meta.url));

/** The failures of what a cheap builder prints for `says WORDS`. */
export async function failuresOf(words: string, counters: string): Promise<readonly Failure[]> {
  const env = {
    PATH: process.env['PATH'],
    GATE_SAYS: words,
    GATE_COUNTERS: counters,
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const { stdout } = await tried({ program: '/usr/bin/python3', args: [says], env });
  return read(stdout, { format: 'raw' });
}

export interface BaseBuild {
  readonly builder: string;
  readonly revision: string;
  readonly daysAgo: number;
  readonly failures?: readonly Failure[];
}

function recordOf(build: BaseBuild, at: number): BuildRecord {
  const completeAt = Date.now() - build.daysAgo * 86_400_000;
  const failures = (build.failures ?? []).map((failure) => ({
    ...failure,
    step: 'test',
    signature: null,
    class: 'unknown' as const,
    ruling: null,
    cleared: false,
  }));
  return {
    id: 900_000 + at,
    number: 900_000 + at,
    builder: build.builder as BuilderName,
    worker: null,
    platform: build.builder,
    project: 'cpython',
    branch: 'main',
    revision: build.revision,
    startedAt: completeAt - 60_000,
    completeAt,
    results: failures.length === 0 ? 0 : 2,
    source: 'base',
    role: null,
    judged: true,
    failures,
    more: 0,
    doubt: null,
  };
}

/** Writes the builds into the store of a gate whose daemon does not run. */
export async function haveLanded(gate: Pick<Gate, 'folder'>, builds: readonly BaseBuild[]): Promise<void> {
  const store = await openLevelJournal({ path: join(gate.folder, 'store'), manager: 'gate.test' });
  try {
    await store.history.recordBuilds(builds.map(recordOf));
  } finally {
    await store.close();
  }
}
