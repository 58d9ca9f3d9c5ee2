// Under which keys a build lies. Names stand in keys as JSON: they may hold any character, and no JSON text is the beginning of another.
//   build/<complete at>/<id>                                        the build with its failures; <id> is Buildbot's id and the start
//   build-id/<id>                                                   its key: a build is counted once
//   failed/<complete at>/<id>                                       builds in which something failed
//   excused/<complete at>/<id>                                      builds with a failure that was forgiven or withdrawn
//   seen/<trait>/<name>/<complete at>/<id>                          a failure with that trait: the sight of it
//   vote/<source>/<project, branch>/<builder>/<revision>            the vote of a commit or change on a builder
//   base/<project, branch>/<builder>/<complete at>/<id>             a base build: revision and excuse keys
//   base-of-branch/<project, branch>/<complete at>/<id>             the same of any builder: builder and revision
//   revision/<project, branch>/<first seen>/<revision>              commits of a branch, in the order in which they landed
//   revision-seen/<project, branch>/<revision>                      when that was

import type { BuildRecord, FailureRecord } from '../build-record.ts';
import type { Trait } from '../history.ts';
import { sortable } from './record.ts';

/** A project's branch. */
export interface Line {
  readonly project: string;
  readonly branch: string;
}

const lineOf = ({ project, branch }: Line): string => JSON.stringify([project, branch]);

/** Buildbot's id alone is not enough: a master that begins anew deals them out again. */
export function buildId({ id, startedAt }: Pick<BuildRecord, 'id' | 'startedAt'>): string {
  return `${sortable(id, 'the id of a build')}-${sortable(startedAt, `the start of build ${id}`)}`;
}

const timeOf = (build: BuildRecord): string => sortable(build.completeAt, `the end of build ${build.id}`);

export const recordKey = (build: BuildRecord): string => `build/${timeOf(build)}/${buildId(build)}`;
export const idKey = (build: Pick<BuildRecord, 'id' | 'startedAt'>): string => `build-id/${buildId(build)}`;
export const failedKey = (build: BuildRecord): string => `failed/${timeOf(build)}/${buildId(build)}`;
export const excusedKey = (build: BuildRecord): string => `excused/${timeOf(build)}/${buildId(build)}`;

export const seenPrefix = (trait: Trait, name: string): string => `seen/${trait}/${JSON.stringify(name)}/`;

/** Keys by which the failures of a build are found, each once. */
export function seenKeys(build: BuildRecord): readonly string[] {
  const tail = `${timeOf(build)}/${buildId(build)}`;
  const traits = build.failures.flatMap((failure) =>
    (['test', 'signature', 'key', 'incident'] as const).flatMap((trait) => {
      const name = traitOf(failure, trait);
      return name === null ? [] : [`${seenPrefix(trait, name)}${tail}`];
    }),
  );
  return [...new Set(traits)];
}

export function traitOf(failure: FailureRecord, trait: Trait): string | null {
  switch (trait) {
    case 'test':
      return failure.testId;
    case 'signature':
      return failure.signature;
    case 'key':
      return failure.excuseKey;
    case 'incident':
      return failure.incident;
  }
}

export function voteKey(build: BuildRecord): string {
  const { source, builder, revision } = build;
  return `vote/${source}/${lineOf(build)}/${JSON.stringify(builder)}/${JSON.stringify(revision)}`;
}

export const basePrefix = (line: Line, builder: string): string =>
  `base/${lineOf(line)}/${JSON.stringify(builder)}/`;
export const branchPrefix = (line: Line): string => `base-of-branch/${lineOf(line)}/`;

/** Where a base build lies for the evidence: among those of its builder, and among those of its branch. */
export function baseKeys(build: BuildRecord): { readonly ofBuilder: string; readonly ofBranch: string } {
  const tail = `${timeOf(build)}/${buildId(build)}`;
  return {
    ofBuilder: `${basePrefix(build, build.builder)}${tail}`,
    ofBranch: `${branchPrefix(build)}${tail}`,
  };
}

export const revisionPrefix = (line: Line): string => `revision/${lineOf(line)}/`;

export function revisionKey(build: BuildRecord, firstSeen: number): string {
  const at = sortable(firstSeen, `the start of build ${build.id}`);
  return `${revisionPrefix(build)}${at}/${JSON.stringify(build.revision)}`;
}

export const revisionSeenKey = (commit: Line & { readonly revision: string }): string =>
  `revision-seen/${lineOf(commit)}/${JSON.stringify(commit.revision)}`;
