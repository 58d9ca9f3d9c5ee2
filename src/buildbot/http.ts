// One HTTP exchange with the master: deadline over head and body, bounded body, no redirects, bounded connections.
// What an answer means is decided elsewhere.

import type { Agent as HttpAgent, AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import fetch from 'node-fetch';
import type { Response } from 'node-fetch';
import { BuildbotError } from './buildbot-error.ts';
import type { Fault } from './buildbot-error.ts';
import { createLane } from './lane.ts';
import { leanAgent } from './lean-agent.ts';
import { reasonOf } from './one-line.ts';
import type { Settings } from './options.ts';

/** No answer that we ask for comes near it: 5,000 builds of a fleet are 2 MB. */
const bodyLimit = 8 * 1024 * 1024;
/** Reads and controls have places of their own, so that slow reads never hold up a stop. Together at most 8 calls at once. */
const readLane = { atOnce: 5, lines: [{ atOnce: 5, waiting: 4096 }] };
/**
 * Force calls and ends (cancel, stop) take turns, and one place is always kept from the ends: a gatekeeper that resets makes thousands
 * of them, and its new jobs' force calls are not to wait behind them.
 */
const controlLane = {
  atOnce: 3,
  lines: [
    { atOnce: 3, waiting: 4096 },
    { atOnce: 2, waiting: 16_384 },
  ],
};
const lineOf = { force: 0, end: 1 } as const;
/** Parts of a call's time: for which it may wait for a place, and which must be left when it is sent. */
const mostWaiting = 1 / 2;
const leastLeft = 1 / 4;

export interface Ask {
  readonly method: 'GET' | 'POST';
  /** Below the master's address, without a leading slash, with its query. */
  readonly path: string;
  /** A short name for the metrics. */
  readonly verb: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for everything, waiting for a place included unless `patience` says how long that may take. */
  readonly within: number;
  /** Milliseconds for which it may wait for its place; the others count from there; for what is no worse for being late. */
  readonly patience?: number;
  /** Whether a connection of its own is used: an idle one may be closed by the master at the moment of sending. */
  readonly alone?: boolean;
  /** A POST that ends something waits with its like; default: with the force calls. */
  readonly line?: keyof typeof lineOf;
  /** Goes before all others of its line that wait. */
  readonly ahead?: boolean;
  /** Bytes that the answer may have, where that is less than what any answer may have. */
  readonly atMost?: number;
  /** The body of a 200 is wanted as it came. */
  readonly raw?: boolean;
}

export interface Reply {
  readonly status: number;
  /** The body; empty where it is given raw. */
  readonly text: string;
  /** The body of a 200 of an exchange that wanted it so; each chunk is a buffer of its own. */
  readonly raw?: readonly Buffer[];
  readonly location: string;
  /** Every Set-Cookie, in the order in which they came. */
  readonly cookies: readonly string[];
}

export interface Http {
  /** Resolves with any complete answer, whatever its status; else rejects with a BuildbotError. */
  exchange(ask: Ask): Promise<Reply>;
  /** Ends what is under way; later calls are refused. */
  close(): void;
}

// Why an exchange was ended by us.
const tooLate = 'deadline';
const closing = 'closed';

const busy = {
  fault: 'busy',
  sent: false,
  why: 'too many calls to the master wait already; it is slow or stopped',
} as const;

const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function failure(
  ask: Ask,
  what: { fault: Fault; sent: boolean; why: string },
  cause?: unknown,
): BuildbotError {
  const detail = { retry: 'transient', method: ask.method, path: ask.path, status: null, ...what } as const;
  return new BuildbotError(detail, { cause });
}

function networkFailure(ask: Ask, error: unknown): BuildbotError {
  const code = errorCode(error);
  if (neverSent.has(code)) {
    const why = `the master cannot be reached (${code}); check buildbot.url and that the master runs`;
    return failure(ask, { fault: 'unreachable', sent: false, why }, error);
  }
  const why = `the connection broke (${reasonOf(error)})`;
  return failure(ask, { fault: 'cut', sent: true, why }, error);
}

async function readBody(response: Response, ask: Ask): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  const limit = ask.atMost ?? bodyLimit;
  if (response.body === null) return chunks;
  // Leaving this loop early destroys the stream, and with it the connection.
  for await (const chunk of response.body) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    if (size > limit) {
      throw failure(ask, {
        fault: 'too-large',
        sent: true,
        why: `the answer is larger than ${limit} bytes and was not read further`,
      });
    }
    chunks.push(bytes);
  }
  return chunks;
}

/** `destroy` of an agent would end calls under way as well. */
function dropIdle(agent: HttpAgent): void {
  for (const socket of Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? [])) socket.destroy();
}

interface Agents {
  readonly kept: HttpAgent;
  readonly single: HttpAgent;
}

/** What all calls to one master share. */
interface Wire {
  readonly settings: Settings;
  /** The agents of this moment: others once the certificates have changed. */
  agents(): Agents;
  readonly underWay: Set<AbortController>;
  close(): void;
}

