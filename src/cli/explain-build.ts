// `gearbridge flakes explain http://MASTER/#/builders/1/builds/2`, or `…/#/buildrequests/3`: what went wrong in a build, or in each build of a
// request (it has several where one ended RETRY), read from Buildbot itself.

import type { ListedBuild } from '../buildbot/build-list.ts';
import type { Master } from '../buildbot/master.ts';
import type { Config } from '../config/config.ts';
import type { Signature } from '../flakes/signature/signature.ts';
import { readingView } from '../views/reading-view.ts';
import { visible } from '../views/text.ts';
import { apiToRead } from './api.ts';
import { buildsAt, readBuildLogs, type BuildInQuestion } from './build-logs.ts';
import { exitCodes, isCommandError, type ExitCode } from './exit.ts';
import { askHistory, knownAlone, type KnownOf } from './explain-history.ts';
import { masterOf, type MasterInQuestion } from './explain-master.ts';
import type { BuildPage, RequestPage } from './explain-target.ts';
import {
  builderDocument,
  builderLines,
  headline,
  isExplained,
  type ExplainedBuilder,
} from './explain-text.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

export interface ExplainBuild {
  readonly target: BuildPage | RequestPage;
  readonly platform: string | null;
  /** null: those of the configuration, where there is one. */
  readonly signatures: string | null;
}

const words = ['success', 'warnings', 'failure', 'skipped', 'exception', 'retry', 'cancelled'] as const;

async function signaturesAt(
  call: Call,
  path: string | null,
  config: Config | null,
): Promise<readonly Signature[]> {
  if (path === null && config === null) return [];
  const [{ loadLineEngine }, { readSignatures, warn }] = await Promise.all([
    import('../evidence/match/load-line-engine.ts'),
    import('./signature-set.ts'),
  ]);
  const engine = await loadLineEngine();
  try {
    const given = [path ?? config?.signatures ?? ''];
    const { sources, findings } = await readSignatures(call, given, { engine, cached: true });
    await warn(call, findings);
    return sources.map(({ signature }) => signature);
  } catch (error) {
    // The folder of a configuration may be missing; one that somebody names may not.
    if (path === null && isCommandError(error) && error.exitCode === exitCodes.notFound) return [];
    throw error;
  }
}

interface Question extends Omit<BuildInQuestion, 'passed'> {
  readonly signatures: readonly Signature[];
  readonly warn: (sentence: string) => void;
}

async function readingFrom(master: Master, question: Question) {
  const [{ createReader }, { failuresIn, readingOf }, { speaker }] = await Promise.all([
    import('../evidence/reader/create-reader.ts'),
    import('../flakes/build-reading.ts'),
    import('../flakes/signature/signature-set.ts'),
  ]);
  const { signatures, warn } = question;
  const reader = createReader({
    refused(why) {
      if (why !== null) warn(`no signature is matched: ${why}`);
    },
  });
  try {
    reader.use(signatures);
    const { logs, doubt } = await readBuildLogs({ master, reader }, { ...question, passed: false });
    return readingOf(logs, failuresIn(logs, null), {
      byKey: null,
      base: null,
      doubt,
      speaker: (ids) => {
        const named = ids.flatMap((id) => signatures.find((one) => one.id === id) ?? []);
        // Which commits contain a fix only the history of the branch tells.
        const matches = named.map((signature) => ({ signature, specificity: 0, lines: [] }));
        const by = speaker(matches, () => false)?.signature;
        return by === undefined ? null : { id: by.id, state: by.state, ...by.exonerate, containsFix: false };
      },
    });
  } finally {
    await reader.close();
  }
}

/** Asks the daemon of that master about these failures; null where it cannot be asked, which is said. */
async function historyOf(
  call: Call,
  failures: Parameters<typeof askHistory>[1],
  of: { readonly builder: string; readonly ours: boolean },
): Promise<KnownOf> {
  if (failures.length === 0 || (call.common.url === null && !of.ours)) return knownAlone;
  try {
    return await askHistory(await apiToRead(call), failures, of);
  } catch (error) {
    if (!isCommandError(error) || error.exitCode === exitCodes.interrupted) throw error;
    call.terminal.err(`gearbridge: ${visible(`the history cannot be asked: ${error.message}`)}\n`);
    return knownAlone;
  }
}

