// Jobs from the command line: the same arguments as a gatekeeper's, through the same intake; or only the plan of one (`--dry-run`).

import type { Config } from '../config/config.ts';
import { standing } from '../fleet/stability.ts';
import type { Builder } from '../fleet/fleet.ts';
import { digestOf } from './payload.ts';
import { forceFields } from '../gate/due-force.ts';
import type { JobNumber, RunId } from '../gate/ids.ts';
import { newRun } from '../gate/new-run.ts';
import { planRun } from '../gate/plan.ts';
import type { Terms } from '../gate/run.ts';
import type { PlanView } from '../views/document.ts';
import type { PlanOutcome, Submission } from '../views/views.ts';
import { readAsked, type Incoming } from './intake.ts';
import type { Knowledge } from './knowledge.ts';

/** The arguments that a gatekeeper would send for it. */
function argumentsOf(submission: Submission, project: string): string {
  const { branch, revision, ref, parameters } = submission;
  return JSON.stringify({
    ZUUL_PROJECT: project,
    ...parameters,
    ZUUL_BRANCH: branch,
    ZUUL_COMMIT: revision,
    ...(ref === undefined ? {} : { ZUUL_REF: ref }),
  });
}

type Read =
  | { readonly kind: 'read'; readonly incoming: Incoming }
  | { readonly kind: 'not-found'; readonly known: readonly string[] };

/** The job as the intake takes it, with a binding of its own (RUNS.md 9.1). */
export function incomingOf(config: Config, submission: Submission): Read {
  const definition = config.jobs.find((job) => job.name === submission.job);
  if (definition === undefined) return { kind: 'not-found', known: config.jobs.map((job) => job.name) };
  const text = argumentsOf(submission, definition.project);
  return {
    kind: 'read',
    incoming: {
      function: `build:${definition.name}`,
      unique: '',
      text,
      argumentsHash: digestOf(text),
      serverKind: 'gearmand',
      binding: { kind: 'own', state: 'live' },
    },
  };
}

const placeholder = { run: '<run>' as RunId, number: '<number>' as JobNumber };

function forceCalls(config: Config, terms: Terms, builders: PlanView['builders']): PlanView['force'] {
  const job = {
    number: placeholder.number,
    unique: '',
    argumentsHash: '',
    function: '',
    parameters: {},
    receivedAt: 0,
    state: 'open',
    bindings: [],
    answer: null,
    answeredAt: null,
    answeredFor: 0,
    confirmed: false,
    description: null,
  } as const;
  const birth = {
    id: placeholder.run,
    jobName: terms.definition.name,
    resultText: terms.definition.resultText,
    job,
    at: 0,
    arrival: 0,
  };
  const run = newRun(birth, terms, { text: '', hash: '' });
  const fields = {
    ...forceFields(run, { ordinal: 1, role: 'vote', task: null }),
    reason: `gearbridge ${config.manager} <run> 1 vote <key> <nonce>`,
  };
  return (['voting', 'advisory'] as const)
    .map((role) => builders.filter((builder) => builder.role === role).map((builder) => builder.name))
    .filter((names) => names.length > 0)
    .map((names) => ({ scheduler: config.buildbot.forceScheduler, builders: names, fields }));
}

function whyOf(builder: Builder | undefined, config: Config): string {
  if (builder === undefined) return '';
  const found = standing(builder, config.fleet.stability);
  if (found.counts === 'voting') return 'each of its workers is on fleet.stable';
  switch (found.because) {
    case 'no-worker':
      return 'it has no worker';
    case 'unstable':
      return `worker ${found.worker ?? ''} is on fleet.unstable`;
    case 'not-stable':
      return `worker ${found.worker ?? ''} is not on fleet.stable`;
  }
}

/** What would happen to a submission: plan and force calls; nothing is sent. */
export function planOf(config: Config, knowledge: Knowledge, submission: Submission): PlanOutcome {
  const read = incomingOf(config, submission);
  if (read.kind === 'not-found') return read;
  const parts = { jobs: () => config.jobs, policies: () => config.policies };
  const asked = readAsked(parts, read.incoming.function, read.incoming.text);
  if (asked.kind === 'refused') return { kind: 'refused', why: asked.why };
  if (knowledge.fleet === null)
    return { kind: 'unavailable', why: `the fleet is not known: ${knowledge.awayWhy}` };
  const { terms } = asked;
  const { change } = terms;
  const planning = planRun(
    { ...terms, stability: config.fleet.stability, platforms: config.fleet.platforms, usual: new Map() },
    knowledge.fleet,
  );
  const { fleet } = knowledge;
  const builders = (planning.kind === 'planned' ? planning.plan.builders : []).map((builder) => ({
    name: builder.name,
    platform: builder.platform,
    role: builder.counts,
    why: whyOf(
      fleet.find((each) => each.name === builder.name),
      config,
    ),
  }));
  const plan: PlanView = {
    job: terms.definition.name,
    project: change.project,
    repository: change.repository,
    branch: change.branch,
    revision: change.revision,
    ref: change.changeRef,
    coverage: planning.kind === 'planned' ? planning.plan.coverage : {},
    builders,
    verdict: planning.kind === 'planned' ? null : { word: planning.word, summary: planning.why },
    force: forceCalls(config, terms, builders),
  };
  return { kind: 'ok', plan };
}