function createWire(settings: Settings): Wire {
  const secure = settings.base.protocol === 'https:';
  let made: { readonly tls: ConnectionOptions; readonly agents: Agents } | null = null;
  const drop = (agents: Agents): void => {
    agents.kept.destroy();
    agents.single.destroy();
  };
  const make = (tls: ConnectionOptions): Agents => {
    const agent = (options: AgentOptions): HttpAgent =>
      secure ? new HttpsAgent({ ...options, ...tls }) : leanAgent(options);
    return {
      kept: agent({ keepAlive: true, maxSockets: 8, maxFreeSockets: 4 }),
      // No bound of its own (the lane has one): with a bound Node keeps connections here as well.
      single: agent({ keepAlive: false }),
    };
  };
  return {
    settings,
    agents() {
      const tls = settings.tls();
      if (made?.tls !== tls) {
        // Calls under way keep their sockets; those that idle would go on with the certificate from before.
        if (made !== null) dropIdle(made.agents.kept);
        made = { tls, agents: make(tls) };
      }
      return made.agents;
    },
    underWay: new Set(),
    close: () => {
      if (made !== null) drop(made.agents);
    },
  };
}

/** Certificate files that cannot be read: nothing was sent. */
function agentsFor(wire: Wire, ask: Ask): Agents {
  try {
    return wire.agents();
  } catch (error) {
    throw failure(ask, { fault: 'unreachable', sent: false, why: reasonOf(error) }, error);
  }
}

async function carryOut(wire: Wire, ask: Ask, signal: AbortSignal): Promise<Reply> {
  const agents = agentsFor(wire, ask);
  const response = await fetch(new URL(ask.path, wire.settings.base).href, {
    method: ask.method,
    headers: ask.headers,
    ...(ask.body === undefined ? {} : { body: ask.body }),
    redirect: 'manual',
    agent: ask.alone === true ? agents.single : agents.kept,
    signal,
  });
  const chunks = await readBody(response, ask);
  const raw = ask.raw === true && response.status === 200;
  return {
    status: response.status,
    ...(raw ? { text: '', raw: chunks } : { text: Buffer.concat(chunks).toString('utf8') }),
    location: response.headers.get('location') ?? '',
    cookies: response.headers.raw()['set-cookie'] ?? [],
  };
}

function explain(ask: Ask, error: unknown, signal: AbortSignal): BuildbotError {
  if (error instanceof BuildbotError) return error;
  if (!signal.aborted) return networkFailure(ask, error);
  if (signal.reason === closing) {
    return failure(ask, { fault: 'closed', sent: true, why: 'the client was closed' }, error);
  }
  return failure(ask, { fault: 'timeout', sent: true, why: `no answer within ${ask.within} ms` }, error);
}

/** One exchange with so many milliseconds left. */
async function attempt(wire: Wire, ask: Ask, left: number): Promise<Reply> {
  const controller = new AbortController();
  wire.underWay.add(controller);
  const callOff = wire.settings.clock.after(left, () => {
    controller.abort(tooLate);
  });
  try {
    return await carryOut(wire, ask, controller.signal);
  } catch (error) {
    const explained = explain(ask, error, controller.signal);
    // Whatever is still open of it is torn down: nobody reads on.
    controller.abort();
    throw explained;
  } finally {
    callOff();
    wire.underWay.delete(controller);
  }
}

/** The transport to one master. */
export function createHttp(settings: Settings): Http {
  const { clock, report } = settings;
  const wire = createWire(settings);
  const lanes = { GET: createLane(readLane, clock), POST: createLane(controlLane, clock) };
  let closed = false;

  const inTurn = async (ask: Ask, start: number): Promise<Reply> => {
    const leave = await lanes[ask.method].enter(ask.patience ?? ask.within * mostWaiting, {
      line: lineOf[ask.line ?? 'force'],
      ahead: ask.ahead === true,
    });
    if (typeof leave === 'string') throw failure(ask, { ...busy, why: `${busy.why} (${leave})` });
    try {
      if (closed) throw failure(ask, { fault: 'closed', sent: false, why: 'the client was closed' });
      const left = ask.patience === undefined ? ask.within - (clock.now() - start) : ask.within;
      // A place had at the last moment: a force call sent now could arrive and never be heard of (RUNS.md 4.2).
      if (left < ask.within * leastLeft) throw failure(ask, { ...busy, why: `${busy.why} (late)` });
      return await attempt(wire, ask, left);
    } finally {
      leave();
    }
  };

  return {
    async exchange(ask) {
      const start = clock.now();
      const tell = (outcome: string): void => {
        report({ dependency: 'buildbot', verb: ask.verb, outcome, ms: clock.now() - start });
      };
      try {
        const reply = await inTurn(ask, start);
        tell(reply.status < 400 ? 'ok' : `http-${reply.status}`);
        return reply;
      } catch (error) {
        tell(error instanceof BuildbotError ? error.fault : 'cut');
        throw error;
      }
    },
    close() {
      closed = true;
      for (const controller of wire.underWay) controller.abort(closing);
      wire.close();
    },
  };
}
