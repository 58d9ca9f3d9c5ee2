// Platforms, and how many builders of each must pass (RUNS.md 3.4). The plan asks this of its voting builders, the verdict of
// those that passed or were forgiven.

import { matchesAny } from './glob.ts';

const own = ' (builder)';

/**
 * The platform of a builder: the first, in the order of the configuration, with a glob that matches its name; else one of its
 * own, named like the builder. A builder that is called like a configured platform but is not in it gets ` (builder)` appended,
 * so that it never fills the place of a real one.
 */
export function platformOf(builder: string, platforms: Readonly<Record<string, readonly string[]>>): string {
  for (const [platform, globs] of Object.entries(platforms)) {
    if (matchesAny(globs, builder)) return platform;
  }
  return Object.hasOwn(platforms, builder) || builder.endsWith(own) ? builder + own : builder;
}

/**
 * What must be covered: the policy's own `coverage`, or (null) one builder for each platform of the plan's voting builders.
 * `voting` holds the platform of each voting builder.
 */
export function demand(
  coverage: Readonly<Record<string, number>> | null,
  voting: readonly string[],
): Readonly<Record<string, number>> {
  return coverage ?? Object.fromEntries(voting.map((platform) => [platform, 1]));
}

export interface Shortfall {
  readonly platform: string;
  readonly asked: number;
  readonly found: number;
}

/** Platforms that have fewer builders than asked for, in the order of `asked`; `found` holds the platform of each builder that counts. */
export function shortfalls(
  asked: Readonly<Record<string, number>>,
  found: readonly string[],
): readonly Shortfall[] {
  return Object.entries(asked)
    .map(([platform, count]) => ({
      platform,
      asked: count,
      found: found.filter((name) => name === platform).length,
    }))
    .filter((entry) => entry.found < entry.asked);
}

/** Shortfalls in one line for people, such as `linux 1 of 2, windows 0 of 1`. */
export function describeShortfalls(list: readonly Shortfall[]): string {
  return list.map(({ platform, found, asked }) => `${platform} ${found} of ${asked}`).join(', ');
}
