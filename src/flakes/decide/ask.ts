// What a measuring build is to run, and whether it may be begun.

import type { ReadFailure } from '../reading.ts';
import type { Budget } from './case.ts';
import type { Measured } from './measured.ts';
import type { Question } from './question.ts';
import { repeatsAsked, wholeBuilds } from './rules.ts';

/** What `gate_tests` may name (FLAKES.md 6.3b rule 5): it reaches a shell on the worker. */
const plainName = /^[A-Za-z0-9_.]+$/;

/** The files of the failures, each once; null: the whole suite, because one has no name that may be sent. */
function testsOf(failures: readonly ReadFailure[]): readonly string[] | null {
  const files = new Set<string>();
  for (const { file } of failures) {
    if (file === null || !plainName.test(file)) return null;
    files.add(file);
  }
  return [...files];
}

/** A budget that one more build would overdraw. */
function spent(budgets: readonly Budget[]): string | null {
  const over = budgets.find((budget) => budget.spent + 1 > budget.limit);
  if (over === undefined) return null;
  const whose = { job: 'this run', builder: 'this builder', owner: "the worker's owner", day: 'this day' };
  return `the ${over.limit} measuring builds of ${whose[over.of]} are spent`;
}

export type Begin =
  | { readonly kind: 'refused'; readonly why: string }
  | {
      readonly kind: 'begin';
      readonly tests: readonly string[] | null;
      readonly repeat: number;
      readonly builds: 0 | 1;
    };

/**
 * The next build for these failures. One at a time: where whole builds are needed, the first that is not clean spares the rest. Whole builds
 * are begun only if all five fit the run's deadline.
 */
export function nextBuild(question: Question, failures: readonly ReadFailure[], soFar: Measured): Begin {
  const { policy } = question;
  const tests = testsOf(failures);
  const whole = tests === null || policy.canRepeat === false || question.change.kind === 'whole';
  const repeat = whole ? 1 : repeatsAsked;
  const build = { kind: 'begin', tests: whole ? null : tests, repeat } as const;
  if (soFar.kind === 'under-way') return { ...build, builds: 0 };
  const begun = soFar.kind === 'whole' ? soFar.builds.length : 0;
  if (whole && begun <= 1 && !policy.wholeBuildsFit) {
    return { kind: 'refused', why: `${wholeBuilds} whole builds do not fit what is left of the run's time` };
  }
  const overdrawn = spent(policy.budgets);
  return overdrawn === null ? { ...build, builds: 1 } : { kind: 'refused', why: overdrawn };
}
