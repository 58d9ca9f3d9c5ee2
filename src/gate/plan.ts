// The builders of a run and what each counts for (RUNS.md section 3).

import { demand, describeShortfalls, platformOf, shortfalls } from '../fleet/coverage.ts';
import type { Builder } from '../fleet/fleet.ts';
import { describeSelector, select } from '../fleet/selection.ts';
import { standing } from '../fleet/stability.ts';
import type { Planning } from './event.ts';
import type { JobDefinition, Platforms, Policy, StabilityLists } from './request.ts';
import type { PlannedBuilder } from './run.ts';

export interface PlanTerms {
  readonly definition: JobDefinition;
  readonly policy: Policy;
  readonly stability: StabilityLists;
  readonly platforms: Platforms;
  /** What 99 of 100 whole builds of a builder take, milliseconds, for builders with enough of them. */
  readonly usual: ReadonlyMap<string, number>;
}

/** Three times what is usual, never less than half an hour nor more than the policy allows. */
const timesUsual = 3;
const leastRunning = 30 * 60_000;

function longestOf({ usual, policy }: PlanTerms, builder: string): Pick<PlannedBuilder, 'longest'> {
  const known = usual.get(builder);
  if (known === undefined) return {};
  const longest = Math.max(leastRunning, timesUsual * known);
  return longest < policy.deadlines.running ? { longest } : {};
}

/** Plans a run on the fleet as it is now, or says at once why no verdict could ever be reached. */
export function planRun(terms: PlanTerms, builders: readonly Builder[]): Planning {
  const { definition, policy, platforms } = terms;
  const chosen = select(builders, definition.builders);
  if (chosen.length === 0) {
    const selector = describeSelector(definition.builders) || 'nothing';
    return {
      kind: 'refused',
      word: 'CONFIG_ERROR',
      why: `job ${definition.name} selects no builder: ${selector}`,
    };
  }
  const planned = chosen.map((builder): PlannedBuilder => ({
    name: builder.name,
    platform: platformOf(builder.name, platforms),
    counts: standing(builder, terms.stability).counts,
    workers: builder.workers.map((worker) => worker.name),
    ...longestOf(terms, builder.name),
  }));
  const voting = planned.filter((builder) => builder.counts === 'voting').map((builder) => builder.platform);
  if (voting.length === 0) {
    const why = `none of the ${planned.length} builders of job ${definition.name} may vote: not every worker of theirs is on fleet.stable`;
    return { kind: 'refused', word: 'NO_COVERAGE', why };
  }
  const coverage = demand(policy.coverage, voting);
  const short = shortfalls(coverage, voting);
  if (short.length > 0) {
    return {
      kind: 'refused',
      word: 'NO_COVERAGE',
      why: `too few voting builders: ${describeShortfalls(short)}`,
    };
  }
  return { kind: 'planned', plan: { builders: planned, coverage } };
}
