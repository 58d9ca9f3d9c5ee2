// `gearbridge flakes explain LOG`: what went wrong in a saved log, on files alone (DESIGN.md section 6).

import type { Explanation } from '../evidence/explain-log.ts';
import type { Failure } from '../flakes/failure.ts';
import type { LogFormat } from '../flakes/line.ts';
import { oneLine } from '../views/text.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

export interface FlakesExplain {
  readonly log: string;
  readonly input: AsyncIterable<Uint8Array>;
  readonly format: LogFormat | 'auto';
  readonly junit: string | null;
  readonly builder: string | null;
}

type Class = 'infrastructure' | 'unknown';

/** Only what Buildbot itself says is infrastructure; no text that a build printed is (FLAKES.md 6.3b rule 2). */
function classOf(failure: Failure): Class {
  return failure.header && failure.kind === 'worker-lost' ? 'infrastructure' : 'unknown';
}

function documentOf(failure: Failure) {
  const { testId, kind, exception, message, fingerprint, incident, lines, provisional } = failure;
  const rest = { fingerprint, incident, lines, signature: null, class: classOf(failure) };
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

function answer({ failures, lines }: Explanation): string {
  if (failures.length === 0) return `nothing wrong found in ${count(lines, 'line')}`;
  const first = failures[0];
  const unknown = failures.filter((one) => classOf(one) === 'unknown').length;
  const what = first === undefined ? '' : `${first.kind} in ${oneLine(first.testId ?? 'no test', 200)}`;
  const more = failures.length === 1 ? '' : ` and ${failures.length - 1} more`;
  return unknown === 0 ? `infrastructure: ${what}${more}` : `unknown: ${what}${more}`;
}

function placeOf({ lines: [first, last] }: Failure): string {
  if (first === 0) return 'report';
  return first === last ? `line ${first}` : `lines ${first}-${last}`;
}

function paragraph(failure: Failure): string[] {
  const { kind, testId, exception, message, fingerprint, incident, provisional } = failure;
  const raised = [exception, message === null || message === '' ? null : message]
    .filter((part) => part !== null)
    .join(': ');
  const told = provisional ? `${kind}, so far` : kind;
  return [
    `${told}  ${oneLine(testId ?? '-', 300)}  (${placeOf(failure)})`,
    ...(raised === '' ? [] : [`    ${oneLine(raised, 300)}`]),
    `    incident ${incident}  fingerprint ${fingerprint}  ${classOf(failure)}`,
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

/** 0 when nothing is wrong or all of it is infrastructure, 4 when something unknown is in it, 6 when there is no such file. */
export async function flakesExplain(call: Call, given: FlakesExplain): Promise<ExitCode> {
  const { terminal, common } = call;
  const { explainLog } = await import('../evidence/explain-log.ts');
  const started = performance.now();
  const explanation = await explainLog(given).catch((error: unknown) => {
    throw explained(given, error);
  });
  const seconds = Math.round(performance.now() - started) / 1_000;
  const { failures, bytes } = explanation;
  const doubtful = doubts(explanation);
  if (common.json) terminal.out(`${jsonText({ failures: failures.map(documentOf), bytes, seconds })}\n`);
  else
    terminal.out(
      [answer(explanation), ...failures.flatMap((one) => ['', ...paragraph(one)])].join('\n') + '\n',
    );
  for (const doubt of doubtful) terminal.err(`gearbridge: ${doubt}\n`);
  return failures.some((one) => classOf(one) === 'unknown') ? exitCodes.unknown : exitCodes.yes;
}
