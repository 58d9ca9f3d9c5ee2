// What the benchmark itself asks and hears of Buildbot, beside the daemon's back.

import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Buildbot } from '../../src/servers/buildbot.ts';
import { until } from '../until.ts';
import type { Exchange } from './http-relay.ts';

/** Ids of the build requests that are not complete. */
export async function unfinishedRequests({ api }: Pick<Buildbot, 'api'>): Promise<readonly number[]> {
  const answer = await fetch(`${api}/buildrequests?complete=false&field=buildrequestid&field=complete`, {
    signal: AbortSignal.timeout(30_000),
  });
  const body = (await answer.json()) as { buildrequests: { buildrequestid: number }[] };
  return body.buildrequests.map((request) => request.buildrequestid);
}

/** Resolves when no build request is unfinished. */
export async function masterIdle(buildbot: Pick<Buildbot, 'api'>, within = 60_000): Promise<void> {
  await until(async () => (await unfinishedRequests(buildbot)).length === 0, {
    within,
    what: 'the master to be idle',
  });
}

/** The request ids of a force call that was answered well; empty for any other exchange. */
export function forcedRequests(exchange: Exchange): readonly number[] {
  if (!isForce(exchange) || exchange.status !== 200) return [];
  const { result } = JSON.parse(exchange.answer) as { result: [number, Record<string, number>] };
  return Object.values(result[1]);
}

export function isForce(exchange: Exchange): boolean {
  return exchange.method === 'POST' && exchange.path.includes('/forceschedulers/');
}

export interface MasterEvents {
  /** `performance.now()` at which the last of these requests was done; undefined while one is not. */
  lastOf(requests: readonly number[]): number | undefined;
  close(): void;
}

/** A WebSocket of the benchmark's own: `builds` notes the ends of builds, `requests` the ends of build requests. */
export async function hearMaster(
  { ws }: Pick<Buildbot, 'ws'>,
  what: 'builds' | 'requests',
): Promise<MasterEvents> {
  const ended = new Map<number, number>();
  const socket = new WebSocket(ws, { perMessageDeflate: false });
  await once(socket, 'open');
  let answered = false;
  socket.on('message', (data: Buffer) => {
    const at = performance.now();
    const message = JSON.parse(data.toString()) as { code?: number; m?: { buildrequestid: number } };
    if (message.m === undefined) answered = message.code === 200;
    else ended.set(message.m.buildrequestid, at);
  });
  const path = what === 'builds' ? 'builds/*/finished' : 'buildrequests/*/complete';
  socket.send(JSON.stringify({ cmd: 'startConsuming', path, _id: 1 }));
  await until(() => answered, { within: 10_000, what: `the master to accept ${path}` });
  return {
    lastOf(requests) {
      const times = requests.map((request) => ended.get(request));
      return times.includes(undefined) ? undefined : Math.max(...times.map((time) => time ?? 0));
    },
    close: () => socket.terminate(),
  };
}
