// The body of a request on the control socket: JSON, bounded, its shape checked by hand (three small shapes).

import type { IncomingMessage } from 'node:http';
import type { Submission } from '../views/views.ts';

/** Bytes of a body that are read. */
export const bodyBound = 1024 * 1024;

export type Parsed<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'bad'; readonly status: 400 | 413 | 415; readonly why: string };

function bad(
  why: string,
  status: 400 | 413 | 415 = 400,
): { kind: 'bad'; status: 400 | 413 | 415; why: string } {
  return { kind: 'bad', status, why };
}

/** Reads the body as a JSON object; no body at all is `{}`. The server's request timeout ends a body that does not come. */
export async function readBody(request: IncomingMessage): Promise<Parsed<Readonly<Record<string, unknown>>>> {
  const pieces: Buffer[] = [];
  let size = 0;
  // Left at once, the request would take its connection with it, and nobody would hear of the 413.
  const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const piece of incoming) {
    size += piece.length;
    if (size > bodyBound) return bad(`the body has more than ${bodyBound} bytes`, 413);
    pieces.push(piece);
  }
  if (size === 0) return { kind: 'ok', value: {} };
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    return bad('the body must be application/json', 415);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { kind: 'ok', value: Object.fromEntries(Object.entries(value)) };
    }
    return bad('the body must be a JSON object');
  } catch (error) {
    return bad(`the body is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const textBound = 4_096;
const parametersMost = 64;

function textAt(body: Readonly<Record<string, unknown>>, key: string): Parsed<string | undefined> {
  const value = body[key];
  if (value === undefined || value === null) return { kind: 'ok', value: undefined };
  if (typeof value !== 'string' || value.length > textBound) {
    return bad(`${key}: expected a text of at most ${textBound} characters`);
  }
  return { kind: 'ok', value };
}

function parametersOf(value: unknown): Parsed<Readonly<Record<string, string>> | undefined> {
  if (value === undefined || value === null) return { kind: 'ok', value: undefined };
  if (typeof value !== 'object' || Array.isArray(value))
    return bad('parameters: expected an object of texts');
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length > parametersMost) return bad(`parameters: at most ${parametersMost} are taken`);
  const texts: [string, string][] = [];
  for (const [name, text] of entries) {
    if (typeof text !== 'string' || text.length > textBound) {
      return bad(`parameters.${name.slice(0, 100)}: expected a text of at most ${textBound} characters`);
    }
    texts.push([name, text]);
  }
  return { kind: 'ok', value: Object.fromEntries(texts) };
}

/** `{job, branch, revision, ref?, parameters?}` of a submission. Whether they make sense is the gate's question. */
export function submissionOf(body: Readonly<Record<string, unknown>>): Parsed<Submission> {
  const texts = { job: '', branch: '', revision: '', ref: '' };
  for (const key of ['job', 'branch', 'revision', 'ref'] as const) {
    const text = textAt(body, key);
    if (text.kind === 'bad') return text;
    if (text.value === undefined && key !== 'ref') return bad(`${key}: it is missing`);
    texts[key] = text.value ?? '';
  }
  const parameters = parametersOf(body['parameters']);
  if (parameters.kind === 'bad') return parameters;
  const { job, branch, revision, ref } = texts;
  return {
    kind: 'ok',
    value: {
      job,
      branch,
      revision,
      ...(ref === '' ? {} : { ref }),
      ...(parameters.value === undefined ? {} : { parameters: parameters.value }),
    },
  };
}

/** The `bug` of a recheck: an id or an address, in one short line. */
export function bugOf(body: Readonly<Record<string, unknown>>): Parsed<string> {
  const bug = textAt(body, 'bug');
  if (bug.kind === 'bad') return bug;
  const text = bug.value?.trim() ?? '';
  if (text === '' || text.length > 200 || /\p{C}/u.test(text))
    return bad('bug: expected an id or an address of at most 200 characters');
  return { kind: 'ok', value: text };
}

/** The `reason` of a cancellation. */
export function reasonOf(body: Readonly<Record<string, unknown>>): Parsed<string> {
  const reason = textAt(body, 'reason');
  return reason.kind === 'bad' ? reason : { kind: 'ok', value: reason.value ?? '' };
}
