// `gearbridge flakes explain NUMBER`: whether what failed in a gate job is the change's own, and why.

import type { Fault, JobView } from '../views/document.ts';
import { visible } from '../views/text.ts';
import { apiToRead } from './api.ts';
import { CommandError, exitCodes, isCommandError, type ExitCode } from './exit.ts';
import { askHistory, type KnownOf } from './explain-history.ts';
import {
  builderDocument,
  builderLines,
  headline,
  isExplained,
  type ExplainedBuilder,
} from './explain-text.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

const none = { so_far: false, failures: [], more: 0, doubt: null } as const;
const notYours: Readonly<Record<Exclude<Fault, 'change'>, string>> = {
  infrastructure: 'not yours: the build machines failed',
  configuration: 'not yours: the job or the fleet is set up wrongly',
  person: 'not judged: somebody stopped it',
  fleet: 'not judged: too few machines could',
};

/** Builders with something to explain: failures found, or an end that is no pass. */
function explained({ builders }: JobView, known: KnownOf): readonly ExplainedBuilder[] {
  const odd: readonly string[] = ['failed', 'forgiven', 'withdrawn', 'measuring', 'unheard'];
  return builders
    .filter(({ state, found }) => odd.includes(state) || (found?.failures.length ?? 0) > 0)
    .map(({ name, state, why, url, found }) => {
      const told = found ?? none;
      const failures = told.failures.map((one) => ({ ...one, ...known(one, { builder: name, url }) }));
      return { name, state, why, url, found: { ...told, failures } };
    });
}

/** The failure to name first: of a builder that failed, and one that nothing explains. */
function lead(
  builders: readonly ExplainedBuilder[],
): { readonly text: string; readonly known: boolean } | null {
  const failing = builders.filter(({ state }) => state === 'failed');
  const looked = failing.length > 0 ? failing : builders;
  const all = looked.flatMap(({ name, found }) => found.failures.map((failure) => ({ name, failure })));
  const worst = all.find(({ failure }) => !isExplained(failure)) ?? all[0];
  if (worst === undefined) return null;
  const more = all.length - 1 + looked.reduce((sum, { found }) => sum + found.more, 0);
  const { failure, name } = worst;
  const by = failure.signature === null ? '' : ` ${failure.signature}`;
  const known = isExplained(failure) && looked.every(({ found }) => found.doubt === null && found.more === 0);
  return { text: `${failure.class}${by}: ${headline(name, failure, more)}`, known };
}

interface Answer {
  readonly sentence: string;
  readonly code: ExitCode;
}

function ofOpen(job: JobView, first: ReturnType<typeof lead>): Answer {
  if (job.state === 'abandoned')
    return { sentence: 'not judged: nobody waited for it any more', code: exitCodes.unknown };
  if (first === null)
    return { sentence: 'not decided yet: nothing went wrong so far', code: exitCodes.unknown };
  const likely = first.known ? 'likely not yours' : 'perhaps yours';
  return {
    sentence: `not decided yet, ${likely}: ${first.text}`,
    code: first.known ? exitCodes.yes : exitCodes.unknown,
  };
}

/** Whose it is, in a sentence, and how the command ends. */
function answerOf(job: JobView, builders: readonly ExplainedBuilder[]): Answer {
  const first = lead(builders);
  if (job.result === null) return ofOpen(job, first);
  if (job.result === 'SUCCESS') {
    const sentence = first === null ? 'nothing went wrong' : `not yours, it passed: ${job.summary}`;
    return { sentence, code: exitCodes.yes };
  }
  if (job.fault === 'change' || job.fault === null) {
    const sentence = `yours, as far as can be told: ${first?.text ?? `${job.result}: ${job.summary}`}`;
    return { sentence, code: exitCodes.unknown };
  }
  const code = job.fault === 'infrastructure' ? exitCodes.yes : exitCodes.unknown;
  return { sentence: `${notYours[job.fault]}: ${job.summary}`, code };
}

function missing(number: string, error: unknown): unknown {
  if (!isCommandError(error)) return error;
  if (error.exitCode === exitCodes.notFound) {
    const what = `there is no file and no job ${number}; gearbridge jobs list shows the jobs`;
    return new CommandError(error.exitCode, what, { cause: error });
  }
  if (error.exitCode !== exitCodes.unreachable) return error;
  const what = `there is no file ${number}, and about a job of this number nobody can be asked: ${error.message}`;
  return new CommandError(error.exitCode, what, { cause: error });
}

/** 0 when nothing is wrong or none of it is the change's, 4 when something of it may be, 6 when there is no such job. */
export async function explainJob(call: Call, number: string): Promise<ExitCode> {
  const { terminal, common } = call;
  const { api, job } = await (async () => {
    const asked = await apiToRead(call);
    return { api: asked, job: await asked.get<JobView>(`jobs/${encodeURIComponent(number)}`) };
  })().catch((error: unknown) => {
    throw missing(number, error);
  });
  const failures = job.builders.flatMap(({ found }) => found?.failures ?? []);
  const builders = explained(job, await askHistory(api, failures, null));
  const { sentence, code } = answerOf(job, builders);
  const { name, result, state, summary, url } = job;
  if (common.json) {
    const rest = { answer: sentence, job: job.number, name, state, result, summary, url };
    terminal.out(`${jsonText({ ...rest, builders: builders.map(builderDocument) })}\n`);
  } else {
    const facts = `${name} ${job.number}: ${result ?? state}${summary === '' ? '' : `: ${summary}`}`;
    const text = [visible(sentence), visible(facts), visible(url), ...builders.flatMap(builderLines)];
    terminal.out(`${text.join('\n')}\n`);
  }
  return code;
}
