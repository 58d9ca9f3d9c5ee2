// A master of Buildbot that is a list of builds, and what stands in them.

import type { ListedBuild } from '../../../src/buildbot/build-list.ts';
import type { Master } from '../../../src/buildbot/master.ts';
import type { Reading } from '../../../src/flakes/reading.ts';
import type { Builder, BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import type { BuildFacts } from '../../../src/gate/facts.ts';
import type { BuildId } from '../../../src/gate/ids.ts';
import type { JobDefinition } from '../../../src/gate/request.ts';
import { failure } from '../views/sample.ts';

export const debian = 'AMD64 Debian 3.x' as BuilderName;
export const docs = 'Docs 3.x' as BuilderName;
export const fleet: readonly Builder[] = [debian, docs].map((name, id) => ({
  id,
  name,
  tags: [],
  workers: [],
}));
export const definition: JobDefinition = {
  name: 'gate',
  project: 'cpython',
  builders: { names: ['*Debian*'] },
  policy: 'gate',
  vcs: 'git',
  testSteps: ['test'],
  revision: 'proved',
  resultText: 'plain',
};

export function listed(id: number, wish: Partial<ListedBuild> = {}): ListedBuild {
  return {
    id: id as BuildId,
    number: id,
    builder: debian,
    worker: 'debian-1' as WorkerName,
    startedAt: 1_000 + id,
    completeAt: 2_000 + id,
    results: 0,
    revision: `r${id}`,
    checkedOut: true,
    branch: 'main',
    project: '',
    forced: false,
    gated: false,
    ...wish,
  };
}

const found = failure({
  testId: 'test_os.T.test_x',
  file: 'test_os',
  message: 'm'.repeat(400),
  excuseKey: 'f:test_os',
});
export const reading: Reading = { failures: [found], more: 0, doubt: null, repeats: null, base: null };

function factsOf(id: number, testResults: 0 | 2 | null): BuildFacts {
  const step = { id: 1, number: 1, complete: true, startedAt: 1, completeAt: 2, state: '' } as const;
  return {
    id: id as BuildId,
    number: id,
    worker: null,
    complete: true,
    results: 2,
    startedAt: 1,
    completeAt: 2,
    state: '',
    revision: null,
    steps: testResults === null ? [] : [{ ...step, name: 'test', results: testResults }],
    stepTimedOut: false,
    waitsForLock: false,
    growth: '',
  };
}

/** A master that is a list of builds, and what was asked of it. */
export function aMaster() {
  const builds: ListedBuild[] = [];
  const asked: string[] = [];
  const given = { watching: true, trouble: null as Error | null, test: 2 as 0 | 2 | null };
  const ask = (what: string): void => {
    asked.push(what);
    if (given.trouble !== null) throw given.trouble;
  };
  const master = {
    builds: async (what) => {
      if ('builderId' in what) throw new Error('the history asks for no build by its page');
      ask('ids' in what ? `builds ${what.ids.join(' ')}` : `builds above ${what.above}`);
      const found = builds.filter(({ id }) => ('ids' in what ? what.ids.includes(id) : id > what.above));
      return 'ids' in what ? found : found.slice(0, what.limit);
    },
    newestBuild: async () => builds.at(-1)?.id ?? 0,
    firstBuildSince: async (seconds) => builds.find(({ startedAt }) => startedAt >= seconds)?.id ?? 0,
    watching: () => given.watching,
    build: async (id) => {
      ask(`build ${id}`);
      return factsOf(id, given.test);
    },
  } satisfies Partial<Master>;
  return { builds, asked, given, master };
}
