// `gearbridge signatures test FILE --since 90d`: tries signatures on the failures that the daemon keeps, and on the logs that Buildbot still
// holds of them and of builds that passed; refuses the unfit.

import { loadLineEngine } from '../evidence/match/load-line-engine.ts';
import { requiredBytes } from '../evidence/match/required-bytes.ts';
import { patternTable } from '../flakes/signature/log-judge.ts';
import { createReplay, replayRefusals, type PastFailure, type Replayed } from '../flakes/signature/replay.ts';
import type { Signature } from '../flakes/signature/signature.ts';
import { sinceOf } from '../views/since.ts';
import { visible } from '../views/text.ts';
import type { PastFailures, PastFailureView } from '../views/flakes.ts';
import { apiToRead } from './api.ts';
import { loaded } from './config-load.ts';
import { exitCodes, type ExitCode } from './exit.ts';
import { isThere } from './place.ts';
import { replayLogs, type LogsRead } from './replay-logs.ts';
import { readSignatures, warn } from './signature-set.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

/** Pages asked for at the most: half a million builds. */
const mostPages = 1_000;

function pastOf({ build, passed, builder, signature, ...view }: PastFailureView): PastFailure {
  const { kind, test_id, message, step, worker, platform, branch } = view;
  const facts = { kind, test_id, message, step, builder, worker, platform, branch };
  return { build, passed, builder, signature, facts };
}

/** Hands out all failures of a time, page by page, each once. */
async function replayed(
  call: Call,
  since: string,
  take: (failures: readonly PastFailureView[]) => void,
): Promise<void> {
  const api = await apiToRead(call);
  let before: number | null = null;
  let last: ReadonlySet<string> = new Set();
  for (let page = 0; page < mostPages; page++) {
    const start: string = before === null ? '' : `&before=${before}`;
    const { failures, next }: PastFailures = await api.get<PastFailures>(
      `flakes/past?since=${since}${start}`,
    );
    const known = last;
    take(failures.filter(({ build }) => !known.has(build)));
    if (next === null) return;
    last = new Set(failures.map(({ build }) => build));
    before = next;
  }
  call.terminal.err('gearbridge: there are more builds than were looked at; give a shorter --since\n');
}

/** The signatures in force beside those that are tried; none where no configuration says where they are. */
async function others(
  call: Call,
  engine: Awaited<ReturnType<typeof loadLineEngine>>,
): Promise<readonly Signature[]> {
  if (!call.common.configNamed) return [];
  const { signatures } = await loaded(call.common.config);
  // As the daemon takes it: a folder that nobody has made yet holds none.
  if (!(await isThere(signatures))) return [];
  const { sources } = await readSignatures(call, [signatures], { engine, cached: true });
  return sources.map(({ signature }) => signature);
}

function slow({ match }: Signature): readonly string[] {
  const tried = patternTable([match]).patterns.some((pattern) => requiredBytes(pattern) === 0);
  return tried ? ['it is too slow: it has to be tried on every line of every log'] : [];
}

interface Outcome {
  readonly id: string;
  readonly replayed: Replayed;
  readonly refusals: readonly string[];
}

function paragraph({ id, replayed: found, refusals }: Outcome): string[] {
  const { hits, looked, builds, builders, byLogs, byFacts, passing } = found;
  const answer = refusals.length === 0 ? 'fit' : 'refused';
  return [
    `${answer}: ${id} matches ${hits} of ${looked} failures, in ${builds} builds of ${builders} builders`,
    ...refusals.map((why) => `    ${why}`),
    `    read again: the logs of ${byLogs} builds that failed so, of ${byFacts} the facts only; of ${passing.read} builds that passed`,
  ];
}

function told({ failed, passed, megabytes, why }: LogsRead): string {
  const rest = why === null ? '' : `; ${visible(why)}`;
  return `logs read: ${failed} builds with failures, ${passed} that passed, ${megabytes} MB${rest}`;
}

/** 0 when nothing speaks against any of them, 1 when something does, 3 when no daemon can be asked. */
export async function signaturesReplay(
  call: Call,
  { path, since }: { readonly path: string; readonly since: string },
): Promise<ExitCode> {
  const { terminal, common } = call;
  const engine = await loadLineEngine();
  const { sources, findings } = await readSignatures(call, [path], { engine, cached: true });
  await warn(call, findings);
  const tried = sources.map(({ signature }) => ({ signature, replay: createReplay(signature, engine) }));
  const [pages, platforms] = [new Map<string, string>(), new Map<string, string>()];
  await replayed(call, since, (failures) => {
    const past = failures.map(pastOf);
    for (const { replay } of tried) replay.take(past);
    for (const { build, url, builder, platform } of failures) {
      pages.set(build, url);
      platforms.set(builder, platform);
    }
  });
  const inForce = await others(call, engine);
  const read = await replayLogs(call, {
    ...{ tried, others: inForce, engine, pages, platforms },
    since: Date.now() - (sinceOf(since) ?? 0),
  });
  const beside = [...inForce, ...tried.map(({ signature }) => signature)];
  const outcomes = tried.map(({ signature, replay }): Outcome => {
    const found = replay.end();
    const refusals = [...replayRefusals(signature, found, beside), ...slow(signature)];
    return { id: signature.id, replayed: found, refusals };
  });
  const fit = findings.length === 0 && outcomes.every(({ refusals }) => refusals.length === 0);
  terminal.out(
    common.json
      ? `${jsonText({ since, fit, logs: read, signatures: outcomes })}\n`
      : [...outcomes.flatMap(paragraph), told(read), ''].join('\n'),
  );
  return fit ? exitCodes.yes : exitCodes.no;
}
