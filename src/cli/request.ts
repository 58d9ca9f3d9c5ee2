// One HTTP request to the daemon, over TCP or its Unix socket: a deadline, a bound, and errors that say what to do.

import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { userInfo } from 'node:os';
import { CommandError, exitCodes } from './exit.ts';

export type Place =
  { readonly kind: 'url'; readonly url: URL } | { readonly kind: 'socket'; readonly path: string };

/** Bytes of an answer that are read. */
const answerBound = 32 * 1024 * 1024;

export interface Asked {
  readonly method: 'GET' | 'POST';
  /** From the root: `/api/v1/status`. */
  readonly path: string;
  readonly body?: object;
  /** Milliseconds from the start to the last byte. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

/** The place as it is named in messages. */
export function placeName(place: Place): string {
  return place.kind === 'url' ? place.url.href : place.path;
}

function failure(place: Place, error: NodeJS.ErrnoException): CommandError {
  const where = placeName(place);
  const code = error.code ?? '';
  if (['EACCES', 'EPERM'].includes(code)) {
    return new CommandError(exitCodes.notPermitted, `not permitted to use ${where}`, { cause: error });
  }
  const absent = ['ECONNREFUSED', 'ENOENT'].includes(code);
  const sentence = absent ? `no daemon answers at ${where}` : `asking ${where} failed: ${error.message}`;
  return new CommandError(exitCodes.unreachable, sentence, { cause: error });
}

async function read(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > answerBound) throw new Error(`the answer has more than ${answerBound} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function callerName(): string {
  try {
    return userInfo().username.replace(/[^\x20-\x7e]/g, '?');
  } catch {
    // A uid without an entry in the user database: the number says as much as can be said.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function optionsOf(place: Place, asked: Asked, body: string | null): RequestOptions {
  const headers = {
    accept: 'application/json',
    'x-gearbridge-caller': callerName(),
    ...(body === null
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
  };
  const common = { method: asked.method, headers, agent: false };
  if (place.kind === 'socket') return { ...common, socketPath: place.path, path: asked.path };
  const url = new URL(asked.path.slice(1), place.url);
  return {
    ...common,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
  };
}

/** Sends one request. Rejects with a CommandError: 3 unreachable, 5 not permitted, 124 no answer in time, 130 interrupted. */
export async function request(place: Place, asked: Asked): Promise<Answered> {
  const send =
    place.kind === 'url' && place.url.protocol === 'https:'
      ? (await import('node:https')).request
      : httpRequest;
  const body = asked.body === undefined ? null : JSON.stringify(asked.body);
  const late = AbortSignal.timeout(asked.deadline);
  const signal = asked.signal === undefined ? late : AbortSignal.any([late, asked.signal]);
  try {
    return await new Promise<Answered>((resolve, reject) => {
      const sent = send({ ...optionsOf(place, asked, body), signal }, (response) => {
        read(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      });
      sent.on('error', reject);
      sent.end(body ?? undefined);
    });
  } catch (error) {
    if (asked.signal?.aborted === true)
      throw new CommandError(exitCodes.interrupted, 'interrupted', { cause: error });
    if (late.aborted) {
      const why = `${placeName(place)} gave no answer within ${asked.deadline / 1000} s`;
      throw new CommandError(exitCodes.timedOut, why, { cause: error });
    }
    throw failure(place, error instanceof Error ? error : new Error(String(error)));
  }
}
