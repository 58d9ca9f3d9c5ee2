// Faults of the ways between processes: cut, refused, frozen, slow, and what is done to single requests.

import type { FaultProxy } from '../fault-proxy.ts';
import type { Cut, Fault } from '../faults.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { Do, Strike } from './strike.ts';

const forceCall = /^POST \/api\/v2\/forceschedulers\//;
const anyRead = /^GET \/api\//;
/** Header of a WORK_COMPLETE, as a worker sends it. */
const workComplete = '\0REQ\0\0\0\r';
/** Header of a GRAB_JOB_UNIQ; its answer may be a job. */
const grab = '\0REQ\0\0\0\x1e';
const page = '<h1>502 Bad Gateway</h1>';
const page502 = `HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\nconnection: close\r\n\r\n${page}`;

/** Milliseconds that a rule waits for its request: a force call is not made each second. */
const armedFor = 20_000;

function cutOf({ fault }: Strike): Cut {
  return fault.pick % 2 === 0 ? 'fin' : 'rst';
}

function cut(proxy: FaultProxy | null, strike: Strike): number | null {
  if (proxy === null || proxy.connections() === 0) return null;
  proxy.cut(cutOf(strike));
  return 1;
}

interface Lurking {
  readonly match?: string | RegExp;
  readonly fault: Fault;
  readonly times?: number;
  /** Milliseconds. */
  readonly armed: number;
}

/** Lies in wait for requests on one way; how many it has hit. */
async function lurk(
  proxy: FaultProxy | null,
  { wait }: Strike,
  { armed, ...rule }: Lurking,
): Promise<number | null> {
  if (proxy === null) return null;
  const trap = proxy.arm(rule);
  try {
    await Promise.race([wait(armed), ...(rule.times === undefined ? [trap.hit] : [])]);
  } finally {
    trap.disarm();
  }
  return trap.hits() === 0 ? null : trap.hits();
}

function atForce(fault: (strike: Strike) => Fault): Do {
  return (strike) => {
    const rule = { match: forceCall, fault: fault(strike), armed: armedFor };
    return lurk(strike.seat.toBuildbot, strike, rule);
  };
}

function atReads(fault: (strike: Strike) => Fault): Do {
  return (strike) => {
    const rule = { match: anyRead, fault: fault(strike), times: 10, armed: strike.fault.span };
    return lurk(strike.seat.toBuildbot, strike, rule);
  };
}

function slow(way: 'toBuildbot' | 'toGearmand'): Do {
  return (strike) => {
    const milliseconds = 50 + strike.fault.pick * 2;
    const rule = { fault: { kind: 'delay', milliseconds } as const, times: 60, armed: strike.fault.span };
    return lurk(strike.seat[way], strike, rule);
  };
}

/** Nothing passes for a while; then what was held comes late, or (odd picks) never. */
function noWay(proxiesOf: (strike: Strike) => readonly (FaultProxy | null)[]): Do {
  return async (strike) => {
    const proxies = proxiesOf(strike).filter((proxy) => proxy !== null);
    if (proxies.length === 0) return null;
    for (const proxy of proxies) proxy.freeze();
    await strike.wait(strike.fault.span);
    for (const proxy of proxies) {
      if (strike.fault.pick % 2 === 1) proxy.cut('rst');
      proxy.thaw();
    }
    return 1;
  };
}

/** A force call that arrives after the daemon has given it up. */
async function late(strike: Strike): Promise<number | null> {
  const { seat, fault, wait } = strike;
  const kind = { kind: 'hold', cut: fault.pick % 3 === 0 ? 'hang' : 'fin' } as const;
  const trap = seat.toBuildbot.arm({ match: forceCall, fault: kind });
  await Promise.race([wait(armedFor), trap.hit]);
  trap.disarm();
  if (trap.hits() === 0) return null;
  await wait(fault.span);
  trap.release();
  return 1;
}

/** Faults of the ways by kind. */
export const linkFaults = {
  'gatekeeper-cut': async (strike) => cut(strike.stage.front, strike),
  'gearman-cut': async (strike) => cut(strike.seat.toGearmand, strike),
  'buildbot-cut': async (strike) => cut(strike.seat.toBuildbot, strike),
  'redis-cut': async (strike) => cut(strike.seat.toRedis, strike),
  'buildbot-refuses': async ({ seat, wait, fault }) => {
    seat.toBuildbot.refuse();
    seat.toBuildbot.cut('rst');
    await wait(fault.span);
    await seat.toBuildbot.accept();
    return 1;
  },
  'force-lost': atForce((strike) => ({ kind: 'lose', cut: cutOf(strike) })),
  'force-answer-lost': atForce((strike) => ({ kind: 'drop-answer', cut: cutOf(strike) })),
  'force-answer-halved': atForce(({ fault }) => ({
    kind: 'halve',
    bytes: fault.pick % 300,
    cut: fault.pick % 3 === 0 ? 'hang' : 'rst',
  })),
  'answers-halved': atReads((strike) => ({
    kind: 'halve',
    bytes: strike.fault.pick % 700,
    cut: cutOf(strike),
  })),
  'answers-hang': atReads(({ fault }) => ({ kind: 'halve', bytes: fault.pick % 100, cut: 'hang' })),
  'answers-502': atReads(() => ({ kind: 'answer', bytes: page502 })),
  'verdict-lost': (strike) => {
    const rule = {
      match: workComplete,
      fault: { kind: 'lose', cut: cutOf(strike) } as const,
      armed: armedFor,
    };
    return lurk(strike.seat.toGearmand, strike, rule);
  },
  'assignment-halved': (strike) => {
    const fault = { kind: 'halve', bytes: strike.fault.pick % 400, cut: cutOf(strike) } as const;
    return lurk(strike.seat.toGearmand, strike, { match: grab, fault, armed: armedFor });
  },
  'gearman-answer-lost': (strike) => {
    const fault = { kind: 'drop-answer', cut: cutOf(strike) } as const;
    return lurk(strike.seat.toGearmand, strike, { fault, armed: armedFor });
  },
  'redis-answer-lost': (strike) => {
    const fault = { kind: 'drop-answer', cut: cutOf(strike) } as const;
    return lurk(strike.seat.toRedis, strike, { match: /evalsha/i, fault, armed: armedFor });
  },
  'force-late': late,
  'force-twice': atForce(() => ({ kind: 'duplicate' })),
  'buildbot-slow': slow('toBuildbot'),
  'gearman-slow': slow('toGearmand'),
  'no-way-to-buildbot': noWay(({ seat }) => [seat.toBuildbot]),
  'no-way-to-gearmand': noWay(({ seat }) => [seat.toGearmand]),
  'no-way-to-redis': noWay(({ seat }) => [seat.toRedis]),
  'no-way-anywhere': noWay(({ seat }) => [seat.toBuildbot, seat.toGearmand, seat.toRedis]),
} as const satisfies Partial<Readonly<Record<FaultKind, Do>>>;
