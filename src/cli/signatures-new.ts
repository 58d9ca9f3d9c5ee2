// `gearbridge signatures new --from LOG`: a first signature file for the failure of a saved log, to be looked over by somebody.

import { explainLog } from '../evidence/explain-log.ts';
import { draftSignature } from '../flakes/signature/draft.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import type { Call } from './terminal.ts';

export interface SignaturesNew {
  /** The path of a saved log, or `-`. */
  readonly from: string;
  readonly input: AsyncIterable<Uint8Array>;
  /** The failure of this test; null: the one that explains most. */
  readonly test: string | null;
}

function refused(from: string, error: unknown): CommandError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const why = error instanceof Error ? error.message : String(error);
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  return new CommandError(
    missing ? exitCodes.notFound : code === 'EACCES' ? exitCodes.notPermitted : exitCodes.usage,
    `cannot read ${from}: ${why}; give the path of a saved log, or - for stdin`,
  );
}

/** Prints the file. 1 when the log has no such failure, 4 when it has one that says too little, 6 when there is no such log. */
export async function signaturesNew(
  { terminal }: Call,
  { from, input, test }: SignaturesNew,
): Promise<ExitCode> {
  const given = { log: from, input, format: 'auto', junit: null, builder: null, platform: null } as const;
  const { failures } = await explainLog({ ...given, signatures: null }).catch((error: unknown) => {
    throw refused(from, error);
  });
  const failure = failures.find(({ testId }) => test === null || testId === test);
  if (failure === undefined) {
    const which = test === null ? 'no failure is found' : `no failure of ${test} is found`;
    throw new CommandError(exitCodes.no, `${which} in ${from}; gearbridge flakes explain shows what is`);
  }
  const draft = draftSignature(failure, Date.now());
  if (draft === null) {
    const expected = 'a signature needs a test or a message to know the failure by';
    throw new CommandError(exitCodes.unknown, `the failure of ${from} says too little: ${expected}`);
  }
  terminal.out(draft);
  return exitCodes.yes;
}
