// The functions that are served: those of the configuration, and one for each branch that was asked for (RUNS.md 2.2).

import { functionsOf } from '../gate/functions.ts';
import type { JobDefinition } from '../gate/request.ts';

/** Branches remembered for each job: what a gatekeeper sends must not grow the daemon. */
const mostBranches = 200;

export interface Functions {
  names(): readonly string[];
  /** True when there is a new name to serve. */
  sawBranch(job: string, branch: string): boolean;
}

export function createFunctions(jobs: () => readonly JobDefinition[]): Functions {
  const seen = new Map<string, Set<string>>();
  return {
    names: () => functionsOf(jobs(), seen),
    sawBranch(job, branch) {
      const branches = seen.get(job) ?? new Set();
      if (branches.has(branch) || branches.size >= mostBranches) return false;
      seen.set(job, branches.add(branch));
      return true;
    },
  };
}
