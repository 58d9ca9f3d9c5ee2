// The daemon's log: one JSON object a line on stdout, which journald keeps. Messages are fixed lower-case sentences, so that they
// can be grouped; what is particular stands in the fields of `LogFields`. Nothing from outside can break a line, reach a terminal
// as a control character, or make a line long.

/** The vocabulary: a field that is not here is added here first. */
export interface LogFields {
  readonly component?: string;
  readonly job?: string;
  readonly unique?: string;
  readonly run?: string;
  readonly change?: string;
  readonly project?: string;
  readonly builder?: string;
  readonly buildRequest?: number;
  readonly build?: number;
  readonly attempt?: number;
  readonly state?: string;
  readonly from?: string;
  readonly to?: string;
  readonly server?: string;
  readonly address?: string;
  readonly count?: number;
  readonly ms?: number;
  readonly word?: string;
  readonly why?: string;
  readonly code?: string;
  readonly err?: unknown;
  readonly audit?: true;
  readonly caller?: string;
  readonly action?: string;
}

/** `info`: a change of state. `warn`: degraded, or it will be tried again. `error`: an operator should look. */
export interface Log {
  debug(fields: LogFields, sentence: string): void;
  info(fields: LogFields, sentence: string): void;
  warn(fields: LogFields, sentence: string): void;
  error(fields: LogFields, sentence: string): void;
  /** The same log with these fields on every line: one child for each job. */
  child(fields: LogFields): Log;
}

export interface RootLog extends Log {
  /** Writes out what is buffered; before the process ends. */
  flush(): void;
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Characters of one field, and bytes that may wait for a reader that does not read; what comes after is dropped. */
const fieldBound = 2_000;
const backlogBound = 4 * 1024 * 1024;

// Not escaped by JSON, yet a terminal or a viewer acts on them.
const unfit = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function bounded(text: string): string {
  return text.length <= fieldBound ? text : `${text.slice(0, fieldBound)}… (${text.length} characters)`;
}

interface PlainError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: PlainError;
}

/** An error without its own properties, which may hold passwords and whole answers; causes three deep. */
function plainError(error: unknown, depth = 0): PlainError {
  if (!(error instanceof Error)) return { type: typeof error, message: bounded(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const stack = error.stack === undefined ? {} : { stack: bounded(error.stack) };
  const cause = error.cause === undefined || depth >= 2 ? {} : { cause: plainError(error.cause, depth + 1) };
  return { type: error.name, message: bounded(error.message), ...code, ...stack, ...cause };
}

function boundedFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? bounded(value) : value]),
  );
}

const redacted = ['password', 'authorization', 'cookie', 'secret', 'token'].flatMap((name) => [
  name,
  `*.${name}`,
]);

/**
 * Opens the log. `write` replaces stdout (tests); level `silent` writes nothing. A reader that went away or does not read
 * costs lines, never memory or a crash.
 */
export async function createLog(options: {
  readonly level: LogLevel;
  readonly write?: (line: string) => void;
}): Promise<RootLog> {
  const { pino, destination } = await import('pino');
  const out =
    options.write === undefined ? destination({ fd: 1, sync: false, maxLength: backlogBound }) : null;
  // A closed stdout must not end the daemon; there is no place left where it could be told.
  out?.on('error', () => undefined);
  const write = options.write ?? ((line: string) => out?.write(line));
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      redact: { paths: redacted, censor: '[redacted]' },
      serializers: { err: (error: unknown) => plainError(error) },
      formatters: {
        level: (label) => ({ level: label }),
        log: boundedFields,
        bindings: boundedFields,
      },
    },
    {
      write(line: string) {
        write(line.replace(unfit, escaped));
      },
    },
  );
  return Object.assign(log satisfies Log, { flush: () => out?.flushSync() });
}
