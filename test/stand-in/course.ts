// What a build does, step by step, as its scenario has it: fixed when it begins, as far as nobody stops it.

import type { Results } from '../simulation/gate/buildbot.ts';
import type { Builder } from './fleet.ts';
import { growingTest, logOf, regressionLog, type Log } from './logs.ts';

export interface Step {
  readonly name: string;
  readonly hidden: boolean;
  /** Milliseconds. */
  readonly takes: number;
  /** Milliseconds of that for which it waits for a lock. */
  readonly waits: number;
  readonly results: Results;
  readonly says: string;
  readonly logs: readonly Log[];
}

export interface Course {
  readonly steps: readonly Step[];
  readonly results: Results;
  readonly state: string;
  /** `got_revision` once `git` has ended; null: the checkout fails. */
  readonly revision: string | null;
}

export interface CourseWish {
  readonly builder: Builder;
  readonly revision: string;
  readonly scenario: string;
  /** Milliseconds of `slow`, and of the test step of a bench builder that passes. */
  readonly duration: number;
  /** Milliseconds that a test may be silent. */
  readonly silence: number;
  /** How many builds its request had before. */
  readonly before: number;
  /** Milliseconds until the lock of the rack is free, from the beginning of the build on. */
  readonly rackFree: number;
}

const words = ['successful', 'warnings', 'failed', 'skipped', 'exception', 'retry', 'cancelled'] as const;
/** Milliseconds of a step that only says something. */
const brief = 30;

function step(name: string, more: Partial<Step> = {}): Step {
  return { name, hidden: false, takes: brief, waits: 0, results: 0, says: name, logs: [], ...more };
}

function checkout({ scenario, revision }: CourseWish): Step {
  const fails = scenario === 'fetch-fail';
  const lines = fails
    ? [
        "efatal: unable to access 'https://git.example.invalid/cpython.git/': Could not resolve host: git.example.invalid",
      ]
    : [`oHEAD is now at ${revision}`];
  const says = fails ? 'update (failure)' : "property 'got_revision' set";
  return step('git', { results: fails ? 2 : 0, says, logs: [logOf(lines, fails ? 128 : 0)] });
}

function prepare({ scenario, before }: CourseWish): Step {
  if (scenario === 'retry-once' && before === 0)
    return step('prepare', { results: 5, says: 'image pull interrupted (retry)' });
  if (scenario !== 'infra-exception') return step('prepare', { says: 'finished' });
  const traceback = [
    'Traceback (most recent call last):',
    'RuntimeError: artifact store refused the upload token (503)',
  ];
  const log: Log = { name: 'err.text', slug: 'err_text', type: 't', lines: traceback, growsEvery: null };
  return step('prepare', { results: 4, says: 'finished (exception)', logs: [log] });
}

function test(wish: CourseWish, offset: number): Step {
  const { scenario, duration, silence, builder } = wish;
  const waits = builder.rack ? Math.max(0, wish.rackFree - offset) : 0;
  const usual = builder.factory === 'bench' ? duration : brief;
  const like = (takes: number, more: Partial<Step>): Step =>
    step('test', { waits, takes: waits + takes, ...more });
  switch (scenario) {
    case 'slow':
      return like(duration, { logs: [growingTest(duration)] });
    case 'hang': {
      const killed = `hcommand timed out: ${silence / 1_000} seconds without output running [b'test'], attempting to kill`;
      const log = logOf(['o0:00:00 load avg: 0.41 [2/3] test_socket', killed], null);
      return like(silence, { results: 2, says: 'test (failure)', logs: [log] });
    }
    case 'fail-new':
      return like(usual, { results: 2, says: 'test (failure)', logs: [regressionLog()] });
    case 'warnings':
      return like(usual, { results: 1, says: 'test (warnings)', logs: [growingTest(usual)] });
    default:
      return like(usual, { logs: [growingTest(usual)] });
  }
}

function stepsBefore(wish: CourseWish): readonly Step[] {
  const begins = [step('worker_preparation', { says: `worker ${wish.builder.worker} ready` })];
  if (wish.builder.factory === 'bench') return [...begins, checkout(wish)];
  const builds = wish.builder.factory === 'docs' ? ['html'] : ['configure', 'compile'];
  const plan = step('plan', { hidden: true, says: wish.scenario });
  return [...begins, plan, checkout(wish), prepare(wish), ...builds.map((name) => step(name))];
}

function stepsAfter({ builder }: CourseWish): readonly Step[] {
  if (builder.factory === 'bench') return [];
  const upload = step('upload-test-results', { hidden: true, results: 3, says: 'finished (skipped)' });
  return [step('report', { says: '57 tests 0 failed' }), upload, step('clean')];
}

/** A failed checkout is a warning, as on the CPython fleet. */
function resultsOf(last: Step): Results {
  return last.name === 'git' && last.results === 2 ? 1 : last.results;
}

/** The course of a build that begins now. A scenario that it does not play passes. */
export function courseOf(wish: CourseWish): Course {
  const before = stepsBefore(wish);
  const offset = before.reduce((sum, { takes }) => sum + takes, 0);
  const all = [...before, test(wish, offset), ...stepsAfter(wish)];
  const bad = all.findIndex(({ results }) => results === 2 || results === 4 || results === 5);
  const steps = bad === -1 ? all : all.slice(0, bad + 1);
  const worst = steps.findLast(({ results }) => results !== 0 && results !== 3);
  const results = worst === undefined ? 0 : resultsOf(worst);
  const word = words[results];
  return {
    steps,
    results,
    state: worst === undefined ? 'build successful' : `${word} ${worst.says}`,
    revision: wish.scenario === 'fetch-fail' ? null : wish.revision,
  };
}

/** Milliseconds of all steps. */
export function lengthOf({ steps }: Course): number {
  return steps.reduce((sum, { takes }) => sum + takes, 0);
}
