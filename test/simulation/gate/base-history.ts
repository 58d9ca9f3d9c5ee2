// What the history knows before a course begins: builds of three landed commits on every builder, as the real store keeps them.

import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import { digest } from '../../../src/evidence/digest.ts';
import type { BuildRecord, FailureRecord } from '../../../src/store/build-record.ts';
import type { Store } from '../../../src/store/store.ts';
import { failingLog, nothingShown } from './failing-log.ts';
import { readText } from './log-reader.ts';
import type { Setting } from './setting.ts';
import { landed, redTest, seenTest, type Symptoms } from './symptoms.ts';
import { wallAt } from './time.ts';

const hour = 3_600_000;

const terms = { format: 'contents', repeated: false, step: 'test', facts: {} } as const;

/** The failure of one test, as the reader sees it. */
async function failureOf(builder: string, test: string): Promise<readonly FailureRecord[]> {
  const told = await readText({ ...terms, builder }, failingLog({ ...nothingShown, tests: [test] }));
  if (told?.kind !== 'log') throw new Error('a log of the simulation could not be read');
  return told.failures.map(
    ({ testId, kind, message, lines, fingerprint, excuseKey, incident }): FailureRecord => ({
      ...{ testId, kind, message, step: 'test', lines, fingerprint, excuseKey, incident },
      ...{ signature: null, class: 'new', ruling: null, cleared: false },
    }),
  );
}

/** Failures by test; they are the same on every builder. */
async function failures(): Promise<ReadonlyMap<string, readonly FailureRecord[]>> {
  const tests = [redTest, seenTest];
  const all = await Promise.all(tests.map((test) => failureOf(digest(test), test)));
  return new Map(tests.map((test, at) => [test, all[at] ?? []]));
}

/** Fills an empty history. */
export async function recordBase(
  { history }: Pick<Store, 'history'>,
  { fleet, platformOf }: Pick<Setting, 'fleet' | 'platformOf'>,
  symptoms: Pick<Symptoms, 'isRedOnBase'>,
): Promise<void> {
  const known = await failures();
  const oldest = landed.at(-1);
  const builds = landed.flatMap((revision, age) =>
    fleet.map(({ name, workers }, at): BuildRecord => {
      const tests = [
        ...(symptoms.isRedOnBase(name) ? [redTest] : []),
        ...(revision === oldest && at === 0 ? [seenTest] : []),
      ];
      const completeAt = wallAt(0) - (1 + age) * 3 * hour;
      return {
        ...{ id: 1 + age * fleet.length + at, number: 1, builder: name as BuilderName },
        ...{ worker: (workers[0]?.name ?? '') as WorkerName, platform: platformOf(name) },
        ...{ project: 'sim', branch: 'main', revision, startedAt: completeAt - hour, completeAt },
        ...{ results: tests.length > 0 ? 2 : 0, source: 'base', role: null, judged: true },
        ...{ failures: tests.flatMap((test) => known.get(test) ?? []), more: 0, doubt: null },
      };
    }),
  );
  await history.recordBuilds(builds);
}
