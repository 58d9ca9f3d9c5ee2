// Was it right to excuse a failure? What landed commits show afterwards tells (FLAKES.md 6.4, self-measurement).

import type { BaseBuild } from './evidence.ts';

/**
 * Whether a failure that was excused turned out to be broken on the branch: two commits in a row failed with its key.
 *
 * @param after base builds of the same builder that were complete after the excuse, oldest first
 */
export function wasWrong(key: string, after: readonly BaseBuild[]): boolean {
  const newestOf = new Map<string, boolean>();
  for (const { revision, keys } of after) newestOf.set(revision, keys.includes(key));
  const red = [...newestOf.values()];
  return red.some((failed, index) => failed && red[index + 1] === true);
}
