// How a command ends (DESIGN.md section 6), and the one error by which it ends early.

export const exitCodes = {
  yes: 0,
  no: 1,
  usage: 2,
  unreachable: 3,
  unknown: 4,
  notPermitted: 5,
  notFound: 6,
  timedOut: 124,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends a command with a sentence for stderr and an exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Whether an error is one of ours. By its name: a command is loaded by itself, and a loader may give it another copy of this file. */
export function isCommandError(error: unknown): error is CommandError {
  return error instanceof Error && error.name === 'CommandError' && 'exitCode' in error;
}
