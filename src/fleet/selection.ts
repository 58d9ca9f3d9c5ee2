// Which builders a job runs on (RUNS.md 3.1).

import type { Builder } from './fleet.ts';
import { matchesAny } from './glob.ts';

/** A job's `builders` of the configuration. A list that is absent or empty asks for nothing. */
export interface Selector {
  readonly tags?: readonly string[];
  readonly names?: readonly string[];
  readonly exclude?: readonly string[];
}

/**
 * Builders that have all `tags` and match any of `names` (either may be absent), less those that match `exclude`, in the
 * order given. A selector with neither tags nor names selects nothing: an empty selector must never force a whole fleet.
 */
export function select(builders: readonly Builder[], selector: Selector): readonly Builder[] {
  const tags = selector.tags ?? [];
  const names = selector.names ?? [];
  const exclude = selector.exclude ?? [];
  if (tags.length === 0 && names.length === 0) return [];
  return builders.filter(
    (builder) =>
      tags.every((tag) => builder.tags.includes(tag)) &&
      (names.length === 0 || matchesAny(names, builder.name)) &&
      !matchesAny(exclude, builder.name),
  );
}

/** The selector in one line for people, such as `tags ["3.x"], names ["*Debian*"], exclude ["*slow*"]`. */
export function describeSelector(selector: Selector): string {
  const parts = [
    ['tags', selector.tags],
    ['names', selector.names],
    ['exclude', selector.exclude],
  ] as const;
  return parts
    .filter(([, list]) => list !== undefined && list.length > 0)
    .map(([name, list]) => `${name} ${JSON.stringify(list)}`)
    .join(', ');
}
