// `gearbridge signatures new --from LOG|URL`: a first signature file for a failure of a saved log, or of a build of a Buildbot master, to be
// looked over by somebody.

import { explainLog } from '../evidence/explain-log.ts';
import { kinds } from '../flakes/kind.ts';
import { draftSignature, type DraftOf } from '../flakes/signature/draft.ts';
import type { PastFailures } from '../views/flakes.ts';
import { apiToRead } from './api.ts';
import { CommandError, exitCodes, isCommandError, type ExitCode } from './exit.ts';
import { targetOf, type BuildPage, type RequestPage } from './explain-target.ts';
import type { Call } from './terminal.ts';

export interface SignaturesNew {
  /** The path of a saved log, `-`, or the address of a build's page. */
  readonly from: string;
  readonly input: AsyncIterable<Uint8Array>;
  /** The failure of this test; null: the one that explains most. */
  readonly test: string | null;
}

/** Pages of failures asked for at the most. */
const mostPages = 1_000;

function refused(from: string, error: unknown): CommandError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const why = error instanceof Error ? error.message : String(error);
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  return new CommandError(
    missing ? exitCodes.notFound : code === 'EACCES' ? exitCodes.notPermitted : exitCodes.usage,
    `cannot read ${from}: ${why}; give the path of a saved log, or - for stdin`,
  );
}

async function ofLog({ from, input, test }: SignaturesNew): Promise<DraftOf | null> {
  const given = { log: from, input, format: 'auto', junit: null, builder: null, platform: null } as const;
  const { failures } = await explainLog({ ...given, signatures: null }).catch((error: unknown) => {
    throw refused(from, error);
  });
  return failures.find(({ testId }) => test === null || testId === test) ?? null;
}

/** The failure of a build, from the logs that its master holds. */
async function ofMaster(
  call: Call,
  target: BuildPage | RequestPage,
  test: SignaturesNew['test'],
): Promise<DraftOf | null> {
  const [{ masterOf }, { buildsAt, readBuildLogs }, { createReader }] = await Promise.all([
    import('./explain-master.ts'),
    import('./build-logs.ts'),
    import('../evidence/reader/create-reader.ts'),
  ]);
  const at = await masterOf(call, target.master);
  const reader = createReader();
  try {
    for (const build of (await buildsAt(at.master, target)).toReversed()) {
      const named = { build, builder: build.builder ?? '', platform: null };
      const { testSteps } = at;
      const { logs } = await readBuildLogs({ ...at, reader }, { ...named, testSteps, passed: false });
      const all = logs.flatMap(({ reading }) => reading?.failures ?? []);
      const found = all.find(({ testId }) => test === null || testId === test);
      if (found !== undefined) return found;
    }
    return null;
  } catch (error) {
    throw at.failed(error);
  } finally {
    await Promise.all([reader.close(), at.close()]);
  }
}

/** The failure of a build that the daemon keeps, found by the address of its page. */
async function ofHistory(call: Call, { from, test }: SignaturesNew): Promise<DraftOf | null> {
  const wanted = from.replace(/\/+$/, '');
  const api = await apiToRead(call);
  let before: number | null = null;
  for (let page = 0; page < mostPages; page++) {
    const start: string = before === null ? '' : `&before=${before}`;
    const { failures, next }: PastFailures = await api.get<PastFailures>(`flakes/past?since=90d${start}`);
    const found = failures.find(({ url, test_id }) => url === wanted && (test === null || test_id === test));
    if (found !== undefined) {
      const kind = kinds.find((one) => one === found.kind) ?? 'other';
      return { ...found, kind, testId: found.test_id, exception: null };
    }
    if (next === null) return null;
    before = next;
  }
  return null;
}

/** From the master while it holds the logs, else from what the daemon keeps; rejects with what the master said where neither can be asked. */
async function ofBuild(call: Call, given: SignaturesNew): Promise<DraftOf | null> {
  const target = await targetOf(given.from);
  const isPage = target.kind === 'build' || target.kind === 'request';
  let refusal: CommandError | null = null;
  if (isPage) {
    try {
      const found = await ofMaster(call, target, given.test);
      if (found !== null) return found;
    } catch (error) {
      if (!isCommandError(error) || error.exitCode === exitCodes.interrupted) throw error;
      refusal = error;
    }
  }
  try {
    return await ofHistory(call, given);
  } catch (error) {
    if (!isPage || !isCommandError(error) || error.exitCode !== exitCodes.unreachable) throw error;
    // There need be no daemon where the master has answered.
    if (refusal !== null) throw refusal;
    return null;
  }
}

/** Prints the file. 1 when there is no such failure, 4 when there is one that says too little, 6 when there is no such log. */
export async function signaturesNew(call: Call, given: SignaturesNew): Promise<ExitCode> {
  const { from, test } = given;
  const known = /^https?:\/\//.test(from);
  const failure = known ? await ofBuild(call, given) : await ofLog(given);
  if (failure === null) {
    const which = test === null ? 'no failure is found' : `no failure of ${test} is found`;
    const next = known
      ? 'gearbridge flakes explain shows what its logs say, gearbridge flakes search what the daemon keeps'
      : 'gearbridge flakes explain shows what is';
    throw new CommandError(exitCodes.no, `${which} in ${from}; ${next}`);
  }
  const draft = draftSignature(failure, Date.now());
  if (draft === null) {
    const expected = 'a signature needs a test or a message to know the failure by';
    throw new CommandError(exitCodes.unknown, `the failure of ${from} says too little: ${expected}`);
  }
  call.terminal.out(draft);
  return exitCodes.yes;
}
