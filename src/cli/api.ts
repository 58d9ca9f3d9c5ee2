// The daemon's `/api/v1` as the commands use it: finds the daemon, asks, and turns its errors into exit codes.

import { visible } from '../views/text.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import { placeToAct, placeToRead } from './place.ts';
import { placeName, request, type Answered, type Place } from './request.ts';
import type { Call } from './terminal.ts';

export interface Api {
  /** The document at a path below `/api/v1/`. Rejects with a CommandError; 404 is exit code 6. */
  get<Document extends object>(path: string): Promise<Document>;
  post<Document extends object>(path: string, body: object): Promise<Document>;
}

const readDeadline = 15_000;
const actDeadline = 70_000;

const codes: Readonly<Record<number, ExitCode>> = {
  400: exitCodes.usage,
  403: exitCodes.notPermitted,
  404: exitCodes.notFound,
  405: exitCodes.notPermitted,
  409: exitCodes.no,
  422: exitCodes.no,
  503: exitCodes.unreachable,
};

function parsed(place: Place, { text }: Answered): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw new CommandError(exitCodes.unreachable, notOurs(place), { cause: error });
  }
  throw new CommandError(exitCodes.unreachable, notOurs(place));
}

function notOurs(place: Place): string {
  return `what answers at ${placeName(place)} is no gearbridge; look at the address`;
}

function refusal(place: Place, answered: Answered): CommandError {
  const body = parsed(place, answered);
  const sentence =
    'error' in body && typeof body.error === 'string' ? body.error : `status ${answered.status}`;
  const known = 'known' in body && Array.isArray(body.known) ? ` (known: ${body.known.join(', ')})` : '';
  const result = 'result' in body && typeof body.result === 'string' ? `: ${body.result}` : '';
  const text = visible(`${sentence}${known}${result}`);
  return new CommandError(codes[answered.status] ?? exitCodes.unreachable, text);
}

function at(place: Place, signal: AbortSignal): Api {
  const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<object> => {
    const deadline = method === 'GET' ? readDeadline : actDeadline;
    const answered = await request(place, {
      method,
      path: `/api/v1/${path}`,
      deadline,
      signal,
      ...(body === undefined ? {} : { body }),
    });
    if (answered.status >= 300) throw refusal(place, answered);
    return parsed(place, answered);
  };
  return {
    // The documents are the contract of views/document.ts; a daemon of another version may leave fields out, which is caught
    // where a command is run.
    get: async <Document extends object>(path: string) => (await ask('GET', path)) as Document,
    post: async <Document extends object>(path: string, body: object) =>
      (await ask('POST', path, body)) as Document,
  };
}

/** The API for a command that only reads. */
export async function apiToRead({ common, terminal }: Call): Promise<Api> {
  return at(await placeToRead(common, terminal.env), terminal.interruption());
}

/** The API for a command that changes something. */
export async function apiToAct({ common, terminal }: Call): Promise<Api> {
  return at(await placeToAct(common, terminal.env), terminal.interruption());
}
