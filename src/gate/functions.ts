// The function names under which a job definition is served (RUNS.md 2.2), and their reading back.

import { isGlob, matchesAny } from '../fleet/glob.ts';
import type { JobDefinition } from './request.ts';

const prefix = 'build:';
/** Where a job lists no branches, Zuul's usual two. */
const usualBranches = ['main', 'master'];
/** A name longer than this is not registered: a branch that long still reaches us through `build:NAME`. */
const maxFunctionBytes = 255;

/** The name and the suffix of a function; `branch` is null for the bare `build:NAME`. */
export interface BuildFunction {
  readonly job: string;
  readonly branch: string | null;
}

/**
 * `build:NAME` and `build:NAME:BRANCH` of every job, each once, jobs in the order of the configuration: for the job's
 * `branches` that are no globs (without any: `main` and `master`), then for those in `seenBranches` (job name to the
 * ZUUL_BRANCH values that its jobs have had) that the job admits. The caller bounds `seenBranches`.
 */
export function functionsOf(
  jobs: readonly Pick<JobDefinition, 'name' | 'branches'>[],
  seenBranches: ReadonlyMap<string, Iterable<string>>,
): string[] {
  const names = new Set<string>();
  for (const { name, branches } of jobs) {
    names.add(prefix + name);
    const listed = (branches ?? usualBranches).filter((branch) => !isGlob(branch));
    const seen = [...(seenBranches.get(name) ?? [])].filter(
      (branch) => branches === undefined || matchesAny(branches, branch),
    );
    for (const branch of [...listed, ...seen]) {
      if (isRegistrable(`${prefix}${name}:${branch}`, branch)) names.add(`${prefix}${name}:${branch}`);
    }
  }
  return [...names];
}

/** Reads a function name back; null where it is none of ours. A job name has no colon, so the first one ends it. */
export function parseFunction(name: string): BuildFunction | null {
  if (!name.startsWith(prefix)) return null;
  const rest = name.slice(prefix.length);
  const colon = rest.indexOf(':');
  const job = colon < 0 ? rest : rest.slice(0, colon);
  const branch = colon < 0 ? null : rest.slice(colon + 1);
  return job === '' || branch === '' ? null : { job, branch };
}

/** A NUL ends an argument of a Gearman packet, and white space or control characters break the lines of the admin protocol. */
function isRegistrable(name: string, branch: string): boolean {
  return (
    branch !== '' && !/[\s\p{Cc}]/u.test(name) && new TextEncoder().encode(name).length <= maxFunctionBytes
  );
}
