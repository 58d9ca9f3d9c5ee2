// `gearbridge signatures new --from LOG|URL`: a first signature file for a failure of a saved log, or of a build that the daemon keeps, to be
// looked over by somebody.

import { explainLog } from '../evidence/explain-log.ts';
import { kinds } from '../flakes/kind.ts';
import { draftSignature, type DraftOf } from '../flakes/signature/draft.ts';
import type { PastFailures } from '../views/flakes.ts';
import { apiToRead } from './api.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
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

/** The failure of a build that the daemon keeps, found by the address of its page. */
async function ofBuild(call: Call, { from, test }: SignaturesNew): Promise<DraftOf | null> {
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

/** Prints the file. 1 when there is no such failure, 4 when there is one that says too little, 6 when there is no such log. */
export async function signaturesNew(call: Call, given: SignaturesNew): Promise<ExitCode> {
  const { from, test } = given;
  const known = /^https?:\/\//.test(from);
  const failure = known ? await ofBuild(call, given) : await ofLog(given);
  if (failure === null) {
    const which = test === null ? 'no failure is found' : `no failure of ${test} is found`;
    const next = known
      ? 'gearbridge flakes search shows what the daemon keeps'
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
