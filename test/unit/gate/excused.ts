// What the miniature Buildbot knows of an excused vote: it must rest on builds of ours that proved it (RUNS.md 1.3).

import { expect } from 'chai';
import type { Attempt } from '../../../src/gate/attempt.ts';
import type { Run } from '../../../src/gate/run.ts';
import { base } from '../flakes/decide/a-case.ts';
import type { Master } from './a-master.ts';
import { commit } from './a-run.ts';

function truth(master: Master, request: number | null | undefined) {
  return master.requests.find(({ id }) => id === request);
}

/** How often what was repeated failed, in the builds that ended by their tests at the right commit. */
function repeats(master: Master, attempts: readonly Attempt[], role: Attempt['role']): readonly number[] {
  return attempts.flatMap((attempt) => {
    const build = truth(master, attempt.request)?.builds.at(-1);
    const right = role === 'control' ? base.revision : commit;
    const good = attempt.role === role && build?.revision === right && build.steps?.length === 1;
    const failed = build === undefined ? undefined : master.readings.get(build.id)?.repeats?.failed;
    return good && failed !== undefined ? [failed] : [];
  });
}

/** It was read without a doubt, is named, and was measured, and where it was withdrawn the base fails as well. */
export function expectExcused(
  run: Run,
  master: Master,
  { builder, state }: { readonly builder: string; readonly state: 'forgiven' | 'withdrawn' },
): void {
  const attempts = run.attempts.filter((attempt) => attempt.builder === builder);
  const vote = attempts.findLast(({ role }) => role === 'vote');
  const builds = truth(master, vote?.request)?.builds ?? [];
  const shown = builds.flatMap(({ id }) => master.readings.get(id) ?? []);
  expect(run.verdict?.summary).to.contain(`${state}: `).and.to.contain(` on ${builder}`);
  expect(shown.some(({ doubt, failures }) => doubt === null && failures.length > 0)).to.equal(true);
  if (shown.some(({ failures }) => failures.some(({ evidence }) => evidence?.redBase === 2))) return;
  expect(Math.min(...repeats(master, attempts, 'measure'))).to.be.at.most(5);
  if (state === 'withdrawn') expect(Math.max(...repeats(master, attempts, 'control'))).to.be.at.least(3);
}
