// Defects in clocks and in what the end of a build means (RUNS.md sections 5 to 7.1).

import type { Run } from '../../../src/gate/run.ts';
import type { Defect } from './defect.ts';
import { inBuilds, inRequests, outcomes, passed, withTest } from './tamper.ts';

const toUnheard = outcomes((outcome) =>
  outcome.kind === 'infrastructure' ? { kind: 'unheard', clock: 'offline', why: outcome.why } : outcome,
);

function withdrawInfrastructure(run: Run): Run {
  const audits = Object.entries(run.audits).map(([name, audit]) => [name, { ...audit, began: false }]);
  return toUnheard({ ...run, audits: Object.fromEntries(audits) as Run['audits'] });
}

/** By name, each made anew for a course. */
export const evidenceDefects: Readonly<Record<string, () => Defect>> = {
  'clocks-stand-still': () => ({
    rule: '5.1',
    result: (run) => ({
      ...run,
      age: 0,
      attempts: run.attempts.map((attempt) => ({
        ...attempt,
        clocks: { offline: 0, queued: 0, running: 0, silent: 0 },
      })),
    }),
  }),
  'a-retry-is-an-end': () => ({
    rule: '5.3',
    master: inRequests((request) => {
      const last = request.builds.at(-1);
      return last?.results === 5 ? { ...request, complete: true, results: 5 } : request;
    }),
    result: outcomes((outcome) => (outcome.kind === 'infrastructure' ? passed : outcome)),
  }),
  'unheard-though-begun': () => ({
    rule: '5.5',
    result: outcomes((outcome) =>
      outcome.kind === 'timed-out' ? { kind: 'unheard', clock: 'offline', why: outcome.why } : outcome,
    ),
  }),
  'withdraw-infrastructure': () => ({ rule: '6.2', result: withdrawInfrastructure }),
  'ignore-got-revision': () => {
    let wanted: string | null = null;
    return {
      rule: '6',
      event: (run, event) => {
        wanted = run.terms?.change.revision ?? null;
        if (event.kind !== 'build-seen' || !event.build.complete) return event;
        return { ...event, build: { ...event.build, revision: wanted } };
      },
    };
  },
  'accept-no-test-step': () => ({
    rule: '6',
    master: inBuilds((build) =>
      build.results === 0 && build.steps?.length === 1 ? withTest(build, 0) : build,
    ),
  }),
  'accept-a-skipped-test': () => ({
    rule: '6',
    master: inBuilds((build) =>
      build.results === 0 && build.steps?.[1]?.results === 3 ? withTest(build, 0) : build,
    ),
  }),
  'forget-an-earlier-failure': () => ({
    rule: '6',
    master: inBuilds((build) => (build.results === 5 ? { ...build, steps: [] } : build)),
  }),
  'retry-a-failure': () => ({
    rule: '6.1',
    result: outcomes((outcome) =>
      outcome.kind === 'failed' || outcome.kind === 'timed-out'
        ? { kind: 'infrastructure', why: outcome.why, checkoutFailed: false }
        : outcome,
    ),
  }),
  'a-failure-passes': () => ({
    rule: '6',
    result: outcomes((outcome) => (outcome.kind === 'failed' ? passed : outcome)),
  }),
  'forgive-without-measuring': () => ({
    rule: '6.2',
    result: (run) => {
      if (run.verdict?.word !== 'FAILURE') return run;
      const jobs = run.jobs.map((job) =>
        job.answer?.word === 'FAILURE'
          ? { ...job, answer: { ...job.answer, word: 'SUCCESS' as const } }
          : job,
      );
      return { ...run, jobs, verdict: { ...run.verdict, word: 'SUCCESS' } };
    },
  }),
  'infrastructure-passes': () => ({
    rule: '7.1',
    result: outcomes((outcome) => (outcome.kind === 'infrastructure' ? passed : outcome)),
  }),
};