function answerOf({ name, state, found: { failures, more, doubt } }: ExplainedBuilder) {
  const lead = failures.find((one) => !isExplained(one)) ?? failures[0];
  if (lead === undefined) {
    if (doubt !== null)
      return { sentence: `unknown: ${name} ended as ${state}, and ${doubt}`, code: exitCodes.unknown };
    const passed = state === 'success' || state === 'warnings' || state === 'skipped';
    if (passed) return { sentence: `nothing wrong found on ${name}: ${state}`, code: exitCodes.yes };
    return { sentence: `unknown: nothing is found on ${name}: ${state}`, code: exitCodes.unknown };
  }
  const by = lead.signature === null ? '' : ` ${lead.signature}`;
  const sentence = `${lead.class}${by}: ${headline(name, lead, failures.length - 1 + more)}`;
  const explained = isExplained(lead) && doubt === null && more === 0;
  return { sentence, code: explained ? exitCodes.yes : exitCodes.unknown };
}

interface Explained {
  readonly build: ListedBuild;
  readonly builder: ExplainedBuilder;
}

function documentOf({ build }: Explained) {
  const { id, number, worker, branch, revision } = build;
  return { build: id, number, worker, branch, revision };
}

function factsOf({ build: { branch, revision, worker, number } }: Explained): string {
  const of = [branch, revision.slice(0, 12), worker ?? ''].filter((part) => part !== '');
  return visible(`build ${number}: ${of.join(' ')}`);
}

/** The answer is the last build's, unless an earlier one shows a failure that nothing explains. */
function print({ terminal, common }: Call, all: readonly Explained[], last: Explained): ExitCode {
  const telling = all.filter((one) => one === last || one.builder.found.failures.length > 0);
  const answers = telling.map(({ builder }) => answerOf(builder));
  const unexplained = answers.findLast(({ code }) => code !== exitCodes.yes);
  const { sentence, code } = unexplained ?? answerOf(last.builder);
  if (common.json) {
    const builders = all.map((one) =>
      all.length === 1
        ? builderDocument(one.builder)
        : { ...documentOf(one), ...builderDocument(one.builder) },
    );
    terminal.out(`${jsonText({ answer: sentence, ...documentOf(last), builders })}\n`);
  } else {
    const told = all.flatMap((one) => [factsOf(one), ...builderLines(one.builder)]);
    terminal.out(`${[visible(sentence), ...told].join('\n')}\n`);
  }
  return code;
}

interface Asking {
  readonly call: Call;
  readonly given: ExplainBuild;
  readonly at: MasterInQuestion;
  readonly signatures: readonly Signature[];
}

async function explained({ call, given, at, signatures }: Asking, build: ListedBuild): Promise<Explained> {
  const { target } = given;
  const { master, config, ours, testSteps } = at;
  const builder =
    build.builder ?? (target.kind === 'build' ? `builder ${target.builder}` : 'a builder that is gone');
  const { platformOf } = await import('../fleet/coverage.ts');
  const platform = given.platform ?? (config === null ? null : platformOf(builder, config.fleet.platforms));
  const reading = await readingFrom(master, {
    ...{ build, builder, platform, signatures, testSteps },
    warn: (sentence) => {
      call.terminal.err(`gearbridge: ${visible(sentence)}\n`);
    },
  });
  const told = readingView(reading, build.completeAt === null);
  const known = await historyOf(call, told.failures, { builder, ours });
  const url = target.page;
  const failures = told.failures.map((one) => ({ ...one, ...known(one, { builder, url }) }));
  const state = build.results === null ? 'running' : words[build.results];
  const { repeats } = reading;
  const why = repeats === null ? '' : `${repeats.failed} of ${repeats.ran} repeats failed`;
  return { build, builder: { name: builder, state, why, url, found: { ...told, failures } } };
}

/** 0 when nothing is wrong or all of it is known or infrastructure, 4 when something unknown is in it, 3 and 6 by Buildbot's answer. */
export async function explainBuild(call: Call, given: ExplainBuild): Promise<ExitCode> {
  const at = await masterOf(call, given.target.master);
  try {
    const signatures = await signaturesAt(call, given.signatures, at.config);
    const all: Explained[] = [];
    for (const build of await buildsAt(at.master, given.target))
      all.push(await explained({ call, given, at, signatures }, build));
    const last = all.at(-1);
    if (last === undefined) throw new Error('an address without a build was not refused');
    return print(call, all, last);
  } catch (error) {
    throw at.failed(error);
  } finally {
    await at.close();
  }
}
