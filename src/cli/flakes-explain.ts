// `gearbridge flakes explain LOG`: what went wrong in a saved log, on files alone (DESIGN.md section 6).

import type { Explanation } from '../evidence/explain-log.ts';
import type { Failure } from '../flakes/failure.ts';
import type { LogFormat } from '../flakes/line.ts';
import { savedClass, type SavedClass } from '../flakes/signature/saved-class.ts';
import { speaker, type SignatureMatch } from '../flakes/signature/signature-set.ts';
import { oneLine } from '../views/text.ts';
import { CommandError, exitCodes, isCommandError, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

export interface FlakesExplain {
  readonly log: string;
  readonly input: AsyncIterable<Uint8Array>;
  readonly format: LogFormat | 'auto';
  readonly junit: string | null;
  readonly builder: string | null;
  readonly platform: string | null;
  /** A folder of signatures, or one file. */
  readonly signatures: string | null;
}

/** A failure with what the signatures say of it. */
interface Told {
  readonly failure: Failure;
  readonly by: SignatureMatch | null;
  /** Others that are as narrow. */
  readonly ties: readonly SignatureMatch[];
  readonly class: SavedClass;
}

function told({ failures, matches }: Explanation): readonly Told[] {
  return failures.map((failure, index) => {
    const named = matches[index] ?? [];
    // A saved log does not say which commit it is of.
    const by = speaker(named, () => false);
    const ties = named.filter((one) => one !== by && one.specificity === by?.specificity);
    return { failure, by, ties, class: savedClass(failure, by) };
  });
}

function documentOf({ failure, by, class: found }: Told) {
  const { testId, kind, exception, message, fingerprint, incident, lines, provisional } = failure;
  const rest = { fingerprint, incident, lines, signature: by?.signature.id ?? null, class: found };
  return {
    test_id: testId,
    kind,
    exception,
    message: message === null ? '' : message,
    ...rest,
    ...(provisional ? { provisional: true } : {}),
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Why nothing found means nothing; null: the log is one. */
function strange({ recognised, lines }: Explanation): string | null {
  return recognised ? null : `this is no log of tests or of a build that is known (${count(lines, 'line')})`;
}

function answer(all: readonly Told[], explanation: Explanation): string {
  const lead = all.find((one) => one.class === 'unknown') ?? all[0];
  if (lead === undefined) {
    const doubt = strange(explanation);
    return doubt === null
      ? `nothing wrong found in ${count(explanation.lines, 'line')}`
      : `unknown: ${doubt}`;
  }
  const { failure, by } = lead;
  const what = `${failure.kind} in ${oneLine(failure.testId ?? 'no test', 200)}`;
  const more = all.length === 1 ? '' : ` and ${all.length - 1} more`;
  const known = by === null ? '' : ` ${by.signature.id}`;
  switch (lead.class) {
    case 'known-flake':
      return `known flake${known}: ${what}${more}`;
    case 'infrastructure':
    case 'unknown':
      return `${lead.class}: ${what}${more}`;
  }
}

function placeOf({ lines: [first, last] }: Failure): string {
  if (first === 0) return 'report';
  return first === last ? `line ${first}` : `lines ${first}-${last}`;
}

/** Which signature names the failure, on which lines it stands, and what keeps it from excusing. */
function signatureLines({ by, ties }: Told): string[] {
  if (by === null) return [];
  const { id, title, state, bug } = by.signature;
  const where =
    by.lines.length === 0 ? '' : `  (${by.lines.length === 1 ? 'line' : 'lines'} ${by.lines.join(', ')})`;
  const only = state === 'active' ? '' : `, ${state}: it excuses nothing`;
  return [
    `    signature ${id}${only}: ${oneLine(title, 200)}${where}`,
    ...(bug === null ? [] : [`    ${oneLine(bug, 300)}`]),
    ...(ties.length === 0 ? [] : [`    as narrow: ${ties.map((one) => one.signature.id).join(', ')}`]),
  ];
}

function paragraph(one: Told): string[] {
  const { failure } = one;
  const { kind, testId, exception, message, fingerprint, incident, provisional } = failure;
  const raised = [exception, message === null || message === '' ? null : message]
    .filter((part) => part !== null)
    .join(': ');
  const shown = provisional ? `${kind}, so far` : kind;
  return [
    `${shown}  ${oneLine(testId ?? '-', 300)}  (${placeOf(failure)})`,
    ...(raised === '' ? [] : [`    ${oneLine(raised, 300)}`]),
    `    incident ${incident}  fingerprint ${fingerprint}  ${one.class}`,
    ...signatureLines(one),
  ];
}

function doubts({ dropped, junit }: Explanation): string[] {
  return [
    ...(dropped === 0 ? [] : [`the log says more than is kept: ${count(dropped, 'sighting')} left out`]),
    ...(junit === null || junit.state === 'complete'
      ? []
      : [`the report is not believed: ${junit.state}; the log alone was read`]),
    ...(junit === null || junit.left === 0
      ? []
      : [`${count(junit.left, 'failing case')} of the report cannot be read`]),
  ];
}

function explained(given: FlakesExplain, error: unknown): CommandError {
  if (isCommandError(error)) return error;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const names = `${given.log}${given.junit === null ? '' : ` or ${given.junit}`}`;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new CommandError(
      exitCodes.notFound,
      `no such file: ${names}; give the path of a saved log, or - for stdin`,
    );
  }
  if (code === 'EACCES') return new CommandError(exitCodes.notPermitted, `not permitted to read ${names}`);
  const why = error instanceof Error ? error.message : String(error);
  return new CommandError(exitCodes.usage, `cannot read ${names}: ${why}; give the path of a saved log`);
}

async function explanationOf(call: Call, given: FlakesExplain): Promise<Explanation> {
  const { explainLog } = await import('../evidence/explain-log.ts');
  if (given.signatures === null) return explainLog({ ...given, signatures: null });
  const { signatureSet } = await import('./signature-set.ts');
  return explainLog({ ...given, signatures: await signatureSet(call, given.signatures) });
}

/** 0 when nothing is wrong or all of it is known or infrastructure, 4 when something unknown is in it or it is no log, 6 when there is no such file. */
export async function flakesExplain(call: Call, given: FlakesExplain): Promise<ExitCode> {
  const { terminal, common } = call;
  const started = performance.now();
  const explanation = await explanationOf(call, given).catch((error: unknown) => {
    throw explained(given, error);
  });
  const seconds = Math.round(performance.now() - started) / 1_000;
  const all = told(explanation);
  const doubt = strange(explanation);
  const doubted = doubt === null ? {} : { doubt };
  const { bytes } = explanation;
  if (common.json)
    terminal.out(`${jsonText({ failures: all.map(documentOf), ...doubted, bytes, seconds })}\n`);
  else
    terminal.out(
      [answer(all, explanation), ...all.flatMap((one) => ['', ...paragraph(one)])].join('\n') + '\n',
    );
  for (const doubt of doubts(explanation)) terminal.err(`gearbridge: ${doubt}\n`);
  return doubt !== null || all.some((one) => one.class === 'unknown') ? exitCodes.unknown : exitCodes.yes;
}
