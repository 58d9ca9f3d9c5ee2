// From the arguments of a job to the exact source stamp that is to be proved (RUNS.md 2.6, 2.7). Anything not understood is refused:
// a wrong guess here would prove the wrong commit.

import { matchesAny } from '../fleet/glob.ts';
import type { Arguments } from './arguments.ts';
import type { Base } from './attempt.ts';
import { filesIn } from './changed-files.ts';
import { isGitRef } from './git-ref.ts';
import type { Change, JobDefinition, Vcs } from './request.ts';

/** A source stamp as the force call names it. */
export interface Source {
  readonly branch: string;
  readonly revision: string;
  readonly repository: string;
  readonly project: string;
}

export type ReadChange =
  { readonly kind: 'read'; readonly change: Change } | { readonly kind: 'refused'; readonly why: string };

/** Thrown inside this file only: the first thing that is wrong ends the reading. */
class Refusal extends Error {}

function refuse(why: string): never {
  throw new Refusal(why);
}

function quoted(text: string): string {
  const whole = JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}...` : text);
  // JSON leaves DEL and the controls above it as they are.
  return whole.replace(/[\x7f-\x9f]/g, '?');
}

// Buildbot's own columns; a longer text is a 500 there.
const longest = { branch: 255, ref: 255, repository: 511 };

function field(values: Arguments, name: string): string {
  return values.get(name) ?? '';
}

function projectOf(values: Arguments, definition: JobDefinition): string {
  const asked = field(values, 'ZUUL_PROJECT');
  if (asked !== '' && asked !== definition.project) {
    refuse(
      `project ${quoted(asked)} is not served by job ${definition.name}, which is for ${quoted(definition.project)}`,
    );
  }
  return definition.project;
}

function branchOf(values: Arguments, definition: JobDefinition, suffix: string | null): string {
  const named = [field(values, 'ZUUL_BRANCH'), field(values, 'ZUUL_REFNAME')].find((name) => name !== '');
  const branch = named ?? suffix ?? '';
  if (branch === '')
    refuse('no branch: neither ZUUL_BRANCH nor ZUUL_REFNAME is given, and the function names none');
  if (named !== undefined && suffix !== null && suffix !== named) {
    refuse(`the function asks for branch ${quoted(suffix)}, the parameters for ${quoted(named)}`);
  }
  if (branch.length > longest.branch || !isGitRef(branch))
    refuse(`branch ${quoted(branch)} is no name that git takes`);
  if (definition.branches !== undefined && !matchesAny(definition.branches, branch)) {
    refuse(
      `branch ${quoted(branch)} is not among those of job ${definition.name}: ${definition.branches.join(', ')}`,
    );
  }
  return branch;
}

const remote = /^(https?|ssh|git):\/\/[^/]/;

/** Whether one of the job's globs that admits the repository says its scheme in full: `file:///srv/*` does, `*` does not. */
function isSchemeNamed(repository: string, { repositories = [] }: JobDefinition): boolean {
  const scheme = /^[a-z]+:\/\//.exec(repository)?.[0];
  if (scheme === undefined) return false;
  return matchesAny(
    repositories.filter((glob) => glob.startsWith(scheme)),
    repository,
  );
}

function repositoryOf(values: Arguments, definition: JobDefinition): string {
  if (definition.repository !== undefined) return definition.repository;
  const base = field(values, 'ZUUL_URL');
  if (base === '') refuse(`no repository: ZUUL_URL is missing, and job ${definition.name} names none`);
  const project = field(values, 'ZUUL_PROJECT') || definition.project;
  const repository = `${base.replace(/\/+$/, '')}/${project.replace(/^\/+/, '')}`;
  if (repository.length > longest.repository || /[\s\p{Cc}]/u.test(repository)) {
    refuse(`repository ${quoted(repository)} is too long or holds blanks`);
  }
  if (!remote.test(repository) && !isSchemeNamed(repository, definition)) {
    refuse(
      `repository ${quoted(repository)} is not reached by http, https, ssh or git; name it in job ${definition.name} if it is meant`,
    );
  }
  if (definition.repositories !== undefined && !matchesAny(definition.repositories, repository)) {
    refuse(`repository ${quoted(repository)} is not among those of job ${definition.name}`);
  }
  return repository;
}

const commitForms: Readonly<Record<Vcs, { readonly form: RegExp; readonly words: string }>> = {
  git: { form: /^([0-9a-f]{40}|[0-9a-f]{64})$/, words: '40 or 64 hex digits' },
  hg: { form: /^[0-9a-f]{12,40}$/, words: '12 to 40 hex digits' },
};

function commitOf(values: Arguments, vcs: Vcs): string {
  const commit = field(values, 'ZUUL_COMMIT').toLowerCase();
  const { form, words } = commitForms[vcs];
  if (commit === '')
    refuse('no commit: ZUUL_COMMIT is missing (a periodic job has none and cannot be proved)');
  if (/^0+$/.test(commit)) refuse('ZUUL_COMMIT is all zeros: the ref was deleted, there is nothing to build');
  if (!form.test(commit)) refuse(`ZUUL_COMMIT ${quoted(commit)} is no commit of ${vcs}: ${words} are needed`);
  return commit;
}

function refOf(values: Arguments): string {
  const ref = field(values, 'ZUUL_REF');
  if (ref !== '' && (ref.length > longest.ref || !isGitRef(ref)))
    refuse(`ZUUL_REF ${quoted(ref)} is no name that git takes`);
  return ref;
}

/**
 * The change that a job asks for. `suffix` is the branch in the function name, which speaks only where ZUUL_BRANCH and
 * ZUUL_REFNAME are silent (RUNS.md 2.2). A refusal is one line for the reviewer, naming the parameter.
 */
export function readChange(values: Arguments, definition: JobDefinition, suffix: string | null): ReadChange {
  try {
    const project = projectOf(values, definition);
    const branch = branchOf(values, definition, suffix);
    const changeRef = refOf(values);
    const repository = repositoryOf(values, definition);
    const revision = commitOf(values, definition.vcs);
    // Buildbot's Git step fetches the branch by name, and a gatekeeper's merge commit is on no branch (measured, RUNS.md 2.7).
    const forceBranch = definition.vcs === 'git' && changeRef.startsWith('refs/') ? changeRef : branch;
    const files = filesIn(field(values, 'GATE_FILES'));
    return { kind: 'read', change: { project, repository, branch, revision, changeRef, forceBranch, files } };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', why: error.message };
    throw error;
  }
}

/** What equal keys ask for is the same work (DESIGN.md section 1). */
export function contentKey(change: Change, jobName: string): string {
  return JSON.stringify([change.project, change.repository, change.branch, change.revision, jobName]);
}

/** The source that an attempt builds: the change itself, or for a control the base under the same repository and project. */
export function sourceOf(change: Change, base: Base | null): Source {
  const { repository, project } = change;
  return base === null
    ? { branch: change.forceBranch, revision: change.revision, repository, project }
    : { branch: base.branch, revision: base.revision, repository, project };
}

/** What Buildbot compares before it merges two requests of a builder (BUILDBOT.md section 4). */
export function sourceStamp({ branch, revision, repository, project }: Source): string {
  return JSON.stringify([branch, revision, repository, project]);
}
