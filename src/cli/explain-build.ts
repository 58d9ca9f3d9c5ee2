// `gearbridge flakes explain http://MASTER/#/builders/1/builds/2`: what went wrong in a build, read from Buildbot itself.

import type { ListedBuild } from '../buildbot/build-list.ts';
import type { Master } from '../buildbot/master.ts';
import type { Config } from '../config/config.ts';
import type { Signature } from '../flakes/signature/signature.ts';
import { readingView } from '../views/reading-view.ts';
import { visible } from '../views/text.ts';
import { apiToRead } from './api.ts';
import { CommandError, exitCodes, isCommandError, type ExitCode } from './exit.ts';
import { askHistory, knownAlone, type KnownOf } from './explain-history.ts';
import { masterOf } from './explain-master.ts';
import type { BuildPage } from './explain-target.ts';
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
  readonly target: BuildPage;
  readonly platform: string | null;
  /** null: those of the configuration, where there is one. */
  readonly signatures: string | null;
}

/** Milliseconds that the reading of all logs may take. */
const readWithin = 300_000;
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

async function found(master: Master, { builder, number, page }: BuildPage): Promise<ListedBuild> {
  const [build] = await master.builds({ builderId: builder, number });
  if (build !== undefined) return build;
  throw new CommandError(
    exitCodes.notFound,
    `Buildbot has no build at ${page}; it may have been deleted there`,
  );
}

interface Question {
  readonly build: ListedBuild;
  readonly builder: string;
  readonly platform: string | null;
  readonly signatures: readonly Signature[];
  readonly testSteps: readonly string[];
}

async function readingFrom(master: Master, question: Question) {
  const [{ readSteps, stepsToRead }, { createReader }, { failuresIn, readingOf }, { speaker }] =
    await Promise.all([
      import('../evidence/read-steps.ts'),
      import('../evidence/reader/create-reader.ts'),
      import('../flakes/build-reading.ts'),
      import('../flakes/signature/signature-set.ts'),
    ]);
  const { build, builder, platform, signatures, testSteps } = question;
  const facts = await master.build(build.id);
  const repeated = (await master.buildProperty(build.id, 'gate_repeated')) !== null;
  const steps = stepsToRead(facts.steps ?? [], { testSteps, measured: repeated });
  const clean = steps.length === 0 && (facts.results === 0 || facts.results === 1);
  const { worker, branch } = build;
  const reader = createReader();
  try {
    reader.use(signatures);
    const terms = { builder, repeated, facts: { worker, platform, branch } };
    const early = facts.revision === null;
    const { logs, doubt } = await readSteps(reader, master, { steps, terms, early, within: readWithin });
    return readingOf(logs, failuresIn(logs, null), {
      byKey: null,
      base: null,
      doubt: clean || !facts.complete ? null : doubt,
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

function print({ terminal, common }: Call, build: ListedBuild, explained: ExplainedBuilder): ExitCode {
  const { sentence, code } = answerOf(explained);
  if (common.json) {
    const { worker, branch, revision } = build;
    const document = { answer: sentence, build: build.id, number: build.number, worker, branch, revision };
    terminal.out(`${jsonText({ ...document, builders: [builderDocument(explained)] })}\n`);
  } else {
    const of = [build.branch, build.revision.slice(0, 12), build.worker ?? ''].filter((part) => part !== '');
    const facts = `build ${build.number}: ${of.join(' ')}`;
    terminal.out(`${[visible(sentence), visible(facts), ...builderLines(explained)].join('\n')}\n`);
  }
  return code;
}

/** 0 when nothing is wrong or all of it is known or infrastructure, 4 when something unknown is in it, 3 and 6 by Buildbot's answer. */
export async function explainBuild(call: Call, given: ExplainBuild): Promise<ExitCode> {
  const { target } = given;
  const { master, config, ours, close, testSteps, failed } = await masterOf(call, target.master);
  try {
    const signatures = await signaturesAt(call, given.signatures, config);
    const build = await found(master, target);
    const builder = build.builder ?? `builder ${target.builder}`;
    const { platformOf } = await import('../fleet/coverage.ts');
    const platform = given.platform ?? (config === null ? null : platformOf(builder, config.fleet.platforms));
    const question = { build, builder, platform, signatures, testSteps };
    const reading = await readingFrom(master, question);
    const told = readingView(reading, build.completeAt === null);
    const known = await historyOf(call, told.failures, { builder, ours });
    const page = target.page;
    const failures = told.failures.map((one) => ({ ...one, ...known(one, { builder, url: page }) }));
    const state = build.results === null ? 'running' : words[build.results];
    const { repeats } = reading;
    const why = repeats === null ? '' : `${repeats.failed} of ${repeats.ran} repeats failed`;
    const explained = { name: builder, state, why, url: page, found: { ...told, failures } };
    return print(call, build, explained);
  } catch (error) {
    throw failed(error);
  } finally {
    await close();
  }
}
