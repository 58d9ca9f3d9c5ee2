// Buildbot's REST interface: reads and controls, with the session's cookie and one new login after a 403.

import { BuildbotError } from './buildbot-error.ts';
import type { Fault, Retry } from './buildbot-error.ts';
import { readErrorAnswer } from './error-answer.ts';
import type { Http, Reply } from './http.ts';
import { isRow, WrongShape } from './read-json.ts';
import type { Row } from './read-json.ts';
import { oneLine, reasonOf } from './one-line.ts';
import type { Settings } from './options.ts';
import type { Session } from './session.ts';

interface Asked {
  /** Below `api/v2/`, or below the master's address where it begins with a slash. */
  readonly path: string;
  readonly verb: string;
  /** Bytes that the answer may have; more is a `too-large`. */
  readonly atMost?: number;
}

export interface Read<Value> extends Asked {
  /** Turns the answer into what was asked for; a WrongShape becomes a transient BuildbotError. */
  readonly as: (body: Row) => Value;
}

export interface RawRead<Value> extends Asked {
  /** The same, from the answer's bytes as they came; each chunk is a buffer of its own, which it may use up. */
  readonly from: (chunks: readonly Buffer[]) => Value;
}

export interface Control {
  readonly path: string;
  readonly verb: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly within: number;
  /** Milliseconds for which it may wait for its place, where `within` counts from there. */
  readonly patience?: number;
  /** It must not be sent twice: never again by itself, and on a connection that cannot go stale. */
  readonly once?: boolean;
  /** Where it waits for its turn (http.ts); default: with the force calls. */
  readonly line?: 'force' | 'end';
  /** Goes before all others of its line that wait. */
  readonly ahead?: boolean;
}

export interface Rest {
  /** Rejects with a BuildbotError. */
  read<Value>(read: Read<Value>): Promise<Value>;
  /** A `read` of what is too large to become one text. */
  readRaw<Value>(read: RawRead<Value>): Promise<Value>;
  /** Resolves with whatever answer came, after one new login where that was 403; rejects where none came. */
  control(control: Control): Promise<Reply>;
}

/** A path segment that may hold anything. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

function wrong(
  path: string,
  status: number,
  what: { retry: Retry; fault: Fault; why: string },
): BuildbotError {
  return new BuildbotError({ method: 'GET', path, status, sent: true, ...what });
}

function refused(path: string, reply: Reply): BuildbotError {
  const { status } = reply;
  if (status >= 300 && status < 400) {
    const why = `the master redirects to ${oneLine(reply.location, 200)}; set buildbot.url to where its API is`;
    return wrong(path, status, { retry: 'permanent', fault: 'status', why });
  }
  const answer = readErrorAnswer(reply.text);
  // A page of a proxy's says nothing about the object asked for, nor does a 404 while the master comes up behind it.
  const temporary = status >= 500 || status === 408 || status === 429 || answer.kind === 'foreign';
  const retry = temporary ? 'transient' : 'permanent';
  return wrong(path, status, { retry, fault: 'status', why: answer.sentence });
}

function parse(path: string, reply: Reply): Row {
  const bad = (why: string): BuildbotError =>
    wrong(path, reply.status, { retry: 'transient', fault: 'bad-answer', why });
  let body: unknown;
  try {
    body = JSON.parse(reply.text);
  } catch {
    // 4.3.0 may close an answer before it is written whole (BUILDBOT.md section 1).
    throw bad(`the answer is no complete JSON: ${oneLine(reply.text, 120) || 'it is empty'}`);
  }
  if (!isRow(body)) throw bad('the answer is no JSON object');
  return body;
}

function valueOf<Value>(path: string, reply: Reply, as: (reply: Reply) => Value): Value {
  if (reply.status !== 200) throw refused(path, reply);
  try {
    return as(reply);
  } catch (error) {
    if (!(error instanceof WrongShape)) throw error;
    throw wrong(path, reply.status, { retry: 'transient', fault: 'bad-answer', why: reasonOf(error) });
  }
}

// A kept connection may be closed by the master at the moment of asking; what may be asked twice is.
async function twiceWhereCut(ask: () => Promise<Reply>): Promise<Reply> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof BuildbotError && error.fault === 'cut') return ask();
    throw error;
  }
}

const asJson = { Accept: 'application/json' };
const sendsJson = { ...asJson, 'Content-Type': 'application/json' };

/** REST calls on one master. */
export function createRest(http: Http, session: Session, settings: Settings): Rest {
  const withCookie = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const cookie = session.cookie();
    return cookie === null ? headers : { ...headers, Cookie: cookie };
  };
  const renewed = async (send: () => Promise<Reply>): Promise<Reply> => {
    const cookie = session.cookie();
    const reply = await send();
    return reply.status === 403 && (await session.renew(cookie)) ? send() : reply;
  };
  const get = async <Value>(
    { path, verb, atMost }: Asked,
    raw: boolean,
    as: (full: string, reply: Reply) => Value,
  ): Promise<Value> => {
    const full = path.startsWith('/') ? path.slice(1) : `api/v2/${path}`;
    const ask = (): Promise<Reply> => {
      const headers = withCookie(asJson);
      const bound = atMost === undefined ? {} : { atMost };
      const within = settings.deadlines.read;
      return http.exchange({ method: 'GET', path: full, verb, headers, within, raw, ...bound });
    };
    return valueOf(full, await renewed(() => twiceWhereCut(ask)), (reply) => as(full, reply));
  };
  return {
    read: (asked) => get(asked, false, (path, reply) => asked.as(parse(path, reply))),
    readRaw: (asked) => get(asked, true, (_path, reply) => asked.from(reply.raw ?? [])),
    async control({
      path,
      verb,
      method,
      params,
      within,
      once = false,
      line = 'force',
      ahead = false,
      patience,
    }) {
      await session.ensure();
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
      const call = {
        method: 'POST',
        path: `api/v2/${path}`,
        verb,
        body,
        within,
        alone: once,
        line,
        ahead,
        ...(patience === undefined ? {} : { patience }),
      } as const;
      const send = (): Promise<Reply> => http.exchange({ ...call, headers: withCookie(sendsJson) });
      return renewed(() => (once ? send() : twiceWhereCut(send)));
    },
  };
}
